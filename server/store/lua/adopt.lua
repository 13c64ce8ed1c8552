-- Makes a log that was staged the log of a board, once.
--
-- KEYS[1]  sv:{CODE}:log          stream
-- KEYS[2]  sv:{CODE}:meta         hash; epoch, touched, keep: as in touch.lua
-- KEYS[3]  sv:{CODE}:incoming-…   stream; see stage.lua
-- ARGV[1]  epoch, random: positions of this history mean nothing to anyone yet
-- ARGV[2]  the number of entries that were staged
-- ARGV[3]  the time before which the board is not deleted however long it is unused, ms; 0 for none
--
-- Returns  1, or 0 if the board already exists; in that case it is not changed
-- Errors   DAMAGED with the key if entries were lost; in that case nothing is changed

if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('DEL', KEYS[3])
  return 0
end
if redis.call('XLEN', KEYS[3]) ~= tonumber(ARGV[2]) then
  return redis.error_reply('DAMAGED ' .. KEYS[3] .. ' it lost entries on the way')
end
redis.call('DEL', KEYS[2])
local clock = redis.call('TIME')
redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'touched', string.format('%d', clock[1] * 1000))
if ARGV[3] ~= '0' then
  redis.call('HSET', KEYS[2], 'keep', ARGV[3])
end
redis.call('PERSIST', KEYS[3])
redis.call('RENAME', KEYS[3], KEYS[1])
return 1

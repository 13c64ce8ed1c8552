-- Says who is on a board through one process, and asks for what the others said.
--
-- KEYS[1]  sv:{CODE}:here   hash; process -> "expiry in ms\nseat seat seat"
-- ARGV[1]  channel to publish on, sv:{CODE}:live
-- ARGV[2]  the process
-- ARGV[3]  how long this stays true, in milliseconds
-- ARGV[4]  the seats, with blanks between; empty when nobody is left
--
-- Publishes   "h\n" process "\n" expiry "\n" seats
-- Returns     the hash: process, value, process, value, …, without what has expired

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local expiry = string.format('%d', now + ARGV[3])
local value = expiry .. '\n' .. ARGV[4]

if ARGV[4] == '' then
  redis.call('HDEL', KEYS[1], ARGV[2])
else
  redis.call('HSET', KEYS[1], ARGV[2], value)
end
local all = redis.call('HGETALL', KEYS[1])
local fresh = {}
for i = 1, #all, 2 do
  if tonumber(string.match(all[i + 1], '^%d+')) > now then
    fresh[#fresh + 1] = all[i]
    fresh[#fresh + 1] = all[i + 1]
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[1], 'h\n' .. ARGV[2] .. '\n' .. value)
return fresh

-- Records that a board is in use, so that it is kept; none of its keys expires by itself.
--
-- KEYS[1]  sv:{CODE}:log    stream
-- KEYS[2]  sv:{CODE}:meta   hash; touched: ms by the store's clock; keep: no deletion before, ms;
--                           spared: "when it was due" " " "when it was used again", ms, of a board
--                           that was found close to its end
-- ARGV[1]  the time before which it is not deleted however long it is unused, ms; 0 for none
-- ARGV[2]  retention in milliseconds
-- ARGV[3]  how close to the end is close, ms
-- ARGV[4]  for how long that is told, ms
--
-- Returns  {when it is due now, when it was due before}, ms; the latter is 0 if it was not close.
--          {0, 0} if the board is missing or incomplete; in that case nothing is changed

if redis.call('EXISTS', KEYS[1], KEYS[2]) < 2 then
  return {0, 0}
end
local function ms(text)
  return tonumber(string.match(text or '', '^%d+'))
end
-- Earlier versions let the store expire a board by its own clock.
redis.call('PERSIST', KEYS[1])
redis.call('PERSIST', KEYS[2])
local now = redis.call('TIME')[1] * 1000
local newest = redis.pcall('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local marks = redis.call('HMGET', KEYS[2], 'touched', 'keep', 'spared')
local unused = math.max(ms(type(newest) == 'table' and newest[2][2]) or 0, ms(marks[1]) or 0)
local due = math.max(unused + ARGV[2], ms(marks[2]) or 0)
local spared = marks[3] or ''
if due - now < tonumber(ARGV[3]) then
  spared = string.format('%d %d', due, now)
  redis.call('HSET', KEYS[2], 'spared', spared)
elseif marks[3] and now - (ms(string.match(spared, ' (%d+)$')) or 0) > tonumber(ARGV[4]) then
  spared = ''
  redis.call('HDEL', KEYS[2], 'spared')
end
redis.call('HSET', KEYS[2], 'touched', string.format('%d', now))
if ARGV[1] == '0' then
  redis.call('HDEL', KEYS[2], 'keep')
else
  redis.call('HSET', KEYS[2], 'keep', ARGV[1])
end
return {math.max(now + ARGV[2], ARGV[1]), ms(spared) or 0}

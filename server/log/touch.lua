-- Notes that a board is in use, so that it is kept; none of its keys lapses by itself.
--
-- KEYS[1]  sv:{CODE}:log    stream
-- KEYS[2]  sv:{CODE}:meta   hash; touched, in ms by the store's clock
--
-- Returns  1, or 0 where the board is not there, or not whole; then nothing is changed

if redis.call('EXISTS', KEYS[1], KEYS[2]) < 2 then
  return 0
end
-- Earlier versions had the store drop a board when its clock said so.
redis.call('PERSIST', KEYS[1])
redis.call('PERSIST', KEYS[2])
local clock = redis.call('TIME')
redis.call('HSET', KEYS[2], 'touched', string.format('%d', clock[1] * 1000))
return 1

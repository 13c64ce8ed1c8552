-- Creates the log of a board, once.
--
-- KEYS[1]  sv:{CODE}:log    stream
-- KEYS[2]  sv:{CODE}:meta   hash; epoch
-- ARGV[1]  epoch, random
-- ARGV[2]  unused; in an earlier script, the time after which the board expired
-- ARGV[3…] the first entries, encoded
--
-- Returns  1, or 0 if the board already exists; in that case nothing is changed

-- Checked before anything is written, so that a full store can answer it too. A log without its
-- meta key still holds votes, and is not overwritten; without a log there are no votes.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'epoch', ARGV[1])
local clock = redis.call('TIME')
local now = string.format('%d', clock[1] * 1000 + math.floor(clock[2] / 1000))

for i = 3, #ARGV do
  redis.call('XADD', KEYS[1], '0-*', 't', now, 'e', ARGV[i])
end
return 1

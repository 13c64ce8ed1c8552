-- Gives the history of a board a name of its own, once: it is not the one that was told of
-- under this epoch before.
--
-- KEYS[1]  sv:{CODE}:meta   hash; epoch, mark
-- ARGV[1]  the epoch that is not to be used any more
-- ARGV[2]  the new one, random
-- ARGV[3]  the position that was the last one
--
-- Returns  nothing

if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2])
  local mark = redis.call('HGET', KEYS[1], 'mark')
  if mark and tonumber(string.match(mark, '%d+')) > tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], 'mark')
  end
end

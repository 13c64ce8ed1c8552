-- Gives the history of a board a new epoch, once: it differs from the history that was announced
-- under the present one.
--
-- KEYS[1]  sv:{CODE}:meta   hash; epoch, mark
-- ARGV[1]  the epoch to replace
-- ARGV[2]  the new epoch, random
-- ARGV[3]  the last position of the history
--
-- Returns  nothing

if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2])
  local mark = redis.call('HGET', KEYS[1], 'mark')
  if mark and tonumber(string.match(mark, '%d+')) > tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], 'mark')
  end
end

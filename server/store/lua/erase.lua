-- Deletes entries from a board's log, but keeps their marks, which identify the history.
--
-- KEYS[1]  sv:{CODE}:log    stream
-- KEYS[2]  sv:{CODE}:meta   hash; "x" position -> mark of an erased entry
-- ARGV     the positions
--
-- Returns  nothing

for _, position in ipairs(ARGV) do
  local id = '0-' .. position
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    if entry[2][6] then
      redis.call('HSET', KEYS[2], 'x' .. position, entry[2][6])
    end
    redis.call('XDEL', KEYS[1], id)
  end
end

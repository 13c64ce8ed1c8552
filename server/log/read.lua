-- Reads a board's log from a position on, together with where the log ends.
--
-- KEYS[1]  sv:{CODE}:log    stream
-- KEYS[2]  sv:{CODE}:meta   hash; epoch
-- ARGV[1]  position after which to read; 0 for all
-- ARGV[2]  how many entries at most
--
-- Returns  {epoch, last position handed out, entries as XRANGE gives them}
-- Errors   NOBOARD when the board does not exist (any more)

local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch then
  return redis.error_reply('NOBOARD no such board')
end
-- Not the newest entry's id: that entry may have been erased.
local top = '0-0'
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then top = info[i + 1] end
end
local entries = redis.call('XRANGE', KEYS[1], '(0-' .. ARGV[1], '+', 'COUNT', ARGV[2])
return {epoch, string.sub(top, 3), entries}

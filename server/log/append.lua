-- Appends actions to a board's log and tells everybody who follows it, in one step.
--
-- KEYS[1]  sv:{CODE}:log    stream; ids 0-1, 0-2, …: the second part is the position
-- KEYS[2]  sv:{CODE}:meta   hash; epoch
-- ARGV[1]  channel to publish on, sv:{CODE}:live
-- ARGV[2]  retention in milliseconds, from now
-- ARGV[3…] the entries, encoded, without line breaks
--
-- Publishes   "a\n" epoch "\n" first position "\n" the store's time in ms "\n" entries, a line each
-- Returns     {epoch, first position, time}
-- Errors      NOBOARD when the board does not exist (any more)

local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch then
  return redis.error_reply('NOBOARD no such board')
end
local clock = redis.call('TIME')
local now = string.format('%d', clock[1] * 1000 + math.floor(clock[2] / 1000))

local first
for i = 3, #ARGV do
  local id = redis.call('XADD', KEYS[1], '0-*', 't', now, 'e', ARGV[i])
  first = first or string.sub(id, 3)
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[1],
  'a\n' .. epoch .. '\n' .. first .. '\n' .. now .. '\n' .. table.concat(ARGV, '\n', 3))
return {epoch, first, now}

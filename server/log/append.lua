-- Appends actions to a board's log and tells everybody who follows it, in one step.
--
-- KEYS[1]  sv:{CODE}:log    stream; ids 0-1, 0-2, …: the second part is the position
-- KEYS[2]  sv:{CODE}:meta   hash; epoch
-- ARGV[1]  channel to publish on, sv:{CODE}:live
-- ARGV[2]  not read; an earlier script had the board expire after it
-- ARGV[3…] the entries, encoded, without line breaks
--
-- Publishes   "a\n" epoch "\n" first position "\n" the store's time in ms "\n" entries, a line each
-- Returns     {epoch, first position, time}
-- Errors      NOBOARD when the board does not exist (any more); DAMAGED with the key and what is
--             wrong; then nothing is written

local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch or #epoch > 64 or not string.find(epoch, '^%x+$') then
  if redis.call('EXISTS', KEYS[2]) == 0 then
    return redis.error_reply('NOBOARD no such board')
  end
  return redis.error_reply('DAMAGED ' .. KEYS[2] .. ' its epoch is missing or malformed')
end
local clock = redis.call('TIME')
local now = string.format('%d', clock[1] * 1000 + math.floor(clock[2] / 1000))

local first
for i = 3, #ARGV do
  -- A log that is gone is not begun anew: positions would be handed out a second time.
  local id = redis.call('XADD', KEYS[1], 'NOMKSTREAM', '0-*', 't', now, 'e', ARGV[i])
  if not id then
    return redis.error_reply('NOBOARD no such board')
  end
  first = first or string.sub(id, 3)
end
redis.call('PUBLISH', ARGV[1],
  'a\n' .. epoch .. '\n' .. first .. '\n' .. now .. '\n' .. table.concat(ARGV, '\n', 3))
return {epoch, first, now}

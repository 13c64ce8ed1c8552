-- Appends entries to a board's log and publishes them, in one step.
--
-- KEYS[1]  sv:{CODE}:log    stream; ids 0-1, 0-2, …: the second part is the position
-- KEYS[2]  sv:{CODE}:meta   hash; epoch, mark of the last position, run, and when it was read
-- ARGV[1]  channel to publish on, sv:{CODE}:live
-- ARGV[2]  the command to publish with: PUBLISH, or SPUBLISH in a cluster
-- ARGV[3]  a random word for this batch. Its mark is "position:word" of its last entry: a store
--          that went back in time assigns the same positions again, but not the same marks
-- ARGV[4…] the encoded entries, without line breaks
--
-- Publishes   "a\n", then epoch, run, word and prev separated by blanks, "\n", the first position,
--             "\n", the store's time in ms, "\n", the entries, one per line
-- Returns     {epoch, first position, time, run, prev}
--             run: of the store as a primary; prev: the mark of the preceding position, or "-"
-- Errors      NOBOARD if the board does not exist (any more), READONLY if that cannot be known,
--             DAMAGED with the key and what is wrong; in all cases nothing is written
--
-- An older version takes the line of four words for an unknown epoch, and reads the log. What it
-- appends itself has no mark.

-- Milliseconds for which the store is assumed to be the same primary: asking costs a quarter as
-- much as a vote.
local BELIEVED = 10

local clock = redis.call('TIME')
local ms = clock[1] * 1000 + math.floor(clock[2] / 1000)
local now = string.format('%d', ms)

local kept = redis.call('HMGET', KEYS[2], 'epoch', 'mark', 'run', 'asked')
local epoch, prev, run = kept[1], kept[2], kept[3]
local age = run and tonumber(kept[4]) and ms - kept[4]
local asks = not epoch or not age or age < 0 or age >= BELIEVED
if asks then
  local info = redis.call('INFO', 'replication')
  if not string.find(info, 'role:master', 1, true) then
    -- A replica may not have the board yet, so it must not report that there is none.
    return redis.error_reply('READONLY the store is a replica')
  end
  run = string.match(info, 'master_replid:(%w%w%w%w%w%w%w%w)')
end
if not epoch or #epoch > 64 or not string.find(epoch, '^%x+$') then
  if redis.call('EXISTS', KEYS[2]) == 0 then
    return redis.error_reply('NOBOARD no such board')
  end
  return redis.error_reply('DAMAGED ' .. KEYS[2] .. ' its epoch is missing or malformed')
end
local marked = prev and tonumber(string.match(prev, '^(%d+):'))

-- Only the last entry of a batch is marked. A missing log is not created again: positions would be
-- assigned a second time.
local n = #ARGV
local id, first
if n > 4 then
  first = redis.call('XADD', KEYS[1], 'NOMKSTREAM', '0-*', 't', now, 'e', ARGV[4])
  for i = 5, first and n - 1 or 0 do
    redis.call('XADD', KEYS[1], '0-*', 't', now, 'e', ARGV[i])
  end
end
if first or n == 4 then
  id = redis.call('XADD', KEYS[1], 'NOMKSTREAM', '0-*', 't', now, 'e', ARGV[n], 'm', ARGV[3])
end
if not id then
  return redis.error_reply('NOBOARD no such board')
end
first = string.sub(first or id, 3)

local before = first - 1
if marked ~= before then
  if marked and marked > before then
    -- Only the stream was restored: this begins another history.
    epoch = ARGV[3]
    redis.call('HSET', KEYS[2], 'epoch', epoch)
  end
  prev = '-'
end
local mark = string.sub(id, 3) .. ':' .. ARGV[3]
if asks then
  redis.call('HSET', KEYS[2], 'mark', mark, 'run', run, 'asked', now)
else
  redis.call('HSET', KEYS[2], 'mark', mark)
end
redis.call(ARGV[2], ARGV[1],
  'a\n' .. epoch .. ' ' .. run .. ' ' .. ARGV[3] .. ' ' .. prev .. '\n' .. first .. '\n' .. now
  .. '\n' .. table.concat(ARGV, '\n', 4))
return {epoch, first, now, run, prev}

-- Counts how often a board was seen to be overdue, and deletes it once that was often enough.
--
-- No single clock decides this, as the store's may jump. The store only tells that a board is
-- overdue now; the repeats are counted by a process that waits in between by its own clock.
--
-- KEYS[1]  sv:{CODE}:log    stream; the time of its newest entry matters
-- KEYS[2]  sv:{CODE}:meta   hash; touched: when it was last in use, ms; keep: see ARGV[6], in an
--                           earlier script a time from which the retention counted; overdue: "unused since (ms)" " " "how often it was seen overdue"
-- KEYS[3]  sv:{CODE}:here   hash
-- KEYS[4]  sv:{CODE}:lost   hash
-- ARGV[1]  channel to publish on, sv:{CODE}:live
-- ARGV[2]  the command to publish with: PUBLISH, or SPUBLISH in a cluster
-- ARGV[3]  retention in milliseconds
-- ARGV[4]  how often it was seen overdue, as far as the caller knows; -1 to only look
-- ARGV[5]  how often it must be seen overdue before it is deleted
-- ARGV[6]  the time before which it is not deleted however long it is unused, ms; 0 for none
--
-- Publishes  "d\n" if it is deleted
-- Returns    how often it was seen overdue; -1 if it is not overdue; -2 if it was deleted
-- Errors     DAMAGED with the key and what is wrong; such a board is never deleted

local function ms(text)
  return tonumber(string.match(text or '', '^%d+$'))
end

if redis.call('EXISTS', KEYS[1], KEYS[2]) < 2 then
  return -1
end
redis.call('PERSIST', KEYS[1])
redis.call('PERSIST', KEYS[2])
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local written = newest and newest[2][1] == 't' and ms(newest[2][2])
if not written then
  return redis.error_reply('DAMAGED ' .. KEYS[1] .. ' its newest entry was not written by Stackvote')
end
if ARGV[6] ~= '0' then
  redis.call('HSET', KEYS[2], 'keep', ARGV[6])
end
local marks = redis.call('HMGET', KEYS[2], 'touched', 'keep', 'overdue')
local unused = math.max(written, ms(marks[1]) or 0)
local due = math.max(unused + ARGV[3], ms(marks[2]) or 0)

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local here = now < due or false
if not here then
  for _, word in ipairs(redis.call('HVALS', KEYS[3])) do
    here = here or (tonumber(string.match(word, '^%d+')) or 0) > now
  end
end
if here then
  if marks[3] then
    redis.call('HDEL', KEYS[2], 'overdue')
  end
  return -1
end

local since = string.format('%d', unused)
local counted_since, seen = string.match(marks[3] or '', '^(%d+) (%d+)$')
seen = counted_since == since and tonumber(seen) or 0
if ARGV[4] ~= tostring(seen) then
  return seen
end
seen = seen + 1
if seen < tonumber(ARGV[5]) then
  redis.call('HSET', KEYS[2], 'overdue', since .. ' ' .. seen)
  return seen
end
redis.call('DEL', unpack(KEYS))
redis.call(ARGV[2], ARGV[1], 'd\n')
return -2

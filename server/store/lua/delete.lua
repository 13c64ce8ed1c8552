-- Deletes a board with all its keys, and tells every process, in one step.
--
-- KEYS     all keys that a board can have
-- ARGV[1]  channel to publish on, sv:{CODE}:live
-- ARGV[2]  the command to publish with: PUBLISH, or SPUBLISH in a cluster
--
-- Publishes  "d\n", also when there is nothing left to delete: someone may not have heard of it
-- Returns    the number of keys deleted

if not string.find(redis.call('INFO', 'replication'), 'role:master', 1, true) then
  return redis.error_reply('READONLY the store is a replica')
end
local deleted = redis.call('DEL', unpack(KEYS))
redis.call(ARGV[2], ARGV[1], 'd\n')
return deleted

-- Makes a log continue from its last position, after an entry with a foreign id was removed.
--
-- A stream remembers the highest id it ever had, and accepts no lower one; so its entries are
-- copied to a new stream, each under its own id.
--
-- KEYS[1]  sv:{CODE}:log    stream
-- KEYS[2]  sv:{CODE}:spare  exists only within this script
-- ARGV[1]  the most entries to copy: the store serves no other client meanwhile
--
-- Returns  the last position
-- Errors   DAMAGED with the key and what is wrong

local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest or not string.find(newest[1], '^0%-') then
  return redis.error_reply('DAMAGED ' .. KEYS[1] .. ' its newest entry was not written by Stackvote')
end
if redis.call('XLEN', KEYS[1]) > tonumber(ARGV[1]) then
  return redis.error_reply('DAMAGED ' .. KEYS[1] .. ' its last id was not written by Stackvote')
end
redis.call('DEL', KEYS[2])
local after = '-'
while true do
  local page = redis.call('XRANGE', KEYS[1], after, '+', 'COUNT', 500)
  if #page == 0 then
    break
  end
  for _, entry in ipairs(page) do
    redis.call('XADD', KEYS[2], entry[1], unpack(entry[2]))
    after = '(' .. entry[1]
  end
end
redis.call('RENAME', KEYS[2], KEYS[1])
return string.sub(newest[1], 3)

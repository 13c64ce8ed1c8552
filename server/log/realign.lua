-- Lets a log go on from its last position, after an entry with a foreign id was removed from it.
--
-- A stream remembers the highest id it ever had, and takes no lower one; so what is in it is
-- written to a new one, each entry under its own id.
--
-- KEYS[1]  sv:{CODE}:log    stream
-- KEYS[2]  sv:{CODE}:spare  does not exist outside of this script
-- ARGV[1]  the most entries that are written anew: nobody else is served meanwhile
--
-- Returns  the last position
-- Errors   DAMAGED with the key and what is wrong

local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest or not string.find(newest[1], '^0%-') then
  return redis.error_reply('DAMAGED ' .. KEYS[1] .. ' its newest entry is none of ours')
end
if redis.call('XLEN', KEYS[1]) > tonumber(ARGV[1]) then
  return redis.error_reply('DAMAGED ' .. KEYS[1] .. ' its last id is none of ours')
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

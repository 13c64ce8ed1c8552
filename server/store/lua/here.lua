-- Announces which seats are on a board through one process, and returns all announcements.
--
-- KEYS[1]  sv:{CODE}:here   hash; process -> "expiry in ms\nseat seat seat", with a ? before
--          each seat that is waiting to be admitted; of a crowd "expiry in ms\n=counts seat …"
-- KEYS[2]  sv:{CODE}:lost   hash; seat -> "round until", until in ms: lost connections
-- ARGV[1]  channel to publish on, sv:{CODE}:live
-- ARGV[2]  the command to publish with: PUBLISH, or SPUBLISH in a cluster
-- ARGV[3]  the process
-- ARGV[4]  how long the announcement is valid, in milliseconds
-- ARGV[5]  the seats or counts, separated by blanks; empty if none are left
-- ARGV[6]  seats that lost their connection since the last announcement, separated by blanks
-- ARGV[7]  the open round, 0 if there is none
-- ARGV[8]  how long a lost connection is remembered, in milliseconds
-- ARGV[9]  seats that are back, separated by blanks
-- ARGV[10] 1 to return all announcements, and remove what has expired
--
-- Publishes   "h\n" process "\n" expiry "\n" seats "\n" lost, as "seat round until seat …"; for a
--             seat that is back, "seat 0 0"
-- Returns     three lists: the first hash as process, value, …, without what has expired;
--             the second hash as seat, value, …; fields that we did not write, as key, field, …

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local expiry = string.format('%d', now + ARGV[4])
local value = expiry .. '\n' .. ARGV[5]
local broken = ARGV[7] .. ' ' .. string.format('%d', now + ARGV[8])
local lost = {}

local function lose(seats)
  if ARGV[7] == '0' then
    return
  end
  for seat in string.gmatch(seats, '%S+') do
    redis.call('HSET', KEYS[2], seat, broken)
    lost[#lost + 1] = seat .. ' ' .. broken
  end
end

if ARGV[5] == '' then
  redis.call('HDEL', KEYS[1], ARGV[3])
else
  redis.call('HSET', KEYS[1], ARGV[3], value)
end
local foreign = {}

-- It may belong to a later version, so it is left in place and only reported.
local function pass_over(key, field)
  if #foreign < 10 then
    foreign[#foreign + 1] = key
    foreign[#foreign + 1] = string.sub(field, 1, 40)
  end
end

for seat in string.gmatch(ARGV[9], '%S+') do
  redis.call('HDEL', KEYS[2], seat)
  lost[#lost + 1] = seat .. ' 0 0'
end
local reads = ARGV[10] == '1'
local all = reads and redis.call('HGETALL', KEYS[1]) or {}
local fresh = {}
for i = 1, #all, 2 do
  -- No announcement is valid much longer than ours.
  local ends = tonumber(string.match(all[i + 1], '^(%d+)\n[%w_=? -]*$'))
  if not ends or ends > now + 100 * ARGV[4] then
    pass_over(KEYS[1], all[i])
  elseif ends > now then
    fresh[#fresh + 1] = all[i]
    fresh[#fresh + 1] = all[i + 1]
  else
    -- A process that shut down cleanly has removed its announcement: this one crashed, and its
    -- seats lost their connections. Of a crowd it is not known which.
    redis.call('HDEL', KEYS[1], all[i])
    if not string.find(all[i + 1], '\n=') then
      lose(string.match(all[i + 1], '\n(.*)'))
    end
  end
end
lose(ARGV[6])
-- Longer than any announcement in it, so that an expired one is still found here.
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[4])
if #lost > 0 then
  redis.call('PEXPIRE', KEYS[2], ARGV[8])
end
redis.call(ARGV[2], ARGV[1], 'h\n' .. ARGV[3] .. '\n' .. value .. '\n' .. table.concat(lost, ' '))
local remembered = reads and redis.call('HGETALL', KEYS[2]) or {}
local kept = {}
for i = 1, #remembered, 2 do
  if string.find(remembered[i + 1], '^%d+ %d+$') and #remembered[i + 1] < 40 then
    kept[#kept + 1] = remembered[i]
    kept[#kept + 1] = remembered[i + 1]
  else
    pass_over(KEYS[2], remembered[i])
  end
end
return {fresh, kept, foreign}

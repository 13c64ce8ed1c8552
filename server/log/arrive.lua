-- Counts seats that come to a board for the first time, by the minute and over all servers.
--
-- Nobody can tell from it who came when: a seat is only noted as one that has come, and of a
-- minute only numbers are kept. It writes with the commands that presence takes, too.
--
-- KEYS[1]  sv:{CODE}:came      hash; seat -> ''
-- KEYS[2]  sv:{CODE}:arrivals  hash; 'minute' -> 'seats networks'; 'all' -> how many seats came
-- KEYS[3]  sv:{CODE}:networks  hash; 'minute network' -> ''
-- ARGV[1]  how many minutes are kept
-- ARGV[2]  how long seats are remembered, in milliseconds
-- ARGV[3]  how many seats are remembered at most
-- ARGV[4…] seat, network, seat, network, …, all of them names that are keyed hashes
--
-- Returns  the present minute, how many seats came in all, and the second hash: minute, value, …

local minute = math.floor(redis.call('TIME')[1] / 60)
local counts = {}
local known = redis.call('HGETALL', KEYS[2])
for i = 1, #known, 2 do
  local at = tonumber(known[i])
  if at and at <= minute - ARGV[1] then
    redis.call('HDEL', KEYS[2], known[i])
  else
    counts[known[i]] = known[i + 1]
  end
end

local all = tonumber(counts['all'] or '0')
local seats, networks = string.match(counts[tostring(minute)] or '0 0', '(%d+) (%d+)')
seats, networks = tonumber(seats), tonumber(networks)
local before = all
for i = 4, #ARGV, 2 do
  if all < tonumber(ARGV[3]) and redis.call('HSET', KEYS[1], ARGV[i], '') == 1 then
    all = all + 1
    seats = seats + 1
    networks = networks + redis.call('HSET', KEYS[3], minute .. ' ' .. ARGV[i + 1], '')
  end
end
if all > before then
  counts[tostring(minute)] = seats .. ' ' .. networks
  redis.call('HSET', KEYS[2], tostring(minute), counts[tostring(minute)], 'all', tostring(all))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
  -- Which networks there were is forgotten as soon as they are counted.
  redis.call('PEXPIRE', KEYS[3], 120000)
end
counts['all'] = nil
local told = {minute, all}
for at, value in pairs(counts) do
  told[#told + 1] = at
  told[#told + 1] = value
end
return told

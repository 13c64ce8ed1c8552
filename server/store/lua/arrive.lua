-- Counts seats that come to a board for the first time, by the minute, across all servers.
--
-- It does not reveal who came when: a seat is only recorded as seen, and for a minute only totals
-- are kept. It needs no other write commands than presence does.
--
-- KEYS[1]  sv:{CODE}:came      hash; seat -> ''
-- KEYS[2]  sv:{CODE}:arrivals  hash; 'minute' -> 'seats networks'; 'all' -> total seats
-- KEYS[3]  sv:{CODE}:networks  hash; 'minute network' -> ''
-- ARGV[1]  the number of minutes to keep
-- ARGV[2]  how long seats are remembered, in milliseconds
-- ARGV[3]  the most seats to remember
-- ARGV[4…] seat, network, seat, network, …, each a keyed hash
--
-- Returns  the current minute, the total number of seats, and the second hash: minute, value, …

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
  -- Networks are forgotten soon after they are counted.
  redis.call('PEXPIRE', KEYS[3], 120000)
end
counts['all'] = nil
local answer = {minute, all}
for at, value in pairs(counts) do
  answer[#answer + 1] = at
  answer[#answer + 1] = value
end
return answer

-- How versions without marks append; one may still run while workers are being replaced.
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

-- Writes a part of an imported log where no server looks for it.
--
-- KEYS[1]  sv:{CODE}:incoming-…   stream; expires by itself, in case the import ends halfway
-- ARGV[1]  milliseconds after which it expires
-- ARGV[2…] position, time in ms, encoded entry, position, …
--
-- Returns  nothing

for i = 2, #ARGV, 3 do
  redis.call('XADD', KEYS[1], '0-' .. ARGV[i], 't', ARGV[i + 1], 'e', ARGV[i + 2])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])

-- Replaces a field of a hash where it still holds what it is thought to hold.
-- KEYS[1] the hash; the other KEYS are jobs that have to be known. ARGV: field, new value, value before; '' for none.
-- Answers 0 where it held the new value already, -1 where it is refused. Atomic. Cost: O(1) and the jobs.
local stored = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if stored == ARGV[2] then return 0 end
if stored ~= ARGV[3] then return -1 end
for at = 2, #KEYS do
  if redis.call('EXISTS', KEYS[at]) == 0 then return -1 end
end
if ARGV[2] == '' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1

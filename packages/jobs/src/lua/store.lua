-- Replaces a field of a hash where it still holds what it is thought to hold.
-- KEYS[1] the hash; KEYS[2] another hash; the other KEYS are jobs that have to be known.
-- ARGV: field, new value, value before, '' for none; then pairs of a field of KEYS[2] and what it has to hold.
-- Answers 0 where it held the new value already, -1 where it is refused. Atomic. Cost: O(1), the jobs and the pairs.
local stored = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if stored == ARGV[2] then return 0 end
if stored ~= ARGV[3] then return -1 end
for at = 3, #KEYS do
  if redis.call('EXISTS', KEYS[at]) == 0 then return -1 end
end
for at = 4, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[at]) ~= ARGV[at + 1] then return -1 end
end
if ARGV[2] == '' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1

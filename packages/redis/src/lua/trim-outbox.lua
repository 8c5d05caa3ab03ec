-- Drops published entries from the outbox, if the caller still owns the partition.
--
-- KEYS[1]  strata:{p}:m    hash: owner, ...
-- KEYS[2]  strata:{p}:out  stream: the outbox, ids <position>-0
-- ARGV[1]  owner token of the caller
-- ARGV[2]  smallest stream id to keep
--
-- Atomic: the owner check and the trim. Without the check a fenced relay could drop what the new owner has not sent.
-- Cost: O(entries dropped). The trim is exact (=), so an acknowledged entry is never sent again by a later owner.
-- Reply: 1 trimmed, 0 another owner holds the partition
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('XTRIM', KEYS[2], 'MINID', '=', ARGV[2])
return 1

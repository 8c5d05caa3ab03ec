-- Takes a partition: a new owner token voids every older one, and what a new owner must know comes back with it.
--
-- KEYS[1]  strata:{p}:m    hash: owner, counter, next, position, f:<field>...
-- KEYS[2]  strata:{p}:c    hash: customer id -> state bytes
-- KEYS[3]  strata:{p}:out  stream: the outbox
-- ARGV[1]  a random id. A failover can hand out the same counter twice, so the token is counter:random.
--
-- Atomic: the new token and the picture of the shard belong together; no commit can fall between them.
-- Cost: O(fields of m); two writes.
-- Reply: { all of m as a flat list, entries in the outbox, customers }
local counter = redis.call('HINCRBY', KEYS[1], 'counter', 1)
redis.call('HSET', KEYS[1], 'owner', string.format('%.0f', counter) .. ':' .. ARGV[1])
return { redis.call('HGETALL', KEYS[1]), redis.call('XLEN', KEYS[3]), redis.call('HLEN', KEYS[2]) }

-- Takes a partition: a new owner token voids every older one, and what a new owner must know comes back with it.
--
-- KEYS[1]  strata:{p}:m    hash: owner, counter, next, position, begun, ended, f:<field>...
-- KEYS[2]  strata:{p}:c    hash: customer id -> state bytes
-- KEYS[3]  strata:{p}:pg   hash: page name -> page bytes
-- KEYS[4]  strata:{p}:due  sorted set: customer id by due instant
-- KEYS[5]  strata:{p}:out  stream: the outbox
-- ARGV[1]  a random id. A failover can hand out the same counter twice, so the token is counter:random.
--
-- Atomic: the new token and the picture of the shard belong together; no commit can fall between them.
-- A shard that is not whole (`begun` is not `ended`, see commit.lua) is emptied, to be folded again from the log. Its
-- fields go last, so that one that was emptied in part is emptied again.
-- Cost: O(fields of m); two writes. Emptying frees in the background.
-- Reply: { all of m as a flat list, entries in the outbox, customers, 1 where the shard was not whole else 0 }
local counts = redis.call('HMGET', KEYS[1], 'begun', 'ended')
local isPart = counts[1] ~= counts[2]
local counter = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'counter', 1))
if isPart then
  redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
  redis.call('DEL', KEYS[1])
end
redis.call('HSET', KEYS[1], 'counter', counter, 'owner', counter .. ':' .. ARGV[1])
local fields = redis.call('HGETALL', KEYS[1])
return { fields, redis.call('XLEN', KEYS[5]), redis.call('HLEN', KEYS[2]), isPart and 1 or 0 }

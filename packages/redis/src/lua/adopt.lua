-- Puts a shard that was built beside the live one in its place.
--
-- KEYS[1..5]   the live shard: m, c, pg, due, out
-- KEYS[6..10]  the shard beside it, in the same order
-- ARGV[1]  owner token of the caller in the shard beside
-- ARGV[2]  a random id for the fresh token of the live shard
-- ARGV[3]  owner token that has to hold the live shard, '' for whoever does
--
-- Atomic: state, due index, outbox and offset change together, and whoever held the live shard is fenced by it. The
-- fields go last: until then those of the live shard say that a write has begun (commit.lua).
-- Cost: O(1) for what is renamed; what is replaced is freed in the background.
-- Reply: 1 adopted, 0 another owner holds one of the two, or the one beside is not whole
if redis.call('HGET', KEYS[6], 'owner') ~= ARGV[1] then return 0 end
local counts = redis.call('HMGET', KEYS[6], 'begun', 'ended')
if counts[1] ~= counts[2] then return 0 end
if ARGV[3] ~= '' and redis.call('HGET', KEYS[1], 'owner') ~= ARGV[3] then return 0 end
local live = tonumber(redis.call('HGET', KEYS[1], 'counter') or '0')
local beside = tonumber(redis.call('HGET', KEYS[6], 'counter'))
local counter = string.format('%.0f', math.max(live, beside) + 1)
redis.call('HSET', KEYS[6], 'counter', counter, 'owner', counter .. ':' .. ARGV[2])
redis.call('HINCRBY', KEYS[1], 'begun', 1)
for i = 2, 5 do
  redis.call('UNLINK', KEYS[i])
  if redis.call('EXISTS', KEYS[i + 5]) == 1 then redis.call('RENAME', KEYS[i + 5], KEYS[i]) end
end
redis.call('RENAME', KEYS[6], KEYS[1])
return 1

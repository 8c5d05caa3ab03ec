-- Replaces one customer without moving on, if the shard still stands where the caller has seen it.
--
-- KEYS[1..4]  m, c, pg, due of the shard
-- ARGV[1]  offset at which the shard has to stand
-- ARGV[2]  a random id for the fresh owner token
-- ARGV[3]  customer id
-- ARGV[4]  '1' where a value follows, '0' to remove the customer
-- ARGV[5]  the value
-- ARGV[6]  due instant in epoch milliseconds, '' for never
-- ARGV[7]  how many arguments the written pages take: name, bytes, ...
-- ARGV[8..]  those, then the names of removed pages
--
-- Atomic: the check, the customer with its pages, and the token that voids whoever remembers it as it was.
-- Cost: O(pages of the customer).
-- Reply: 1 replaced, 0 the shard stands elsewhere, or is not whole (commit.lua)
local meta = redis.call('HMGET', KEYS[1], 'next', 'begun', 'ended')
if (meta[1] or '0') ~= ARGV[1] or meta[2] ~= meta[3] then return 0 end
local begun = redis.call('HINCRBY', KEYS[1], 'begun', 1)
local counter = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'counter', 1))
redis.call('HSET', KEYS[1], 'owner', counter .. ':' .. ARGV[2])
if ARGV[4] == '1' then redis.call('HSET', KEYS[2], ARGV[3], ARGV[5]) else redis.call('HDEL', KEYS[2], ARGV[3]) end
if ARGV[6] == '' then redis.call('ZREM', KEYS[4], ARGV[3]) else redis.call('ZADD', KEYS[4], ARGV[6], ARGV[3]) end
local pagesEnd = 7 + tonumber(ARGV[7])
for at = 8, pagesEnd, 2 do redis.call('HSET', KEYS[3], ARGV[at], ARGV[at + 1]) end
for at = pagesEnd + 1, #ARGV do redis.call('HDEL', KEYS[3], ARGV[at]) end
redis.call('HSET', KEYS[1], 'ended', string.format('%.0f', begun))
return 1

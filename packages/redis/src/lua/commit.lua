-- Writes everything that folding one batch changed, or nothing.
--
-- KEYS[1]  strata:{p}:m    hash: owner, counter, next, position, begun, ended, f:<field>...
-- KEYS[2]  strata:{p}:c    hash: customer id -> state bytes
-- KEYS[3]  strata:{p}:pg   hash: page name -> page bytes
-- KEYS[4]  strata:{p}:due  sorted set: customer id by due instant in epoch milliseconds
-- KEYS[5]  strata:{p}:out  stream: the outbox, ids <position>-0
-- ARGV[1]  owner token of the caller
-- ARGV[2]  offset the caller believes to be stored
-- ARGV[3]  offset to store
-- ARGV[4]  first outbox position, '0' when there is no entry
-- ARGV[5]  last outbox position, '0' when there is no entry
-- ARGV[6..13]  how many arguments each list below has:
--          fields (name, value), states (id, bytes), removed states (id), pages (name, bytes), removed pages (name),
--          due (score, id), never due (id), outbox
-- ARGV[14..]   those lists, one after the other. An outbox entry is: stream id, number of arguments, field, value, ...
--
-- Atomic: all of it. Nothing is written before the last check, and no command after the first write can fail: the
-- caller has checked every number, the keys are ours alone, and Redis checks memory, disk and role only before the first
-- write of a script. That first write is an HINCRBY, which is refused when memory is short, so it stands for all.
-- Except where an append-only file was cut in the middle of it: the load that finds this leaves the beginning of the
-- transaction in the file, and the load after that executes it, before all that was written since (Redis 7.0, seen).
-- So a write counts itself at its begin by adding one, and at its end by what it has read plus one. Where the two differ
-- something was executed that nobody saw, in part or whole, and nothing that the shard holds can be trusted (acquire.lua).
-- Cost: 2-5 us a customer (variadic calls of at most 2,000 arguments, the limit of Lua's stack being near 8,000).
-- Reply: 'ok', 'already', 'fenced', 'offset', or 'position <last>' when the outbox would get a gap (a programmer fault).
local meta = redis.call('HMGET', KEYS[1], 'owner', 'next', 'position', 'begun', 'ended')
if meta[1] ~= ARGV[1] then return 'fenced' end
if meta[4] ~= meta[5] then return 'offset' end
local stored = meta[2] or '0'
if stored == ARGV[3] then return 'already' end
if stored ~= ARGV[2] then return 'offset' end
local position = meta[3] or '0'
if ARGV[4] ~= '0' and tonumber(ARGV[4]) ~= tonumber(position) + 1 then return 'position ' .. position end
if ARGV[5] ~= '0' then position = ARGV[5] end

local begun = redis.call('HINCRBY', KEYS[1], 'begun', 1)
redis.call('HSET', KEYS[1], 'next', ARGV[3], 'position', position)

local at = 14
local function write(command, key, count)
  local last = at + tonumber(count) - 1
  while at <= last do
    local upTo = math.min(at + 1999, last)
    redis.call(command, key, unpack(ARGV, at, upTo))
    at = upTo + 1
  end
end
write('HSET', KEYS[1], ARGV[6])
write('HSET', KEYS[2], ARGV[7])
write('HDEL', KEYS[2], ARGV[8])
write('HSET', KEYS[3], ARGV[9])
write('HDEL', KEYS[3], ARGV[10])
write('ZADD', KEYS[4], ARGV[11])
write('ZREM', KEYS[4], ARGV[12])

local outboxEnd = at + tonumber(ARGV[13])
while at < outboxEnd do
  local count = tonumber(ARGV[at + 1])
  redis.call('XADD', KEYS[5], ARGV[at], unpack(ARGV, at + 2, at + 1 + count))
  at = at + 2 + count
end
redis.call('HSET', KEYS[1], 'ended', string.format('%.0f', begun))
return 'ok'

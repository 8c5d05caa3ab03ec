-- A job is finished: takes it out of the order and answers the id of the next of its subject that waits for it, or ''.
-- KEYS[1] order, KEYS[2] origins (see turn.lua), KEYS[3] the queue's delayed jobs.
-- ARGV[1] the job's member of KEYS[1], ARGV[2] its member of KEYS[2], ARGV[3] its lane. Atomic. Cost: O(log N).
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[2])
local next = redis.call('ZRANGEBYLEX', KEYS[1], '[' .. ARGV[3] .. ':', '(' .. ARGV[3] .. ';', 'LIMIT', 0, 1)[1]
if not next then return '' end
local id = string.match(next, '^%x+:%d+:([^:]*):')
if not redis.call('ZSCORE', KEYS[3], id) then return '' end
return id

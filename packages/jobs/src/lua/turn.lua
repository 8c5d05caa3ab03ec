-- Whether a job may be delivered now: the rule of DeliveryOrder in packages/pipeline.
-- KEYS[1] order of the endpoint: a sorted set, all scores 0, a member for each unfinished job:
--         "<lane>:<sequence>:<job id>:<origin>". KEYS[2] its origins: likewise "<origin>:<job id>".
-- ARGV[1] the job's member of KEYS[1]; ARGV[2] its lane; ARGV[3] 'every' or 'latest'; ARGV[4] prefix of the job keys.
-- Answers 'go', 'wait' or 'superseded'. Atomic. Cost: O(log N) of the endpoint; for 'latest' and the unfinished jobs
-- of one subject.
local order, origins = KEYS[1], KEYS[2]
local mine, lane, deliver, prefix = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local from, to = '[' .. lane .. ':', '(' .. lane .. ';'

if not redis.call('ZSCORE', order, mine) then return 'superseded' end

local function keyOf(member)
  return prefix .. string.match(member, '^%x+:%d+:([^:]*):')
end

local function forget(member)
  local id, origin = string.match(member, '^%x+:%d+:([^:]*):(.*)$')
  redis.call('ZREM', order, member)
  redis.call('ZREM', origins, origin .. ':' .. id)
end

-- Who failed in a way that told nobody holds no one up. Who is noted and not there yet is waited for: it is being added,
-- or will be added again by whoever died over it.
local function isOver(member)
  return redis.call('HEXISTS', keyOf(member), 'finishedOn') == 1
end

if deliver == 'every' then
  while true do
    local head = redis.call('ZRANGEBYLEX', order, from, to, 'LIMIT', 0, 1)[1]
    if head == mine then return 'go' end
    if not isOver(head) then return 'wait' end
    forget(head)
  end
end

local unfinished = redis.call('ZRANGEBYLEX', order, from, to)
if unfinished[#unfinished] ~= mine then
  forget(mine)
  return 'superseded'
end
for _, member in ipairs(unfinished) do
  if member ~= mine and redis.call('EXISTS', keyOf(member) .. ':lock') == 1 then return 'wait' end
end
for _, member in ipairs(unfinished) do
  if member ~= mine then forget(member) end
end
return 'go'

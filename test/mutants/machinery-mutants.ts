import type { Mutant } from './mutant.ts';

const COMMIT = 'packages/redis/src/lua/commit.lua';
const ACQUIRE = 'packages/redis/src/lua/acquire.lua';
const TRIM = 'packages/redis/src/lua/trim-outbox.lua';
const STORE = 'packages/redis/src/redis-state-store.ts';
const GROUP = 'packages/kafka/src/kafka-group-reader.ts';
const RELAY = 'services/scorer/src/steps/relay.ts';
const TOPOLOGY = 'services/scorer/src/topology.ts';
const CONTINUITY = 'services/scorer/src/log-continuity.ts';

/** On a real Redis, Kafka or BullMQ: what is proved of the ports in memory says nothing of these. */
const REDIS = ['test/integration/redis/redis-state-store.test.ts'];
const REDIS_TROUBLE = ['test/integration/redis/redis-trouble.test.ts'];
const TORN = ['test/integration/redis/torn-commit.test.ts'];
const KAFKA = ['test/integration/kafka/kafka-log.test.ts'];
const KAFKA_TROUBLE = ['test/integration/kafka/kafka-trouble.test.ts'];
const CRASHES = ['services/scorer/src/scorer-crash.test.ts'];
const BROKEN_LOG = ['services/scorer/src/broken-log.test.ts'];
const SHARD_WATCH = ['services/scorer/src/shard-watch.test.ts'];

/** Every guard of what runs the fold: commit, publication, reading, and the alarms. */
export const MACHINERY_MUTANTS: readonly Mutant[] = [
  {
    guard: 'commit: only the owner writes',
    file: COMMIT,
    from: "if meta[1] ~= ARGV[1] then return 'fenced' end",
    to: '',
    tests: REDIS,
  },
  {
    guard: 'commit: who lost the partition is told so, also of its own repeat',
    file: COMMIT,
    from: "if meta[1] ~= ARGV[1] then return 'fenced' end",
    to: "if meta[1] ~= ARGV[1] and meta[2] ~= ARGV[3] then return 'fenced' end",
    tests: REDIS,
  },
  {
    guard: 'commit: its own repeat is a success',
    file: COMMIT,
    from: "if stored == ARGV[3] then return 'already' end",
    to: '',
    tests: REDIS,
  },
  {
    guard: 'commit: only from the offset that is stored',
    file: COMMIT,
    from: "if stored ~= ARGV[2] then return 'offset' end",
    to: '',
    tests: REDIS,
  },
  {
    guard: 'commit: nothing on top of what is not whole',
    file: COMMIT,
    from: "if meta[4] ~= meta[5] then return 'offset' end",
    to: '',
    tests: TORN,
  },
  {
    guard: 'commit: one that was executed unseen is told by the next',
    file: COMMIT,
    from: "redis.call('HSET', KEYS[1], 'ended', string.format('%.0f', begun))",
    to: "redis.call('HINCRBY', KEYS[1], 'ended', 1)",
    tests: TORN,
  },
  {
    guard: 'acquire: what is not whole is emptied',
    file: ACQUIRE,
    from: 'if isPart then',
    to: 'if false then',
    tests: TORN,
  },
  {
    guard: 'commit: the outbox has no gap',
    file: COMMIT,
    from: "if ARGV[4] ~= '0' and tonumber(ARGV[4]) ~= tonumber(position) + 1 then return 'position ' .. position end",
    to: '',
    tests: REDIS,
  },
  {
    guard: 'commit: the outbox goes on where it stood, also when it was trimmed to nothing',
    file: COMMIT,
    from: "if ARGV[5] ~= '0' then position = ARGV[5] end",
    to: '',
    tests: REDIS,
  },
  {
    guard: 'commit: lists in runs that the stack of Lua takes',
    file: COMMIT,
    from: 'math.min(at + 1999, last)',
    to: 'last',
    tests: REDIS,
  },
  {
    guard: 'acquire: a new token voids the older one',
    file: ACQUIRE,
    from: "'owner', counter .. ':' .. ARGV[1]",
    to: "'owner', redis.call('HGET', KEYS[1], 'owner') or '1:' .. ARGV[1]",
    tests: REDIS,
  },
  {
    guard: 'acquire: a counter that went back hands out no token twice',
    file: ACQUIRE,
    from: "'owner', counter .. ':' .. ARGV[1]",
    to: "'owner', counter .. ':'",
    tests: REDIS_TROUBLE,
  },
  {
    guard: 'trim: only the owner drops from the outbox',
    file: TRIM,
    from: "if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end",
    to: '',
    tests: REDIS,
  },
  {
    guard: 'trim: all that was acknowledged, and no less',
    file: TRIM,
    from: "'MINID', '='",
    to: "'MINID', '~'",
    tests: REDIS,
  },
  {
    guard: 'amend: a partition that has moved on is left alone',
    file: 'packages/redis/src/lua/amend.lua',
    from: "(meta[1] or '0') ~= ARGV[1] or",
    to: '',
    tests: REDIS,
  },
  {
    guard: 'adopt: only by who holds what was built beside',
    file: 'packages/redis/src/lua/adopt.lua',
    from: "if redis.call('HGET', KEYS[6], 'owner') ~= ARGV[1] then return 0 end",
    to: '',
    tests: REDIS,
  },
  {
    guard: 'lost reply: another owner may have come in between',
    file: STORE,
    from: "if (owner !== commit.owner) return 'fenced';",
    to: '',
    tests: REDIS_TROUBLE,
  },
  {
    guard: 'lost reply: what is stored tells whether the commit was applied',
    file: STORE,
    from: "if (stored === commit.next) return 'ok';",
    to: '',
    tests: REDIS_TROUBLE,
  },
  {
    guard: 'cut: what lies below the stored offset is not folded again',
    file: TOPOLOGY,
    from: 'batch.records.filter(({ offset }) => offset >= shard.next)',
    to: 'batch.records',
    tests: CRASHES,
  },
  {
    guard: 'heartbeat: after each commit',
    file: TOPOLOGY,
    from: 'await batch.heartbeat();',
    to: '',
    tests: ['services/scorer/src/scorer.test.ts'],
  },
  {
    guard: 'outcome: anything but a written commit takes the partition anew',
    file: TOPOLOGY,
    // With the assertion behind it, which would end the batch as well.
    from: "if (!isWritten(outcome)) return 'reacquire';\n      await at('after-commit');\n      assert(shard.next === next, 'a shard stands where its commit put it');",
    to: "await at('after-commit');",
    tests: CRASHES,
  },
  {
    guard: 'publication: trimmed only after it was acknowledged',
    file: RELAY,
    from: 'await this.#ports.outputWriter.send(records);',
    to: 'for (const portion of current) await this.#trim(portion);\n      await this.#ports.outputWriter.send(records);',
    tests: CRASHES,
  },
  {
    guard: 'publication: what the topic has already is not sent again',
    file: RELAY,
    from: "if (freshness === 'repeat') {",
    to: "if (freshness === 'repeat' && seq < 0) {",
    tests: CRASHES,
  },
  {
    guard: 'publication: after an error the tails are read again',
    file: RELAY,
    from: 'this.#cursors = new WeakMap();\n        this.#ports',
    to: 'this.#ports',
    tests: CRASHES,
  },
  {
    guard: 'reader: what is not above the last number is dropped',
    file: 'packages/pipeline/src/output-number.ts',
    from: "if (next.epoch < last.epoch || next.seq <= last.seq) return 'repeat';",
    to: '',
    tests: [
      'packages/pipeline/src/output-number.test.ts',
      'services/notifier/src/start-notifier.test.ts',
    ],
  },
  {
    guard: 'log: another record at the same offset halts the partition',
    file: CONTINUITY,
    from: 'if (found !== null && lastFoldedOf(found).digest === lastFolded.digest) return null;',
    to: 'return null;',
    tests: BROKEN_LOG,
  },
  {
    guard: 'log: records that were never folded are missed',
    file: CONTINUITY,
    from: 'if (next < start) {',
    to: 'if (next < 0) {',
    tests: BROKEN_LOG,
  },
  {
    guard: 'log: an end below what was folded is missed',
    file: CONTINUITY,
    from: 'if (next > end) {',
    to: 'if (next > Infinity) {',
    tests: BROKEN_LOG,
  },
  {
    guard: 'silence: a store that lost commits is noticed',
    file: 'services/scorer/src/shard-watch.ts',
    from: '(owner === shard.owner && next >= known)',
    to: 'owner === shard.owner',
    tests: SHARD_WATCH,
  },
  {
    guard: 'silence: another owner is noticed',
    file: 'services/scorer/src/shard-watch.ts',
    from: '(owner === shard.owner && next >= known)',
    to: 'next >= known',
    tests: SHARD_WATCH,
  },
  {
    guard: 'seek: a partition goes back where its owner says',
    file: GROUP,
    from: 'consumer.seek({ topic, partition, offset: String(next) });',
    to: '',
    tests: KAFKA,
    named: 'goes back where a partition',
  },
  {
    guard: 'group: offsets are committed by us alone',
    file: GROUP,
    from: 'autoCommit: false,',
    to: 'autoCommit: true,',
    tests: KAFKA,
    named: 'never commits what was not done',
  },
  {
    guard: 'group: kafkajs does not jump where an offset is out of range',
    file: 'packages/kafka/src/silent-reset.ts',
    from: 'throw new OutOfRangeStop(at, positionOf(at));',
    to: '',
    tests: KAFKA_TROUBLE,
    named: 'stops when retention takes',
  },
  {
    guard: 'hang: a log that ends without a record is none',
    file: 'packages/kafka/src/hang-watch.ts',
    from: 'if (await work.isReal(stalled)) work.onHang(',
    to: 'if (names.length > 0) work.onHang(',
    tests: KAFKA_TROUBLE,
    named: 'is left alone where its log ends',
  },
  {
    guard: 'send: a partition that is not there is told',
    file: 'packages/kafka/src/kafka-log-writer.ts',
    from: 'if (!places.has(`${topic}:${partition}`)) throw topicUnknown(topic, partition);',
    to: '',
    tests: KAFKA_TROUBLE,
    named: 'refuses to send to a partition',
  },
  {
    guard: 'delivery: a backlog that went back in the store is read again',
    file: 'services/notifier/src/feed-backlogs.ts',
    from: 'await turns.take(partition, () => backlogs.load([partition]));',
    to: '',
    tests: ['services/notifier/src/endpoints.test.ts'],
  },
  {
    guard: 'delivery: no backlog ahead of its jobs',
    file: 'services/notifier/src/feed-backlogs.ts',
    from: 'await this.#enqueuer.backlogs.store(id, partition, { place: next.place, lastJobs });',
    to: 'await this.#enqueuer.backlogs.store(id, partition, { place: next.place });',
    tests: ['services/notifier/src/endpoints.test.ts'],
  },
];

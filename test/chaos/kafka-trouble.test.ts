import { SeededRandom } from '@strata/cli';
import { TOPICS } from '@strata/contracts';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Audit } from './audit/audit.ts';
import { said } from './audit/said.ts';
import { ChaosStack } from './stack/chaos-stack.ts';
import { Feeder } from './stack/feeder.ts';
import { killBackend } from './stack/harm.ts';
import type { ServiceProcess } from './stack/service-process.ts';
import { SHOPPERS_POLICY, Shoppers } from './stack/shoppers.ts';
import { insist, until } from './stack/until.ts';

const SMALL_COMMITS = { STRATA_SCORER_COMMIT_RECORDS: '10' };
const PARTITIONS = 4;

const shoppers = new Shoppers(new SeededRandom(10));
let stack: ChaosStack;
let audit: Audit;
let scorer: ServiceProcess;

beforeAll(async () => {
  stack = await ChaosStack.start({ partitions: PARTITIONS });
  audit = new Audit(stack.handle);
  await stack.run('ingestor');
  scorer = await aScorer();
  await stack.activate(SHOPPERS_POLICY);
}, 300_000);

afterAll(async () => {
  await stack?.stop();
});

const aScorer = (): Promise<ServiceProcess> => stack.run('scorer', SMALL_COMMITS);

async function aDay(): Promise<void> {
  audit.sent(await shoppers.anotherDay(stack.handle, 200));
}

const ends = async (): Promise<readonly number[]> =>
  (await stack.handle.reader.bounds(TOPICS.customerLog)).map(({ end }) => end);

/** What an operator does to the broker, by a client of its own: kafkajs goes on for long with what it knew of a topic. */
async function operate<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const brokers = [...stack.backends.brokers];
  return insist(what, async () => {
    const admin = new Kafka({ clientId: 'operator', brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  });
}

interface Halted {
  readonly partition: number;
  readonly code: string;
}

async function haltedOf(of: ServiceProcess): Promise<readonly Halted[]> {
  return ((await of.health())?.details['halted'] ?? []) as readonly Halted[];
}

/** A process that may not go on ends, says why by its code, and has written nothing. */
async function expectStopped(stopped: ServiceProcess, codes: RegExp): Promise<void> {
  const nexts = await stack.nexts();
  await until('it gives up', () => !stopped.isRunning, { seen: () => stopped.log });
  expect(stopped.ending, stopped.log).toBe(1);
  expect(stopped.log).toMatch(codes);
  expect(await stack.nexts()).toEqual(nexts);
}

it('a broker that is killed in the middle of batches and comes back loses and repeats nothing', async () => {
  const feeder = new Feeder({
    stack,
    audit,
    feed: () => shoppers.anotherDay(stack.handle, 60),
    lagMax: 400,
  });
  feeder.start();
  await until('there is work in hand', async () => (await stack.lag()) > 100);
  await killBackend(stack.backends, 'kafka');
  await stack.backends.restart('kafka');
  const before = await ends();
  await until('the log goes on', async () =>
    (await ends()).some((end, p) => end > (before[p] ?? 0)),
  );
  await feeder.stop();
  await stack.settled(shoppers.clock);
  const verdict = await audit.verdict();
  process.stderr.write(`broker killed: ${said(verdict)}\n`);
  expect(verdict.faults).toEqual([]);
});

it('records deleted before they were folded stop their partition, and no other', async () => {
  scorer.freeze();
  // The broker answers the fetch that is open with the first day; nobody has asked for the second.
  for (let days = 0; days < 2; days += 1) {
    const [end = 0] = await ends();
    await aDay();
    await until('there is more of it', async () => ((await ends())[0] ?? 0) > end);
  }
  const topic = TOPICS.customerLog;
  const [end = 0] = await ends();
  await operate('to delete', async (admin) => {
    // Makes the client look the topic up: deleting does not.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(end) }] });
  });
  scorer.wake();
  // It ends where it was reading already, and halts the partition where it has to take it anew.
  await until('it notices', async () => !scorer.isRunning || (await haltedOf(scorer)).length > 0);
  await scorer.stop();
  scorer = await aScorer();
  await until('the others are folded to their end', async () => {
    const [[, ...nexts], [, ...logEnds]] = await Promise.all([stack.nexts(), ends()]);
    return nexts.every((next, p) => next === logEnds[p]);
  });
  expect(await haltedOf(scorer)).toEqual([{ partition: 0, code: 'STRATA_SCORER_LOG_CUT' }]);
  expect(await scorer.metric('strata_scorer_halted')).toBe(1);
  const [start = 0] = (await stack.handle.reader.bounds(topic)).map((bounds) => bounds.start);
  const [next = 0] = await stack.nexts();
  expect(next).toBeLessThan(start);
});

async function grow(topics: readonly string[]): Promise<void> {
  const topicPartitions = topics.map((topic) => ({ topic, count: PARTITIONS + 1 }));
  await operate('to add a partition', (admin) => admin.createPartitions({ topicPartitions }));
}

it('a changed number of partitions stops every scorer, even where all topics have it', async () => {
  await grow([TOPICS.customerLog]);
  await expectStopped(await aScorer(), /STRATA_SCORER_PARTITION_COUNT/);
  await grow([TOPICS.tierChanges, TOPICS.tiers]);
  await expectStopped(await aScorer(), /STRATA_SCORER_PARTITION_COUNT/);
  // The one that had lived was asked anew where its partitions go on; it may still know the outputs as they were.
  await expectStopped(scorer, /STRATA_SCORER_PARTITION_COUNT|STRATA_LOG_TOPIC_UNKNOWN/);
});

/** As an operator who believes that a topic can be made anew. */
async function recreate(topic: string): Promise<void> {
  await operate('to remove a topic', (admin) => admin.deleteTopics({ topics: [topic] }));
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  const topics = [{ topic, numPartitions: PARTITIONS, configEntries }];
  await until('the topic is there anew', () =>
    operate('to make a topic', (admin) => admin.createTopics({ topics })),
  );
}

it('a customer log that was made anew is not taken for the one that was folded', async () => {
  for (const topic of [TOPICS.customerLog, TOPICS.tierChanges, TOPICS.tiers]) await recreate(topic);
  const before = await stack.nexts();
  scorer = await aScorer();
  await until('it notices', async () => (await haltedOf(scorer)).length === PARTITIONS, {
    seen: () => scorer.log,
  });
  const codes = (await haltedOf(scorer)).map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set(['STRATA_SCORER_LOG_LOST_ITS_END']));
  expect(await stack.nexts()).toEqual(before);
});

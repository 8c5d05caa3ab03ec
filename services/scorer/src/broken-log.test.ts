import { TOPICS } from '@strata/contracts';
import { aPurchase, day } from '@strata/domain/builders';
import { MemoryLogReader } from '@strata/memory';
import type { LogReader, TopicRecord } from '@strata/pipeline';
import { createMetrics, type Metrics } from '@strata/service-runtime';
import { describe, expect, it } from 'vitest';
import { createScorerMetrics } from './metrics.ts';
import type { RunningScorer } from './start-scorer.ts';
import { TestStack } from './test-stack.ts';
import { partitionsOf } from './test-troubles.ts';

const EVENTS = Array.from({ length: 12 }, (_, n) =>
  aPurchase(day(n), { customerId: `customer ${n}` }),
);

const LOG_0 = { topic: TOPICS.customerLog, partition: 0 };

interface Watched {
  readonly scorer: RunningScorer;
  readonly metrics: Metrics;
  readonly errors: string[];
}

/** With what an operator sees of it. */
async function watchedScorer(stack: TestStack, reader?: LogReader): Promise<Watched> {
  const metrics = createMetrics({ withProcess: false });
  const errors: string[] = [];
  const quiet = (): void => {};
  const scorer = await stack.start({
    ports: {
      metrics: createScorerMetrics(metrics),
      logger: {
        debug: quiet,
        info: quiet,
        warn: quiet,
        error: (fields) => void errors.push(String(fields['code'])),
      },
      ...(reader === undefined ? {} : { reader }),
    },
  });
  return { scorer, metrics, errors };
}

/** Folded to its end, and stopped. */
async function aFoldedStack(): Promise<TestStack> {
  const stack = new TestStack();
  stack.open('data');
  stack.publish();
  const scorer = await stack.start();
  await stack.until(
    'the policy is active',
    () => stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === 2,
  );
  stack.events(EVENTS);
  await stack.settled();
  await scorer.stop();
  return stack;
}

/** The same store over a log that grew anew: the records of the old one but for what `change` makes of partition 0. */
function withAnotherLog(
  stack: TestStack,
  change: (records: readonly TopicRecord[]) => readonly TopicRecord[],
): TestStack {
  const other = new TestStack();
  other.store = stack.store;
  // What an output topic holds is another matter.
  for (const topic of [TOPICS.customerLog, TOPICS.policies]) {
    const records = stack.records(topic);
    const first = records.filter(({ partition }) => partition === 0);
    const rest = records.filter(({ partition }) => partition !== 0);
    other.log.append([...(topic === TOPICS.customerLog ? change(first) : first), ...rest]);
  }
  return other;
}

async function expectHalted(stack: TestStack, code: string): Promise<void> {
  const before = await stack.store.inspect(0);
  const { scorer, metrics, errors } = await watchedScorer(stack);
  await stack.until('the others are read', () => partitionsOf(scorer).length > 0);
  stack.events(EVENTS.map((event) => ({ ...event, eventId: `again ${event.customerId}` })));
  await stack.until('the other partition is folded', async () => {
    const { next } = await stack.store.inspect(1);
    return next === stack.log.bounds(TOPICS.customerLog)[1]?.end;
  });
  expect((await stack.store.inspect(0)).next).toBe(before.next);
  expect(partitionsOf(scorer)).toEqual([1]);
  expect(scorer.report()).toMatchObject({
    isLive: true,
    details: { halted: [{ partition: 0, code }] },
  });
  expect(scorer.report().reasons.join()).toContain('A partition is halted: ');
  expect(errors).toEqual([code]);
  expect(await metrics.text()).toContain(`strata_scorer_halted{partition="0",code="${code}"} 1`);
  expect(stack.fatal).toEqual([]);
  await scorer.stop();
}

describe('a partition whose log is not the one that was folded', () => {
  it('is halted when records were deleted before they were folded; the others go on', async () => {
    const stack = await aFoldedStack();
    stack.events(EVENTS.map((event) => ({ ...event, eventId: `more ${event.customerId}` })));
    stack.log.cutBefore(LOG_0, (await stack.store.inspect(0)).next + 1);
    await expectHalted(stack, 'STRATA_SCORER_LOG_CUT');
  });

  it('is halted when the log ends below what was folded', async () => {
    const stack = await aFoldedStack();
    const shorter = withAnotherLog(stack, (records) => records.slice(0, 1));
    await expectHalted(shorter, 'STRATA_SCORER_LOG_LOST_ITS_END');
  });

  it('is halted when the topic was created again and has grown past the stored offset', async () => {
    const stack = await aFoldedStack();
    const another = withAnotherLog(stack, (records) => [...records, ...records].toReversed());
    await expectHalted(another, 'STRATA_SCORER_LOG_REPLACED');
  });

  it('is halted when only its last folded record is another one', async () => {
    const stack = await aFoldedStack();
    const another = withAnotherLog(stack, (records) => records.with(-1, records[0] as TopicRecord));
    await expectHalted(another, 'STRATA_SCORER_LOG_REPLACED');
  });

  it('goes on where the same log was restored, and where its folded part was cut away', async () => {
    const stack = await aFoldedStack();
    const { next } = await stack.store.inspect(0);
    stack.log.cutBefore(LOG_0, next);
    const { scorer, errors } = await watchedScorer(stack);
    stack.events(EVENTS.map((event) => ({ ...event, eventId: `more ${event.customerId}` })));
    await stack.settled();
    expect(errors).toEqual([]);
    await scorer.stop();
    const { scorer: again } = await watchedScorer(stack);
    await stack.until('both are read', () => partitionsOf(again).length === 2);
    expect(again.report().reasons).toEqual([]);
    await again.stop();
  });
});

describe('an output topic', () => {
  it('that lost its last records raises an alarm, and the rest is published', async () => {
    const stack = await aFoldedStack();
    const reader = new MemoryLogReader(stack.log);
    const lossy: LogReader = {
      partitionCount: (topic) => reader.partitionCount(topic),
      bounds: (topic) => reader.bounds(topic),
      read: (from, to) => reader.read(from, to),
      committed: (groupId, topics) => reader.committed(groupId, topics),
      close: () => reader.close(),
      tails: async (places) =>
        new Map(
          places.map((at) => [
            `${at.topic}:${at.partition}`,
            stack.records(at.topic).filter(({ partition }) => partition === at.partition)[0] ??
              null,
          ]),
        ),
    };
    const published = stack.changes().length;
    const { scorer, metrics, errors } = await watchedScorer(stack, lossy);
    stack.events([0, 1, 2, 3].map((n) => aPurchase(day(20), { customerId: `new ${n}` })));
    await stack.settled();
    expect(stack.changes().length).toBe(published + 4);
    expect(new Set(errors)).toEqual(new Set(['STRATA_SCORER_OUTPUT_GAP']));
    expect(await metrics.text()).toMatch(/strata_scorer_relay_gaps_total [1-9]/);
    await scorer.stop();
  });
});

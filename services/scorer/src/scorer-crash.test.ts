import { TOPICS } from '@strata/contracts';
import { fold } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { MemoryGroupReader, MemoryLogWriter, MemoryStateStore } from '@strata/memory';
import type { CommitOutcome } from '@strata/pipeline';
import { describe, expect, it } from 'vitest';
import { CRASH_POINTS, type CrashPoint } from './crash-point.ts';
import { freezeAt, TestStack } from './test-stack.ts';
import { OverlappingReader, partitionsOf, RewindingStore, watched } from './test-troubles.ts';

const CUSTOMERS = Array.from({ length: 12 }, (_, n) => `customer ${n}`);

/** Everybody buys four times, at a rhythm of their own; the days make promotions and, at the end, demotions. */
const EVENTS = [0, 1, 2, 3].flatMap((round) =>
  CUSTOMERS.map((customerId, n) => {
    const event = aPurchase(day(round * 2 + (n % 5)), { customerId });
    return { ...event, eventId: `e${round}.${n}`, orderId: `o${round}.${n}` };
  }),
);

interface Outcome {
  readonly decisions: string[];
  readonly seqs: number[][];
}

function outcomeOf(stack: TestStack): Outcome {
  const read = stack.read();
  const decisions = read.map(
    ({ customerId, customerSeq, type, toTier, cause, effectiveAt }) =>
      `${customerId} ${customerSeq} ${type} ${toTier} ${cause.kind} ${effectiveAt}`,
  );
  const seqs = Array.from({ length: stack.partitions }, (_, p) =>
    read.filter(({ partition }) => partition === p).map(({ seq }) => seq),
  );
  return { decisions: decisions.toSorted(), seqs };
}

async function anActiveStack(): Promise<TestStack> {
  const stack = new TestStack();
  stack.open('data');
  stack.publish();
  const scorer = await stack.start();
  await stack.until(
    'the policy is active',
    () =>
      stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length ===
      stack.partitions,
  );
  await stack.settled();
  await scorer.stop();
  return stack;
}

/** Until nobody is due up to the last mark and everything is published. */
async function quiet(stack: TestStack): Promise<void> {
  await stack.until('nobody is due', async () => {
    await stack.settled();
    const due = await Promise.all(
      Array.from({ length: stack.partitions }, (_, p) => stack.store.earliestDue(p)),
    );
    return due.every((at) => at === null);
  });
  await stack.settled();
}

async function undisturbed(): Promise<Outcome> {
  const stack = await anActiveStack();
  const scorer = await stack.start();
  stack.events(EVENTS);
  stack.everywhere({ kind: 'clock', at: day(400) });
  await quiet(stack);
  await scorer.stop();
  return outcomeOf(stack);
}

function expectGapless({ seqs }: Outcome): void {
  for (const ofPartition of seqs) expect(ofPartition).toEqual(ofPartition.map((_, n) => n + 1));
}

const SMALL = { commitRecordsMax: 3, relayRecordsMax: 5 };
const POINTS = CRASH_POINTS.filter((point) => point !== 'mid-shutdown');

describe('a scorer that dies', () => {
  const cases = POINTS.flatMap((point) =>
    ([1, 2, 4] as const).map((nth): [CrashPoint, number] => [point, nth]),
  ).filter(([point, nth]) => nth === 1 || (point !== 'mid-acquire' && point !== 'before-seek'));

  it.each(cases)('at %s, time %i, changes nothing in the result', async (point, nth) => {
    const expected = await undisturbed();
    const stack = await anActiveStack();
    const freeze = freezeAt(point, nth);
    await stack.start({ settings: { ...SMALL, at: freeze.at }, batchRecords: 9 });
    stack.events(EVENTS);
    stack.everywhere({ kind: 'clock', at: day(400) });
    await stack.until(`it is frozen at ${point}`, freeze.isFrozen);
    const heir = await stack.start({ settings: SMALL, batchRecords: 9 });
    await quiet(stack);
    const outcome = outcomeOf(stack);
    expect(outcome.decisions).toEqual(expected.decisions);
    expectGapless(outcome);
    // The heir looked at the tails before it published, so nothing got there twice.
    expect(stack.changes()).toHaveLength(stack.read().length);
    await heir.stop();
  });

  it.each(['after-load', 'before-commit'] as const)(
    'and wakes again after %s is refused by the store and changes nothing',
    async (point) => {
      const expected = await undisturbed();
      const stack = await anActiveStack();
      const freeze = freezeAt(point, 2);
      const outcomes: CommitOutcome[] = [];
      const store = watched(stack.store, outcomes);
      const zombie = await stack.start({ settings: { ...SMALL, at: freeze.at }, ports: { store } });
      stack.events(EVENTS.slice(0, 30));
      await stack.until(`it is frozen at ${point}`, freeze.isFrozen);
      const heir = await stack.start({ settings: SMALL });
      stack.events(EVENTS.slice(30));
      await stack.settled();
      freeze.release();
      await stack.until('its commit is refused', () => outcomes.includes('fenced'));
      await zombie.stop();
      stack.everywhere({ kind: 'clock', at: day(400) });
      await quiet(stack);
      expect(outcomeOf(stack).decisions).toEqual(expected.decisions);
      expectGapless(outcomeOf(stack));
      await heir.stop();
    },
  );

  it('and whose last send arrives late repeats numbers that every reader drops', async () => {
    const expected = await undisturbed();
    const stack = await anActiveStack();
    const freeze = freezeAt('after-outbox-read', 2);
    const zombie = await stack.start({ settings: { ...SMALL, at: freeze.at } });
    stack.events(EVENTS);
    await stack.until('its send is in flight', freeze.isFrozen);
    const heir = await stack.start({ settings: SMALL });
    stack.everywhere({ kind: 'clock', at: day(400) });
    await quiet(stack);
    const published = stack.changes().length;
    freeze.release();
    await stack.until('the late send has arrived', () => stack.changes().length > published);
    await zombie.stop();
    expect(outcomeOf(stack).decisions).toEqual(expected.decisions);
    expectGapless(outcomeOf(stack));
    await heir.stop();
  });
});

describe('a store or a log that misbehaves', () => {
  it('gives the same numbers again to a store that lost everything, and none appears twice', async () => {
    const stack = await anActiveStack();
    const first = await stack.start();
    stack.events(EVENTS);
    await stack.settled();
    const before = first.report().details as { partitions: { decisionHash: string }[] };
    await first.stop();
    const published = stack.changes();
    stack.store = new MemoryStateStore();
    const second = await stack.start({ settings: SMALL });
    await stack.settled();
    const after = second.report().details as { partitions: { decisionHash: string }[] };
    expect(stack.changes()).toEqual(published);
    expect(after.partitions.map(({ decisionHash }) => decisionHash)).toEqual(
      before.partitions.map(({ decisionHash }) => decisionHash),
    );
    await second.stop();
  });

  it('goes back with a store that lost its last commits under a live owner', async () => {
    const expected = await undisturbed();
    const stack = await anActiveStack();
    const store = new RewindingStore(stack.store);
    const scorer = await stack.start({ settings: SMALL, ports: { store }, batchRecords: 5 });
    stack.events(EVENTS.slice(0, 30));
    await stack.settled();
    stack.store = await store.rewind(4);
    stack.events(EVENTS.slice(30));
    stack.everywhere({ kind: 'clock', at: day(400) });
    await quiet(stack);
    expect(store.outcomes).toContain('offset');
    expect(outcomeOf(stack).decisions).toEqual(expected.decisions);
    expect(stack.changes()).toHaveLength(stack.read().length);
    expectGapless(outcomeOf(stack));
    await scorer.stop();
  });

  it('takes no fault of the fold for one of ours when it was overtaken while it read', async () => {
    const stack = await anActiveStack();
    let isFirst = true;
    const scorer = await stack.start({
      ports: {
        store: {
          ...watched(stack.store, []),
          load: async (partition, customerIds) => {
            const overtakes = isFirst;
            isFirst = false;
            if (overtakes) await stack.store.acquire(partition);
            return overtakes
              ? customerIds.map(() => Uint8Array.of(255))
              : stack.store.load(partition, customerIds);
          },
        },
      },
    });
    stack.events(EVENTS);
    await stack.settled();
    expect(isFirst).toBe(false);
    expect(stack.fatal).toEqual([]);
    await scorer.stop();
  });

  it('folds nothing twice when a batch begins below where the partition stands', async () => {
    const stack = await anActiveStack();
    const from = await stack.store.inspect(0);
    stack.events(EVENTS);
    const { records } = stack.log.slice(
      { topic: TOPICS.customerLog, partition: 0 },
      { from: 0, to: 1_000, limit: 1_000 },
    );
    const group = new OverlappingReader(records);
    const folded: number[] = [];
    const scorer = await stack.start({
      ports: {
        group,
        fold: (input) => {
          folded.push(input.at.offset);
          return fold(input);
        },
      },
    });
    await group.isDone;
    const offsets = records.map(({ offset }) => offset).filter((offset) => offset >= from.next);
    expect(folded).toEqual(offsets);
    await scorer.stop();
  });

  it('publishes once what was appended although the send failed', async () => {
    const stack = await anActiveStack();
    const writer = new MemoryLogWriter(stack.log);
    let failures = 3;
    const scorer = await stack.start({
      settings: SMALL,
      ports: {
        outputWriter: {
          send: async (records) => {
            failures -= 1;
            await writer.send(failures === 1 ? records.slice(0, 2) : records);
            if (failures >= 0) throw new Error('The acknowledgement was lost.');
          },
          close: async () => {},
        },
      },
    });
    stack.events(EVENTS);
    await stack.until('all is published', async () => {
      stack.advance(5_000);
      const depths = await Promise.all([0, 1].map((p) => stack.store.inspect(p)));
      const ends = stack.log.bounds(TOPICS.customerLog);
      return depths.every((shard, p) => shard.outboxDepth === 0 && shard.next === ends[p]?.end);
    });
    expectGapless(outcomeOf(stack));
    expect(stack.changes()).toHaveLength(stack.read().length);
    await scorer.stop();
  });

  it('hands partitions over in the middle when another one joins the group', async () => {
    const expected = await undisturbed();
    const stack = await anActiveStack();
    const settings = { ...SMALL, groupId: 'one group' };
    const first = await stack.start({ settings, batchRecords: 5 });
    stack.events(EVENTS.slice(0, 20));
    const second = await stack.start({ settings, batchRecords: 5 });
    stack.events(EVENTS.slice(20));
    await stack.settled();
    // What a scorer no longer owns it neither ticks nor publishes.
    expect([...partitionsOf(first), ...partitionsOf(second)].toSorted((a, b) => a - b)).toEqual([
      0, 1,
    ]);
    await first.stop();
    stack.everywhere({ kind: 'clock', at: day(400) });
    await quiet(stack);
    expect(outcomeOf(stack).decisions).toEqual(expected.decisions);
    expectGapless(outcomeOf(stack));
    await second.stop();
  });

  it('waits with folding while its outputs cannot be published', async () => {
    const stack = await anActiveStack();
    let isOpen = false;
    const writer = new MemoryLogWriter(stack.log);
    const scorer = await stack.start({
      settings: { ...SMALL, outboxDepthMax: 6 },
      ports: {
        outputWriter: {
          send: (records) =>
            isOpen ? writer.send(records) : Promise.reject(new Error('No broker.')),
          close: async () => {},
        },
      },
    });
    stack.events(EVENTS);
    const depths = async () =>
      (await Promise.all([0, 1].map((p) => stack.store.inspect(p)))).map((it) => it.outboxDepth);
    await stack.until('both outboxes are full', async () => {
      stack.advance(1_000);
      return (await depths()).every((depth) => depth > 6);
    });
    for (let turn = 0; turn < 20; turn += 1) stack.advance(1_000);
    // One commit of three records, of at most three changes told twice, may lie on top of the limit.
    expect(Math.max(...(await depths()))).toBeLessThanOrEqual(6 + 18);
    isOpen = true;
    await stack.until('all is folded and published', async () => {
      stack.advance(1_000);
      const ends = stack.log.bounds(TOPICS.customerLog);
      const shards = await Promise.all([0, 1].map((p) => stack.store.inspect(p)));
      return shards.every((it, p) => it.outboxDepth === 0 && it.next === ends[p]?.end);
    });
    expectGapless(outcomeOf(stack));
    await scorer.stop();
  });
});

describe('a scorer that may not go on', () => {
  const codes = (stack: TestStack) => stack.fatal.map((error) => (error as { code?: string }).code);

  it('refuses another number of partitions than the stack was opened with', async () => {
    const stack = new TestStack(2);
    stack.open('data', 32);
    const scorer = await stack.start();
    await stack.until('it gave up', () => stack.fatal.length > 0);
    expect(codes(stack)).toEqual(['STRATA_SCORER_PARTITION_COUNT']);
    expect(scorer.report().isLive).toBe(false);
    expect((await stack.store.inspect(0)).next).toBe(0);
  });

  it('stops at a fold that throws, with nothing of that commit written', async () => {
    const stack = await anActiveStack();
    const before = await stack.store.inspect(0);
    await stack.start({
      ports: {
        group: new MemoryGroupReader(stack.log),
        fold: () => {
          throw new Error('a fault in the fold');
        },
      },
    });
    stack.events(EVENTS);
    await stack.until('it gave up', () => stack.fatal.length > 0);
    expect(codes(stack)).toEqual(['STRATA_SCORER_FOLD_FAILED']);
    expect((await stack.store.inspect(0)).next).toBe(before.next);
  });
});

import { aPurchase, day } from '@strata/domain/builders';
import { MemoryLogWriter, MemoryStateStore } from '@strata/memory';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunningScorer } from './start-scorer.ts';
import { TestStack } from './test-stack.ts';
import { partitionsOf, RewindingStore } from './test-troubles.ts';

const LOOK_MS = 5_000;

const buying = (round: number) =>
  Array.from({ length: 8 }, (_, n) => {
    const event = aPurchase(day(round), { customerId: `customer ${n}` });
    return { ...event, eventId: `e${round}.${n}`, orderId: `o${round}.${n}` };
  });

let stack: TestStack;
beforeEach(() => {
  stack = new TestStack();
  stack.open('data');
  stack.publish();
});

async function active(): Promise<void> {
  await stack.until(
    'the policy is active',
    () => stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === 2,
  );
  await stack.settled();
}

const hashes = (scorer: RunningScorer): readonly string[] => {
  const { partitions } = scorer.report().details as { partitions: { decisionHash: string }[] };
  return partitions.map(({ decisionHash }) => decisionHash);
};

describe('a log without traffic', () => {
  it('does not hide that the store lost its last commits: they are folded again', async () => {
    const store = new RewindingStore(stack.store);
    const scorer = await stack.start({ ports: { store }, batchRecords: 3 });
    await active();
    stack.events([...buying(0), ...buying(1)]);
    await stack.settled();
    const [before, published] = [hashes(scorer), stack.changes()];
    stack.store = await store.rewind(2);
    stack.advance(LOOK_MS);
    await stack.settled();
    expect(hashes(scorer)).toEqual(before);
    expect(stack.changes()).toEqual(published);
    await scorer.stop();
  });

  it('does not hide that the store was emptied', async () => {
    let store = new MemoryStateStore();
    const present: MemoryStateStore = new Proxy(store, {
      get: (_, name) => {
        const member: unknown = Reflect.get(store, name);
        return typeof member === 'function' ? member.bind(store) : member;
      },
    });
    const scorer = await stack.start({ ports: { store: present } });
    stack.store = store;
    await active();
    stack.events(buying(0));
    await stack.settled();
    const published = stack.changes();
    store = new MemoryStateStore();
    stack.store = store;
    stack.advance(LOOK_MS);
    await stack.settled();
    expect(stack.changes()).toEqual(published);
    expect(partitionsOf(scorer)).toEqual([0, 1]);
    await scorer.stop();
  });

  it('does not hide that another one took the partition and left', async () => {
    const scorer = await stack.start();
    await active();
    await stack.store.acquire(1);
    stack.advance(LOOK_MS);
    await stack.until('it has taken the partition back', async () => {
      const { owner } = await stack.store.inspect(1);
      return owner?.startsWith('3:') === true && partitionsOf(scorer).length === 2;
    });
    await scorer.stop();
  });

  it('is left alone while nothing has changed', async () => {
    const scorer = await stack.start();
    await active();
    const records = stack.logRecords().length;
    const { owner } = await stack.store.inspect(0);
    for (let look = 0; look < 5; look += 1) {
      stack.advance(LOOK_MS);
      await stack.turns();
    }
    expect(stack.logRecords()).toHaveLength(records);
    expect((await stack.store.inspect(0)).owner).toBe(owner);
    await scorer.stop();
  });
});

describe('a publication', () => {
  const codes = () => stack.fatal.map((error) => (error as { code?: string }).code);

  /** A scorer whose publications end as `end` says, after so many looks. */
  async function looked(looks: number, end: () => Promise<void>): Promise<RunningScorer> {
    const log = new MemoryLogWriter(stack.log);
    let isPublishing = true;
    const scorer = await stack.start({
      ports: {
        outputWriter: {
          send: async (records) => (isPublishing ? log.send(records) : end()),
          close: async () => {},
        },
      },
    });
    await active();
    isPublishing = false;
    stack.events(buying(0));
    await stack.until('outputs wait', async () => (await stack.store.inspect(0)).outboxDepth > 0);
    for (let look = 0; look < looks; look += 1) {
      stack.advance(LOOK_MS);
      await stack.turns();
    }
    return scorer;
  }

  it('that never ends ends the process after five minutes', async () => {
    await looked(60, () => new Promise(() => {}));
    expect(codes()).toEqual([]);
    stack.advance(LOOK_MS);
    await stack.turns();
    expect(codes()).toEqual(['STRATA_SCORER_RELAY_HANGS']);
  });

  it('that fails again and again does not', async () => {
    const scorer = await looked(70, () => Promise.reject(new Error('no broker')));
    expect(codes()).toEqual([]);
    await scorer.stop();
  });

  it('that never ends is no hang to a machine that slept through a year', async () => {
    await looked(1, () => new Promise(() => {}));
    stack.advance(365 * 86_400_000);
    await stack.turns();
    expect(codes()).toEqual([]);
  });
});

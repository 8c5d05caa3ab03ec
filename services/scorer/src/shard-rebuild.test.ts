import { TOPICS } from '@strata/contracts';
import { fold, initialPartition } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import { silentLogger } from '@strata/pipeline';
import { createMetrics, keyedMarker, seal } from '@strata/service-runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { createScorerMetrics } from './metrics.ts';
import { type RebuildPorts, ShardRebuild } from './shard-rebuild.ts';
import { SEALING_KEY, serde, TestStack } from './test-stack.ts';

const EVENTS = Array.from({ length: 40 }, (_, n) =>
  aPurchase(day(n), { customerId: `customer ${n % 8}` }),
);
const watch = { signal: new AbortController().signal, onFolded: () => {} };

let stack: TestStack;
let ports: RebuildPorts;
beforeEach(async () => {
  stack = new TestStack();
  stack.open('data');
  stack.publish();
  ports = {
    beside: stack.store.beside('rebuild'),
    reader: new MemoryLogReader(stack.log),
    serde,
    seal: (bytes) => seal(SEALING_KEY, bytes),
    markerOf: keyedMarker(SEALING_KEY),
    clock: stack.clock,
    metrics: createScorerMetrics(createMetrics({ withProcess: false })),
    logger: silentLogger,
    fold,
    initialPartition,
  };
});

async function foldedStack(): Promise<void> {
  const scorer = await stack.start();
  await stack.until(
    'the policy is active',
    () => stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === 2,
  );
  stack.events(EVENTS);
  await stack.settled();
  await scorer.stop();
}

async function ledgerOf(store: TestStack['store'] | RebuildPorts['beside'], partition = 0) {
  const { fields } = await store.inspect(partition);
  return JSON.parse(new TextDecoder().decode(fields['ledger'])) as Record<string, unknown>;
}

describe('a rebuild of a shard', () => {
  it('that was killed in the middle goes on where its last commit was, to the same state', async () => {
    await foldedStack();
    const live = await stack.store.inspect(0);
    const first = await ShardRebuild.open(ports, 0);
    await first.foldTo(7, watch);
    expect(first.next).toBe(7);
    const second = await ShardRebuild.open(ports, 0);
    expect(second.next).toBe(7);
    expect((await stack.store.inspect(0)).next, 'the live one is as it was').toBe(live.next);
    await second.foldTo(live.next, watch);
    expect(await ledgerOf(ports.beside)).toEqual(await ledgerOf(stack.store));
    await second.adopt();
    const adopted = await stack.store.inspect(0);
    expect({ ...adopted, owner: null }).toEqual({ ...live, owner: null });
    expect(await ports.beside.inspect(0)).toMatchObject({ owner: null, next: 0 });
  });

  it('ends when another one has begun, and touches nothing', async () => {
    await foldedStack();
    const live = await stack.store.inspect(0);
    const first = await ShardRebuild.open(ports, 0);
    await first.foldTo(5, watch);
    await ShardRebuild.open(ports, 0);
    const taken = { code: 'STRATA_SCORER_REBUILD_TAKEN' };
    await expect(first.foldTo(live.next, watch)).rejects.toMatchObject(taken);
    await expect(first.adopt()).rejects.toMatchObject(taken);
    expect(await stack.store.inspect(0)).toEqual(live);
  });

  it('does not go on with what another fold has begun', async () => {
    await foldedStack();
    const { owner } = await ports.beside.acquire(0);
    const ledger = { ...(await ledgerOf(stack.store)), foldVersion: 7 };
    const fields = { ledger: new TextEncoder().encode(JSON.stringify(ledger)) };
    const states = [['stranger', Uint8Array.of(1)] as const];
    const place = { partition: 0, owner, expectedNext: 0, next: 3 };
    await ports.beside.commit({ ...place, fields, states, pages: [], due: [], outbox: [] });
    const rebuild = await ShardRebuild.open(ports, 0);
    expect(rebuild.next).toBe(0);
    expect((await ports.beside.inspect(0)).customerCount).toBe(0);
  });

  it('publishes what was never published, once, and nothing of the rest again', async () => {
    await foldedStack();
    const before = stack.changes().length;
    // Folded and committed, but never published: the relay cannot send.
    const away = {
      send: () => Promise.reject(new Error('no broker')),
      close: async () => {},
    };
    const mute = await stack.start({ ports: { outputWriter: away } });
    stack.everywhere({ kind: 'clock', at: day(400) });
    await stack.until('outputs wait', async () => (await stack.store.inspect(0)).outboxDepth > 0);
    await stack.until('all is folded', async () => {
      const { next } = await stack.store.inspect(0);
      return next === stack.log.bounds(TOPICS.customerLog)[0]?.end;
    });
    await mute.stop();
    const { next, outboxDepth } = await stack.store.inspect(0);
    const rebuild = await ShardRebuild.open(ports, 0);
    await rebuild.foldTo(next, watch);
    expect((await ports.beside.inspect(0)).outboxDepth).toBe(outboxDepth);
    await rebuild.adopt();
    expect(stack.changes()).toHaveLength(before);
    const scorer = await stack.start();
    await stack.settled();
    const numbers = stack.changes().map((it) => `${it.partition} ${it.seq}`);
    expect(numbers.length).toBeGreaterThan(before);
    expect(new Set(numbers).size).toBe(numbers.length);
    await scorer.stop();
  });

  it('takes the place of the state under a running scorer, which goes on from there', async () => {
    await foldedStack();
    const writer = new MemoryLogWriter(stack.log);
    const scorer = await stack.start({ ports: { outputWriter: writer }, batchRecords: 4 });
    const rebuild = await ShardRebuild.open(ports, 0);
    stack.events(EVENTS.map((event) => ({ ...event, eventId: `more ${event.eventId}` })));
    // Not all the way: what the live one has folded beyond is folded again.
    await rebuild.foldTo(10, watch);
    await rebuild.adopt();
    stack.everywhere({ kind: 'clock', at: day(400) });
    await stack.settled();
    await stack.until('nobody is due', async () => {
      await stack.settled();
      return (await stack.store.earliestDue(0)) === null;
    });
    const again = await ShardRebuild.open(ports, 0);
    await again.foldTo((await stack.store.holder(0)).next, watch);
    expect(await ledgerOf(stack.store)).toEqual(await ledgerOf(ports.beside));
    const numbers = stack.changes().map((it) => `${it.partition} ${it.seq}`);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(stack.fatal).toEqual([]);
    await scorer.stop();
  });
});

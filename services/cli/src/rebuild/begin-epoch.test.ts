import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  identity,
  logRecordToWire,
  policyKey,
  policyPublicationToWire,
  type TierChangeEvent,
  TOPICS,
  tierChangeFromWire,
} from '@strata/contracts';
import { type CustomerEvent, fold, initialPartition, type LogRecord } from '@strata/domain';
import { aPolicySet, aPurchase, day } from '@strata/domain/builders';
import {
  MemoryGroupReader,
  MemoryLog,
  MemoryLogReader,
  MemoryLogWriter,
  MemoryStateStore,
} from '@strata/memory';
import { type LogReader, partitionFor, silentLogger } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import { createScorerMetrics, type Fold, type RunningScorer, startScorer } from '@strata/scorer';
import { createMetrics, keyedMarker } from '@strata/service-runtime';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../builders/command-context.ts';
import { CliFault } from '../cli-fault.ts';
import { rebuildCommand } from '../commands/rebuild.ts';
import { verifyCommand } from '../commands/verify.ts';
import { topicSpecs } from '../stack/deploy-topics.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { openStackSerdes } from '../stack/stack-serdes.ts';
import type { EpochBegun } from './begin-epoch.ts';

const PARTITIONS = 2;
const clock = { nowMs: () => 1_800_000_000_000 };
const source = new MemorySchemaRegistry();
const schemas = readSchemaFolder();
await registerSchemas(source, schemas);
const serde = await openTopicSerdes({ source, schemas, clock });
const serdes = await openStackSerdes(source, clock);

/** Of another time: it had not counted what it took for small. */
const otherFold: Fold = (input) => {
  const { record } = input;
  if (record.kind !== 'event' || !record.event.eventId.startsWith('small')) return fold(input);
  const nothing = { customers: new Map(), dueAt: new Map(), outputs: [], handOvers: [], notes: [] };
  return { partition: input.partition, ...nothing };
};

let log: MemoryLog;
let stack: StackHandle;
let fatal: unknown[];
let groups = 0;

beforeEach(() => {
  fatal = [];
  log = new MemoryLog(clock);
  for (const { name, partitions } of topicSpecs(PARTITIONS)) log.createTopic(name, partitions);
  stack = {
    kind: 'embedded',
    arePrivateAddressesAllowed: true,
    time: 'data',
    partitions: PARTITIONS,
    identity: identity(),
    reader: new MemoryLogReader(log),
    writer: new MemoryLogWriter(log),
    store: new MemoryStateStore(),
    serdes,
    seal: (bytes) => bytes,
    unseal: (bytes) => bytes,
    tryGate: () => Promise.reject(new Error('nobody asks')),
    markerOf: keyedMarker(new Uint8Array(32).fill(5)),
    askServices: async () => [],
    lookAtDeliveries: () => Promise.reject(new Error('nobody asks')),
    retention: async () => null,
    toWallTime: () => {},
    close: async () => {},
  };
  everywhere({
    kind: 'stack-opened',
    time: 'data',
    partitions: PARTITIONS,
    ledgerHorizonDays: 800,
  });
  const publication = {
    set: aPolicySet(),
    basedOn: 0,
    announceFrom: 0,
    publishedAt: 0,
    publishedBy: 'test',
    reason: null,
  };
  log.append([
    {
      topic: TOPICS.policies,
      partition: 0,
      key: new TextEncoder().encode(policyKey(publication)),
      value: serde(TOPICS.policies).encode(policyPublicationToWire(publication)),
      headers: {},
    },
  ]);
});

const partitionOf = (customerId: string): number =>
  partitionFor(new TextEncoder().encode(customerId), PARTITIONS);

function append(partition: number, record: LogRecord): void {
  const value = serde(TOPICS.customerLog).encode(logRecordToWire(record));
  log.append([{ topic: TOPICS.customerLog, partition, key: null, value, headers: {} }]);
}

function everywhere(record: LogRecord): void {
  for (let partition = 0; partition < PARTITIONS; partition += 1) append(partition, record);
}

function happened(events: readonly CustomerEvent[]): void {
  for (const event of events) {
    append(partitionOf(event.customerId), { kind: 'event', event, clockAt: event.occurredAt });
  }
}

const buys = (customerId: string, n: number, name = 'e'): CustomerEvent => ({
  ...aPurchase(day(n), { customerId }),
  eventId: `${name} ${customerId} ${n}`,
  orderId: `${name} ${customerId} ${n}`,
});

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadlineMs)
      throw new Error(`Waited in vain: ${what} ${String(fatal[0])}`);
    await nextTurn();
  }
}

async function started(other?: { fold: Fold; foldVersion: number }): Promise<RunningScorer> {
  groups += 1;
  const scorer = await startScorer(
    {
      group: new MemoryGroupReader(log),
      reader: stack.reader,
      outputWriter: new MemoryLogWriter(log),
      customerLogWriter: new MemoryLogWriter(log),
      store: stack.store,
      notes: new MemoryStateStore(),
      serde,
      seal: stack.seal,
      markerOf: stack.markerOf,
      clock,
      alarm: () => () => {},
      logger: silentLogger,
      metrics: createScorerMetrics(createMetrics({ withProcess: false })),
      fold: other?.fold ?? fold,
      initialPartition,
      onFatal: (error) => void fatal.push(error),
    },
    {
      groupId: `group ${groups}`,
      ...(other === undefined ? {} : { foldVersion: other.foldVersion }),
    },
  );
  await until('the policy is active', async () => scorer.report().reasons.length === 0);
  return scorer;
}

const settled = (): Promise<void> =>
  until('all is folded and published', async () => {
    const ends = log.bounds(TOPICS.customerLog).map(({ end }) => end);
    const shards = await Promise.all(ends.map((_, partition) => stack.store.inspect(partition)));
    return shards.every(({ next, outboxDepth }, p) => next === ends[p] && outboxDepth === 0);
  });

const run = (
  command: typeof rebuildCommand,
  argv: readonly string[],
  given: StackHandle = stack,
): Promise<string> => runCommand(command, argv, { stack: given });

async function newEpoch(argv: readonly string[] = []): Promise<readonly EpochBegun[]> {
  const said = await run(rebuildCommand, ['--new-epoch', '--json', ...argv]);
  return (JSON.parse(said) as { partitions: EpochBegun[] }).partitions;
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const fault: unknown = await work.catch((error: unknown) => error);
  return fault instanceof CliFault ? fault.code : 'none';
};

const isSame = async (): Promise<boolean> => {
  const said = await run(verifyCommand, ['--from-log', '--json']);
  return (JSON.parse(said) as { isSame: boolean }).isSame;
};

async function changes(): Promise<TierChangeEvent[]> {
  const all: TierChangeEvent[] = [];
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const place = { topic: TOPICS.tierChanges, partition, offset: 0 };
    for await (const batch of stack.reader.read(place)) {
      for (const { value } of batch) {
        all.push(tierChangeFromWire(serdes.tierChanges.decode(value ?? new Uint8Array())));
      }
    }
  }
  return all;
}

/** What every reader relies on: numbers rise in each partition, and the own numbers of each customer do. */
async function expectRising(): Promise<void> {
  const last = new Map<string, number>();
  for (const { partition, epoch, seq, customerId, customerSeq } of await changes()) {
    for (const [name, number] of [
      [`partition ${partition}`, epoch * 1e6 + seq],
      [customerId, customerSeq],
    ] as const) {
      expect(number).toBeGreaterThan(last.get(name) ?? 0);
      last.set(name, number);
    }
  }
}

describe('./strata rebuild --new-epoch', () => {
  test('tells what another fold makes otherwise, and nothing else, and the stack goes on', async () => {
    const old = await started({ fold: otherFold, foldVersion: 7 });
    const plain = ['a', 'b', 'c'].flatMap((id) => [buys(id, 1), buys(id, 2)]);
    const small = ['d', 'e'].flatMap((id) => [buys(id, 1), buys(id, 2), buys(id, 3, 'small')]);
    happened([...plain, ...small, buys('d', 4, 'small')]);
    await settled();
    await old.stop();
    // Comes while no scorer runs: folded for the first time by the rebuild, and refused for its currency.
    const foreign = { ...buys('a', 5), amount: { minor: 1, currency: 'USD' } } as CustomerEvent;
    happened([foreign]);
    const before = await changes();
    const letters = (): number =>
      log.bounds(TOPICS.deadLetters).reduce((sum, { end }) => sum + end, 0);
    const lettersBefore = letters();
    expect(await codeOf(run(rebuildCommand, []))).toBe('STRATA_CLI_NEW_EPOCH');

    const begun = await newEpoch();
    const after = (await changes()).filter(({ epoch }) => epoch > 1);
    // Of d two orders were not counted, which makes gold; of e one, which makes no difference to its tier.
    expect(
      after.map((it) => [it.customerId, it.type, it.fromTier, it.toTier, it.cause.kind]),
    ).toEqual([['d', 'promoted', 'silver', 'gold', 'correction']]);
    expect(after[0]).toMatchObject({ epoch: 2, seq: 1 });
    expect(begun.reduce((sum, it) => sum + it.corrections, 0)).toBe(1);
    expect(begun.map(({ epoch, unknown }) => [epoch, unknown])).toEqual([
      [2, 0],
      [2, 0],
    ]);
    expect(letters()).toBe(lettersBefore + 1);
    expect(await isSame()).toBe(true);

    const scorer = await started();
    happened([buys('a', 6), buys('a', 7), buys('d', 8), buys('new', 8)]);
    everywhere({ kind: 'clock', at: day(20) });
    await settled();
    const later = (await changes()).slice(before.length).filter(({ epoch }) => epoch === 3);
    expect(later.map(({ customerId }) => customerId)).toContain('new');
    await expectRising();
    expect(await isSame()).toBe(true);
    await scorer.stop();

    // A lost state is folded through both epochs, and nothing comes out that was published.
    const count = (await changes()).length;
    stack = { ...stack, store: new MemoryStateStore() };
    const again = await started();
    happened([buys('e', 9)]);
    await settled();
    expect((await changes()).slice(0, count)).toHaveLength(count);
    await expectRising();
    expect(await isSame()).toBe(true);
    expect(fatal).toEqual([]);
    await again.stop();
  });

  test('tells nothing where nothing differs, and a rebuild keeps the numbers of the epoch', async () => {
    const first = await started();
    happened(['a', 'b', 'c'].flatMap((id) => [buys(id, 1), buys(id, 2)]));
    await settled();
    await first.stop();
    const before = await changes();
    const begun = await newEpoch();
    expect(begun.map(({ corrections }) => corrections)).toEqual([0, 0]);
    expect(await changes()).toEqual(before);
    const second = await started();
    happened([buys('a', 3), buys('a', 4)]);
    await settled();
    await expectRising();
    expect(await run(rebuildCommand, [])).toContain('none of them changed');
    await settled();
    expect(await isSame()).toBe(true);
    await second.stop();
  });

  test('begins with what is left of a log that was cut, and says what is not known', async () => {
    const first = await started();
    happened([buys('gone', 1), buys('a', 1), buys('a', 2), buys('b', 2)]);
    await settled();
    const cutAt = log.bounds(TOPICS.customerLog).map(({ end }) => end);
    happened([buys('a', 3), buys('b', 4)]);
    await settled();
    await first.stop();
    cutAt.forEach((offset, partition) => {
      log.cutBefore({ topic: TOPICS.customerLog, partition }, offset);
    });
    stack = { ...stack, store: new MemoryStateStore() };
    expect(await codeOf(run(rebuildCommand, []))).toBe('STRATA_CLI_LOG_CUT');
    const said = await run(rebuildCommand, ['--new-epoch']);
    expect(said).toContain(`what lay before offset ${cutAt[0]} is gone`);
    expect(said).toContain('of 1 customers nothing is left');
    const corrections = (await changes()).filter(({ epoch }) => epoch > 1);
    // Of three orders of a one is left.
    expect(corrections.map((it) => [it.customerId, it.fromTier, it.toTier])).toContainEqual([
      'a',
      'silver',
      'bronze',
    ]);
    const scorer = await started();
    happened([buys('a', 5), buys('gone', 6)]);
    await settled();
    await expectRising();
    expect(fatal).toEqual([]);
    await scorer.stop();
  });

  test('replaces nothing where a scorer has taken the partition meanwhile', async () => {
    const first = await started();
    happened([buys('a', 1), buys('b', 1)]);
    await settled();
    await first.stop();
    const before = await stack.store.inspect(0);
    const reader: LogReader = {
      partitionCount: (topic) => stack.reader.partitionCount(topic),
      bounds: (topic) => stack.reader.bounds(topic),
      tails: (places) => stack.reader.tails(places),
      committed: (group, topics) => stack.reader.committed(group, topics),
      close: () => stack.reader.close(),
      async *read(from, to) {
        if (from.topic === TOPICS.tiers) await stack.store.acquire(from.partition);
        yield* stack.reader.read(from, to);
      },
    };
    const taken = run(rebuildCommand, ['--new-epoch'], { ...stack, reader });
    expect(await codeOf(taken)).toBe('STRATA_CLI_SCORER_RUNS');
    const after = await stack.store.inspect(0);
    expect({ ...after, owner: null }).toEqual({ ...before, owner: null });
    expect((await changes()).every(({ epoch }) => epoch === 1)).toBe(true);
  });
});

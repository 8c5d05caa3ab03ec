import {
  type CustomerState,
  fold,
  initialPartition,
  keepChanged,
  type LogRecord,
  type Output,
  type PartitionState,
} from '@strata/domain';
import { decodePartition, encodePartition, openCustomer, packCustomer } from '@strata/state-codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FoldDriver, PARTITION } from './fold-driver.ts';
import { isKnownAgain, logOf, logShapeArbitrary } from './log-arbitrary.ts';
import type { LoggedRecord } from './oracle/oracle.ts';
import { policySetArbitrary } from './policy-arbitrary.ts';
import { MODEL_SETTINGS } from './settings.ts';

const caseArbitrary = fc.record({ policies: policySetArbitrary, shape: logShapeArbitrary });

/** What a store keeps. */
interface Bytes {
  readonly partition: Readonly<Record<string, string>>;
  /** The value of each, and its pages. */
  readonly customers: Readonly<Record<string, readonly string[]>>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

interface Memory {
  readonly partition: PartitionState;
  readonly customers: ReadonlyMap<string, CustomerState>;
}

const EMPTY: Memory = { partition: initialPartition(PARTITION), customers: new Map() };

function stored({ partition, customers }: Memory): Bytes {
  const sorted = [...customers].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    partition: Object.fromEntries(
      Object.entries(encodePartition(partition)).map(([name, bytes]) => [name, hex(bytes)]),
    ),
    customers: Object.fromEntries(sorted.map(([id, state]) => [id, packed(state)])),
  };
}

function packed(state: CustomerState): readonly string[] {
  const { value, pages } = packCustomer(state);
  return [hex(value), ...pages.map(({ bytes }) => hex(bytes))];
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'hex');

function loaded({ partition, customers }: Bytes): Memory {
  const states = Object.entries(customers).map(
    ([id, [value = '', ...pages]]) =>
      [id, openCustomer(bytesOf(value)).complete(pages.map(bytesOf))] as const,
  );
  return {
    partition: decodePartition(
      Object.fromEntries(Object.entries(partition).map(([name, text]) => [name, bytesOf(text)])),
    ) as PartitionState,
    customers: new Map(states),
  };
}

/** One batch, from what was loaded to what is to be stored. */
function batch(from: Memory, records: readonly LoggedRecord[], outputs: Output[]): Memory {
  let { partition } = from;
  const customers = new Map(from.customers);
  for (const { offset, appendedAt, record } of records) {
    const at = { partition: PARTITION, offset, appendedAt };
    const result = fold({ partition, customers, record, at });
    partition = result.partition;
    keepChanged(customers, result);
    outputs.push(...result.outputs);
  }
  return { partition, customers };
}

/** The log as it is in the end, with what its records handed over. */
function wholeLog(records: readonly LoggedRecord[]): readonly LoggedRecord[] {
  const driver = new FoldDriver();
  for (const record of records) driver.apply(record);
  return driver.log;
}

/** The records between the cuts; a cut may fall twice on one place. */
function batchesOf(records: readonly LoggedRecord[], cuts: readonly number[]): LoggedRecord[][] {
  const places = cuts.map((cut) => cut % (records.length + 1)).toSorted((a, b) => a - b);
  return [...places, records.length].map((end, index) =>
    records.slice(places[index - 1] ?? 0, end),
  );
}

describe('a log that is cut into batches', () => {
  test('gives the same bytes and outputs however it is cut, also where a batch is folded twice', () => {
    fc.assert(
      fc.property(
        caseArbitrary,
        fc.array(fc.nat(60), { maxLength: 6 }),
        fc.nat(6),
        ({ policies, shape }, cuts, crashed) => {
          const records = wholeLog(logOf(shape, policies).records);
          const wholeOutputs: Output[] = [];
          const whole = stored(batch(EMPTY, records, wholeOutputs));

          let memory = EMPTY;
          const outputs: Output[] = [];
          for (const [index, part] of batchesOf(records, cuts).entries()) {
            const before = stored(memory);
            // A batch whose result was lost is folded again from what was stored.
            if (index === crashed) batch(loaded(before), part, []);
            memory = batch(loaded(before), part, outputs);
          }
          expect(stored(memory)).toEqual(whole);
          expect(outputs).toEqual(wholeOutputs);
        },
      ),
      MODEL_SETTINGS,
    );
  });
});

/**
 * Records of different customers change places, those of one stay in their order; whose turn it is follows from
 * `picks`. What concerns everybody stays where it is. Each record keeps its offset.
 */
function interleaved(
  records: readonly LoggedRecord[],
  picks: readonly number[],
): readonly LoggedRecord[] {
  const shuffled: LoggedRecord[] = [];
  const queues = new Map<string, LoggedRecord[]>();
  let turn = 0;
  const flush = (): void => {
    while (queues.size > 0) {
      const names = [...queues.keys()];
      const name = names[(picks[turn++ % picks.length] ?? 0) % names.length] ?? '';
      const queue = queues.get(name) ?? [];
      shuffled.push(...queue.splice(0, 1));
      if (queue.length === 0) queues.delete(name);
    }
  };
  for (const record of records) {
    if (record.record.kind !== 'event') {
      flush();
      shuffled.push(record);
      continue;
    }
    const { customerId } = record.record.event;
    const queue = queues.get(customerId);
    if (queue === undefined) queues.set(customerId, [record]);
    else queue.push(record);
  }
  flush();
  return shuffled;
}

/** In data time each customer has a clock of its own; and nobody names another. */
const apartArbitrary = caseArbitrary.map(({ policies, shape }) => ({
  policies,
  shape: {
    ...shape,
    time: 'data' as const,
    moves: shape.moves
      .filter(({ kind }) => kind !== 'referral')
      .map((move, index) => ({ ...move, customer: index % 3, tickAfter: null })),
  },
}));

describe('customers who have nothing to do with each other', () => {
  test('come to the same bytes and ids in whatever order their records lie between each other', () => {
    let moved = 0;
    fc.assert(
      fc.property(
        apartArbitrary,
        fc.array(fc.nat(6), { minLength: 1, maxLength: 12 }),
        ({ policies, shape }, picks) => {
          const { records } = logOf(shape, policies);
          const mixed = interleaved(records, picks);
          if (mixed.some((record, index) => record !== records[index])) moved += 1;
          const [outputs, mixedOutputs]: [Output[], Output[]] = [[], []];
          const whole = stored(batch(EMPTY, records, outputs));
          expect(stored(batch(EMPTY, mixed, mixedOutputs))).toEqual(whole);
          const byId = (a: Output, b: Output): number => (a.id < b.id ? -1 : 1);
          expect(mixedOutputs.toSorted(byId)).toEqual(outputs.toSorted(byId));
        },
      ),
      MODEL_SETTINGS,
    );
    expect(moved).toBeGreaterThan(MODEL_SETTINGS.numRuns / 4);
  });
});

const tickOf = (customerIds: readonly string[]): LogRecord => ({ kind: 'tick', customerIds });

/** In that very instant what waited in vain is forgotten already, so that its repeat comes as something new. */
function isAtHorizon({ partition, customers }: FoldDriver, record: LogRecord): boolean {
  if (record.kind !== 'event') return false;
  const { customerId, occurredAt } = record.event;
  const clock = Math.max(partition.clock, customers.get(customerId)?.clock ?? 0);
  return occurredAt === clock - partition.ledgerHorizonMs;
}

describe('the beginning of a log that comes again in the middle', () => {
  test('leaves the bytes and the changes of tier as they are without it', () => {
    fc.assert(
      fc.property(caseArbitrary, fc.nat(40), fc.nat(40), ({ policies, shape }, first, second) => {
        const { records, customerIds } = logOf(shape, policies);
        const place = 2 + (first % (records.length - 2));
        const length = second % (place + 1);
        const [without, again] = [new FoldDriver(), new FoldDriver()];
        const taken: LoggedRecord[] = [];
        for (const [index, it] of records.entries()) {
          const outputs = without.apply(it);
          again.apply(it);
          const isRefused = outputs.some(({ kind }) => kind === 'dead-letter');
          const isEvent = it.record.kind === 'event' && isKnownAgain(it.record.event);
          if (isEvent && !isRefused && index < length) taken.push(it);
          if (index !== place) continue;
          // In wall time a repeat, as every record, settles what is due: here a tick has done that before.
          const tick = { ...it, offset: it.offset + 100, record: tickOf(customerIds) };
          for (const driver of [without, again]) driver.apply(tick);
          for (const [number, { record }] of taken.entries()) {
            if (isAtHorizon(again, record)) continue;
            const offset = it.offset + 101 + number;
            again.apply({ offset, appendedAt: it.appendedAt, record });
          }
        }
        expect(stored(again)).toEqual(stored(without));
        const changes = ({ outputs }: FoldDriver): readonly Output[] =>
          outputs.filter(({ kind }) => kind === 'tier-change');
        expect(changes(again)).toEqual(changes(without));
      }),
      MODEL_SETTINGS,
    );
  });
});

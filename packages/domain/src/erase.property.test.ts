import fc from 'fast-check';
import { expect, it } from 'vitest';

import { aComplaint, aPolicy, aPurchase, aReferral, day, TestPartition } from './builders/index.ts';
import type { CustomerEvent } from './customer-event.ts';
import type { LogRecord } from './log-record.ts';

const CASES = Number(process.env['STRATA_MODEL_CASES'] ?? 300);
const DAYS = 12;
const ERASED = '林记茶行';
const CUSTOMERS = [ERASED, 'b', 'c'];

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('purchase' as const), by: who(), on: on() }),
  },
  fc.record({ type: fc.constant('complaint' as const), by: who(), on: on() }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('referral' as const),
      by: who(),
      of: who(),
      on: on(),
    }),
  },
  fc.record({ type: fc.constant('override' as const), by: who() }),
  fc.record({ type: fc.constant('tick' as const) }),
  fc.record({ type: fc.constant('delivery' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function who() {
  return fc.constantFrom(...CUSTOMERS);
}

function on() {
  return fc.nat(DAYS);
}

function eventOf(it: Extract<Step, { on: number }>): CustomerEvent {
  switch (it.type) {
    case 'purchase':
      return aPurchase(day(it.on), { customerId: it.by });
    case 'complaint':
      return aComplaint(day(it.on), { customerId: it.by });
    case 'referral':
      return aReferral(day(it.on), { customerId: it.by, referredCustomerId: it.of });
  }
}

function recordOf(it: Exclude<Step, { type: 'delivery' }>, number: number): LogRecord {
  if (it.type === 'tick') return { kind: 'tick', customerIds: CUSTOMERS };
  if (it.type === 'override') {
    const override = {
      kind: 'floor',
      tier: 'gold',
      reason: 'r',
      actor: 'ann',
      until: null,
    } as const;
    return { kind: 'override-set', id: `o${number}`, customerId: it.by, override };
  }
  const event = eventOf(it);
  return { kind: 'event', event, clockAt: event.occurredAt };
}

const erasing = (id: string): LogRecord => {
  return { kind: 'erased', id, customerId: ERASED, reason: 'r', actor: 'ann' };
};

function play(log: TestPartition, records: readonly (LogRecord | null)[]): void {
  for (const record of records) {
    if (record === null) log.deliver();
    else log.append(record);
  }
}

function traces(log: TestPartition): string {
  const kept = [...log.customers].filter(([, state]) => state !== undefined);
  return JSON.stringify([kept, [...log.state.erasures.byMarker], log.state.received]);
}

it('whatever came before and however much of it comes again, nothing of an erased customer is left', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 25 }),
      fc.array(step, { maxLength: 10 }),
      fc.nat(25),
      (before, others, from) => {
        const log = new TestPartition(aPolicy());
        const records = before.map((it, n) => (it.type === 'delivery' ? null : recordOf(it, n)));
        play(log, records);
        const erasure = erasing('d1');
        log.append(erasure, day(DAYS));
        // What an ingestor that died before it could note how far it was sends again: from some place on, and in order.
        play(log, [...records.slice(from), erasure]);
        log.deliver();
        const elsewhere = others.filter(
          (it) => it.type !== 'delivery' && it.type !== 'tick' && it.by !== ERASED,
        ) as Exclude<Step, { type: 'delivery' }>[];
        const unnamed = elsewhere.filter((it) => it.type !== 'referral' || it.of !== ERASED);
        play(
          log,
          unnamed.map((it, n) => recordOf(it, 100 + n)),
        );
        log.deliver();
        expect(log.customers.has(ERASED)).toBe(false);
        expect(traces(log)).not.toContain(ERASED);
      },
    ),
    { numRuns: CASES },
  );
});

it('who comes again is as one who comes for the first time, but for the numbers', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 15 }),
      fc.array(on(), { maxLength: 6 }),
      (before, days) => {
        const events = days.map((at) => aPurchase(day(DAYS + 1 + at), { customerId: ERASED }));
        const erased = new TestPartition(aPolicy());
        play(
          erased,
          before.map((it, n) => (it.type === 'delivery' ? null : recordOf(it, n))),
        );
        erased.append(erasing('d1'), day(DAYS));
        const fresh = new TestPartition(aPolicy());
        for (const log of [erased, fresh]) log.events(...events);
        const seq = [...erased.state.erasures.byMarker.values()][0]?.seq ?? 0;
        const offsets = /"offset":\d+/g;
        const asNew = JSON.stringify({
          ...erased.customers.get(ERASED),
          seq: (erased.customers.get(ERASED)?.seq ?? seq) - seq,
        }).replaceAll(offsets, '');
        const asFirst = JSON.stringify({
          ...fresh.customers.get(ERASED),
          seq: fresh.customers.get(ERASED)?.seq ?? 0,
        });
        expect(asNew.replaceAll(/"id":"[\d.]+"/g, '')).toBe(
          asFirst.replaceAll(offsets, '').replaceAll(/"id":"[\d.]+"/g, ''),
        );
      },
    ),
    { numRuns: CASES },
  );
});

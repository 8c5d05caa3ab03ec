import {
  type CustomerEvent,
  DAY_MS,
  EMPTY_LEDGER,
  type Instant,
  type Ledger,
  type LogRecord,
  mergedLedger,
} from '@strata/domain';
import { aPolicy, aPolicySet } from '@strata/domain/builders';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FoldDriver } from './fold-driver.ts';
import { logOf, logShapeArbitrary } from './log-arbitrary.ts';
import { MODEL_SETTINGS } from './settings.ts';
import { isTurn } from './turns.ts';

/** An event of one customer or of the other, or reported under both names, and where it comes in an order of arrival. */
interface Share {
  readonly holder: 'first' | 'second' | 'both';
  readonly place: number;
}

const share: fc.Arbitrary<Share> = fc.record({
  holder: fc.constantFrom('first', 'second', 'both'),
  place: fc.nat(1_000),
});

interface Placed extends Share {
  readonly event: CustomerEvent;
  /** Its offset in the log, which it keeps however the events are shared out. */
  readonly offset: number;
}

interface Before {
  readonly clock: Instant;
  readonly rates: readonly LogRecord[];
}

/** The ledger that one customer has of these events, taken in the order of their places. */
function ledgerOf(events: readonly Placed[], { clock, rates }: Before): Ledger {
  const driver = new FoldDriver();
  const opening: LogRecord[] = [
    { kind: 'stack-opened', time: 'data', partitions: 8, ledgerHorizonDays: 800 },
    { kind: 'policy-activated', set: aPolicySet(aPolicy()) },
    ...rates,
    { kind: 'clock', at: clock },
  ];
  for (const [offset, record] of opening.entries()) driver.apply({ offset, appendedAt: 0, record });
  for (const { event, offset } of events.toSorted((a, b) => a.place - b.place)) {
    const record = { kind: 'event', event, clockAt: event.occurredAt } as const;
    driver.apply({ offset, appendedAt: 0, record });
  }
  const ledger = driver.customers.get('c1')?.ledger ?? EMPTY_LEDGER;
  // Traces are known for a week before the next event comes: when that was depends on the order.
  return { ...ledger, traces: [] };
}

/** Of the record that brings the other's entries: behind all that the survivor has. */
const MERGED_AT = 1_000_000;

describe('two customers who turn out to be one', () => {
  test('have the ledger of one who had all their events, in whatever order these came, each once', () => {
    fc.assert(
      fc.property(
        logShapeArbitrary,
        fc.array(share, { minLength: 1 }),
        fc.array(fc.nat(1_000), { minLength: 1 }),
        (shape, shares, places) => {
          const { records, endAt } = logOf({ ...shape, horizonDays: 800 }, [aPolicy()]);
          const events = records.flatMap(({ record, offset }, i): Placed[] =>
            record.kind === 'event'
              ? [
                  {
                    ...(shares[i % shares.length] as Share),
                    event: { ...record.event, customerId: 'c1' },
                    offset: 10 + offset,
                  },
                ]
              : [],
          );
          const once = [...new Map(events.map((it) => [it.event.eventId, it])).values()];
          const rates = records.map(({ record }) => record).filter(isTurn);
          const before = { clock: endAt + 2 * DAY_MS, rates };
          // At the very instant of the horizon an order is still taken and what waits for it has gone: there, and only
          // there, the order of arrival shows.
          fc.pre(once.every(({ event }) => event.occurredAt !== before.clock - 800 * DAY_MS));
          const ofFirst = once.filter(({ holder }) => holder !== 'second');
          const ofSecond = once.filter(({ holder }) => holder === 'second');
          // What only the other had comes behind everything, in its order, with the record of the merge.
          const behind = ofSecond.map((it) => ({
            ...it,
            place: 2_000 + it.offset,
            offset: MERGED_AT,
          }));
          const placed = ofFirst.map((it, i) => ({
            ...it,
            place: places[i % places.length] as number,
          }));
          const all = ledgerOf([...placed, ...behind], before);
          const first = ledgerOf(ofFirst, before);
          const second = ledgerOf(
            once.filter(({ holder }) => holder !== 'first'),
            before,
          );
          expect(mergedLedger(first, second, MERGED_AT)).toEqual(all);
          expect(mergedLedger(all, second, 2 * MERGED_AT)).toEqual(all);
        },
      ),
      MODEL_SETTINGS,
    );
  });

  test('add up what they forgot, and the survivor is right about an event that both had', () => {
    const eventKey = 'abcd' as Ledger['parts'][number]['eventKey'];
    const part = (offset: number) => ({
      eventKey,
      orderKey: eventKey,
      at: 5,
      offset,
      amountMinor: 9,
    });
    const older = (n: number) => ({
      firstAt: n * DAY_MS,
      lastAt: (10 + n) * DAY_MS,
      days: 3,
      spendMinor: 70 * n,
      firstDaySpendMinor: 20 * n,
      sharedDays: [10 + n],
    });
    const both = {
      firstAt: DAY_MS,
      lastAt: 12 * DAY_MS,
      days: 6,
      spendMinor: 210,
      firstDaySpendMinor: 20,
      sharedDays: [11, 12],
    };
    const first: Ledger = { ...EMPTY_LEDGER, parts: [part(70)], olderOrders: older(1) };
    const second: Ledger = { ...EMPTY_LEDGER, parts: [part(30)], olderOrders: older(2) };
    const merged: Ledger = { ...EMPTY_LEDGER, parts: [part(70)], olderOrders: both };
    expect(mergedLedger(first, second, 90)).toEqual(merged);
  });
});

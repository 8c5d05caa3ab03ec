import {
  type CustomerEvent,
  type CustomerState,
  DAY_MS,
  type Instant,
  type LogRecord,
  type ProfileRow,
  profileAt,
} from '@strata/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FoldDriver } from './fold-driver.ts';
import { isKnownAgain, logOf, logShapeArbitrary } from './log-arbitrary.ts';
import type { LoggedRecord } from './oracle/oracle.ts';
import { policyArbitrary } from './policy-arbitrary.ts';
import { MODEL_SETTINGS } from './settings.ts';
import { isTurn } from './turns.ts';

const caseArbitrary = fc.record({
  policy: policyArbitrary,
  shape: logShapeArbitrary.map((shape) => ({ ...shape, horizonDays: 800 })),
});

const eventsOf = (records: readonly LoggedRecord[]): CustomerEvent[] =>
  records.flatMap(({ record }) => (record.kind === 'event' ? [record.event] : []));

describe('the order in which events arrive', () => {
  test('moves no value of the ledger or of a dimension', () => {
    fc.assert(
      fc.property(caseArbitrary, fc.array(fc.nat(1_000)), ({ policy, shape }, places) => {
        const log = logOf(shape, [policy]);
        // When a referred customer came to exist depends on what of it was known when.
        const told = eventsOf(log.records).filter(({ type }) => type !== 'referral');
        const events = distinct(told);
        const shuffled = events
          .map((event, i) => ({ event, place: places[i % Math.max(1, places.length)] ?? 0, i }))
          .sort((a, b) => a.place - b.place || b.i - a.i)
          .map(({ event }) => event);
        const clock = log.endAt + 2 * DAY_MS;
        // Models and rates come before all events: what is converted later is converted by other rates.
        const beside = log.records.map(({ record }) => record).filter(isTurn);
        const opening: LogRecord[] = [
          { kind: 'stack-opened', time: 'data', partitions: 8, ledgerHorizonDays: 100_000 },
          { kind: 'policy-activated', set: log.set },
          ...beside,
          { kind: 'clock', at: clock },
        ];
        expect(valuesAfter(opening, shuffled, clock)).toEqual(valuesAfter(opening, events, clock));
      }),
      MODEL_SETTINGS,
    );
  });
});

describe('an event that comes again', () => {
  test('changes nothing and says nothing', () => {
    fc.assert(
      fc.property(caseArbitrary, fc.nat(20), ({ policy, shape }, length) => {
        const log = logOf(shape, [policy]);
        const driver = new FoldDriver();
        const taken: LoggedRecord[] = [];
        for (const record of log.records) {
          const outputs = driver.apply(record);
          const isRefused = outputs.some((it) => it.kind === 'dead-letter');
          if (record.record.kind === 'event' && !isRefused && isKnownAgain(record.record.event)) {
            taken.push(record);
          }
        }
        const before = new Map(driver.customers);
        let { offset } = log.records.at(-1) as LoggedRecord;
        for (const { record } of taken.slice(0, length)) {
          offset++;
          expect(driver.apply({ offset, appendedAt: log.endAt, record })).toEqual([]);
        }
        expect(driver.customers).toEqual(before);
      }),
      MODEL_SETTINGS,
    );
  });
});

/** Each event once, and no two at one instant: of those the log decides. */
function distinct(events: readonly CustomerEvent[]): CustomerEvent[] {
  const byId = new Map(events.map((event) => [event.eventId, event]));
  return [...byId.values()].map((event, i) => ({ ...event, occurredAt: event.occurredAt + i * 7 }));
}

function valuesAfter(
  opening: readonly LogRecord[],
  events: readonly CustomerEvent[],
  clock: Instant,
): unknown {
  const driver = new FoldDriver();
  const records: LogRecord[] = [
    ...opening,
    ...events.map((event) => ({ kind: 'event' as const, event, clockAt: event.occurredAt })),
  ];
  for (const [offset, record] of records.entries()) driver.apply({ offset, appendedAt: 0, record });
  return [...driver.customers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([customerId, state]) => ({
      customerId,
      ledger: ledgerOf(state),
      rows: [0, 1, 6, 17, 41].map((later) => {
        const at = clock + later * DAY_MS;
        return valuesOf(profileAt({ partition: driver.partition, customerId, state, at }));
      }),
    }));
}

/** What follows from the path: who is graded, by which policy, and how. */
const PATH_COLUMNS = ['policy', 'tier', 'nextCrossingAt', 'segment', 'scoreMilli'];

const valuesOf = (row: ProfileRow): unknown =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !PATH_COLUMNS.includes(name)));

function ledgerOf({ ledger }: CustomerState): unknown {
  const { traces: _traces, olderOrders, ...lists } = ledger;
  const withoutPlace = Object.entries(lists).map(([name, entries]) => [
    name,
    entries.map(({ offset: _offset, ...entry }) => entry),
  ]);
  return { olderOrders, ...Object.fromEntries(withoutPlace) };
}

import { readFileSync } from 'node:fs';
import {
  type CustomerEvent,
  type CustomerState,
  fold,
  initialPartition,
  type LogRecord,
} from '@strata/domain';
import { parsePolicyFile } from '@strata/policy-file';
import { describe, expect, test } from 'vitest';
import { eventsOf, instantOf, type Traffic, WARM_UP_SHARE } from './traffic.ts';

const TRAFFIC: Traffic = { customers: 1_000, records: 8_000, changePercent: 3 };

describe('the traffic of the scorer benchmark', () => {
  const events = [...eventsOf(TRAFFIC)];

  test('is the same in every run, in the order of time but for repeats', () => {
    expect([...eventsOf(TRAFFIC)]).toEqual(events);
    const times = distinct(events).map(({ occurredAt }) => occurredAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('has everybody buy within the warm-up', () => {
    const warmUp = events.slice(0, TRAFFIC.records * WARM_UP_SHARE);
    expect(new Set(warmUp.map(({ customerId }) => customerId)).size).toBe(TRAFFIC.customers);
    expect(events).toHaveLength(TRAFFIC.records);
  });

  test('repeats events, and refunds orders in full and in part', () => {
    expect(events.length - distinct(events).length).toBeGreaterThan(10);
    const paid = new Map<string, number>();
    const sharesRefunded: number[] = [];
    for (const event of distinct(events)) {
      if (event.type === 'purchase') paid.set(event.orderId, event.amount.minor);
      if (event.type === 'refund') {
        sharesRefunded.push(event.amount.minor / (paid.get(event.orderId ?? '') ?? Number.NaN));
      }
    }
    expect(sharesRefunded.filter((share) => share === 1).length).toBeGreaterThan(10);
    expect(sharesRefunded.filter((share) => share < 1).length).toBeGreaterThan(10);
  });

  test('refuses less than four records for each customer', () => {
    expect(() => [...eventsOf({ ...TRAFFIC, records: 3_999 })]).toThrow('--orders 4');
  });

  test.each([3, 30])('changes a tier about %d times in a hundred events', (changePercent) => {
    const traffic = { ...TRAFFIC, changePercent };
    const warmAt = instantOf(traffic.records * WARM_UP_SHARE, traffic);
    const counted = changesOf(eventsOf(traffic)).filter((at) => at >= warmAt).length;
    const percent = (counted * 100) / (traffic.records * (1 - WARM_UP_SHARE));
    expect(percent).toBeGreaterThan(changePercent * 0.8);
    expect(percent).toBeLessThan(changePercent * 1.3);
  });
});

const distinct = (events: readonly CustomerEvent[]): CustomerEvent[] => [
  ...new Map(events.map((event) => [event.eventId, event])).values(),
];

/** The instants of the tier changes that the fold finds. */
function changesOf(events: Iterable<CustomerEvent>): number[] {
  const text = readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8');
  const parsed = parsePolicyFile(text, { file: 'policy.yaml' });
  if (!parsed.ok) throw new Error('The policy of the benchmark is not sound');
  const customers = new Map<string, CustomerState>();
  const found: number[] = [];
  let partition = initialPartition(0);
  let offset = 0;
  const take = (record: LogRecord): void => {
    const at = { partition: 0, offset, appendedAt: 0 };
    const result = fold({ partition, customers, record, at });
    offset += 1;
    partition = result.partition;
    for (const [id, state] of result.customers) if (state !== null) customers.set(id, state);
    for (const output of result.outputs) {
      if (output.kind === 'tier-change') found.push(output.effectiveAt);
    }
  };
  take({ kind: 'stack-opened', time: 'data', partitions: 1, ledgerHorizonDays: 365 });
  take({ kind: 'policy-activated', set: parsed.set });
  for (const event of events) take({ kind: 'event', event, clockAt: event.occurredAt });
  return found;
}

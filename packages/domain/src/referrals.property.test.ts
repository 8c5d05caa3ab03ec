import fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  aCancellation,
  aDimension,
  aPolicy,
  aPurchase,
  aReferral,
  day,
  TestPartition,
} from './builders/index.ts';
import type { CustomerEvent } from './customer-event.ts';
import type { Instant } from './instant.ts';
import { profileAt } from './profile.ts';

const CASES = Number(process.env['STRATA_MODEL_CASES'] ?? 500);
const REFERRERS = ['r0', 'r1', 'd0'];
const REFERRED = ['d0', 'd1', 'd2'];
const WINDOW_MS = day(10) - day(0);
const POLICY = aPolicy({ dimensions: [aDimension('referrals', { windowMs: WINDOW_MS })] });

/** What comes to pass, on few days, so that referral and purchase often meet in one instant. */
const step = fc.oneof(
  fc.record({
    type: fc.constant('referral' as const),
    by: fc.constantFrom('r0', 'r1'),
    of: fc.constantFrom(...REFERRED, 'r0'),
    on: fc.nat(8),
  }),
  fc.record({
    type: fc.constantFrom('purchase' as const, 'order-cancelled' as const),
    by: fc.constantFrom(...REFERRED),
    order: fc.nat(2),
    on: fc.nat(8),
  }),
  fc.record({ type: fc.constant('delivery' as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function eventOf(it: Exclude<Step, { type: 'delivery' }>): CustomerEvent {
  const customerId = it.by;
  if (it.type === 'referral')
    return aReferral(day(it.on), { customerId, referredCustomerId: it.of });
  const order = aPurchase(day(it.on), { customerId, orderId: `o${it.order}` });
  return it.type === 'purchase' ? order : aCancellation(order);
}

/** The clock of a customer when first an order of its was not cancelled, from its own events in the order they came. */
function existingSince(events: readonly CustomerEvent[]): Instant | null {
  let clock = Number.NEGATIVE_INFINITY;
  const bought = new Set<string>();
  const cancelled = new Set<string>();
  for (const event of events) {
    clock = Math.max(clock, event.occurredAt);
    if (event.type === 'purchase') bought.add(event.orderId);
    if (event.type === 'order-cancelled') cancelled.add(event.orderId);
    if ([...bought].some((it) => !cancelled.has(it))) return clock;
  }
  return null;
}

function naive(events: readonly CustomerEvent[], referrer: string, at: Instant): number {
  return REFERRED.filter((referred) => {
    const since = existingSince(events.filter((it) => it.customerId === referred));
    return events.some(
      (it) =>
        it.type === 'referral' &&
        it.customerId === referrer &&
        it.referredCustomerId === referred &&
        since !== null &&
        it.occurredAt <= since &&
        since <= at &&
        since > at - WINDOW_MS,
    );
  }).length;
}

it('referrals count what a naive look at everything counts, however late each hand-over arrives', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const log = new TestPartition(POLICY);
      const events: CustomerEvent[] = [];
      for (const it of steps) {
        if (it.type === 'delivery') log.deliver();
        else {
          const event = eventOf(it);
          events.push(event);
          log.events(event);
        }
      }
      log.deliver();
      for (const customerId of REFERRERS) {
        const state = log.customers.get(customerId);
        if (state === undefined) continue;
        for (const at of [8, 10, 15, 17, 18].map(day)) {
          const row = profileAt({ partition: log.state, customerId, state, at });
          expect([customerId, at, row.referrals]).toEqual([
            customerId,
            at,
            naive(events, customerId, at),
          ]);
        }
      }
    }),
    { numRuns: CASES },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aComplaint,
  aLifecycle,
  aPolicy,
  aPurchase,
  day,
  TestPartition,
} from '../builders/index.ts';
import type { CustomerEvent } from '../customer-event.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import { changeBound } from './change-bound.ts';
import { type Policy, QUALIFICATIONS, SOFT_LANDINGS } from './policy.ts';

const YEAR_MS = 365 * DAY_MS;
const days = (...choices: number[]) => fc.constantFrom(...choices.map((it) => it * DAY_MS));

/** Short windows and low borders: whatever may change does. */
const policies = fc
  .record({
    minimumStayMs: days(0, 0, 3, 10, 40, 400),
    graceMs: days(0, 0, 2, 7, 30),
    softLanding: fc.constantFrom(...SOFT_LANDINGS),
    qualification: fc.constantFrom('rolling' as const, ...QUALIFICATIONS),
    onCorrection: fc.constant('keep' as const),
    windowMs: days(1, 2, 5),
    ladder: fc.constantFrom(['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']),
  })
  .map(({ windowMs, ladder, ...lifecycle }): Policy => {
    const orders = aPolicy().dimensions.map((it) => ({ ...it, windowMs }) as typeof it);
    const complaints = {
      name: 'complaints',
      of: 'complaints',
      windowMs: 3 * DAY_MS,
      weightMilli: -1_000,
      capMilli: null,
      otherwiseMilli: 0,
      steps: [],
      perMilli: { low: 1_000, medium: 2_000, high: 3_000, critical: 4_000 },
      resolvedCountsMilli: 1_000,
    } as const;
    const borders = ladder.slice(1).map((tier, i) => {
      const milli = (i + 1) * 1_000;
      return { tier, enterMilli: milli, leaveMilli: milli };
    });
    return aPolicy({
      ladder,
      borders,
      dimensions: [...orders, complaints],
      lifecycle: aLifecycle(lifecycle),
    });
  });

/** Bursts of orders and complaints, with pauses long enough to fall again. */
const histories = fc.array(
  fc.record({
    pauseDays: fc.constantFrom(0, 0, 1, 2, 3, 7, 11, 31, 90),
    orders: fc.integer({ min: 0, max: 4 }),
    hasComplaint: fc.boolean(),
  }),
  { minLength: 20, maxLength: 60 },
);

function eventsOf(history: typeof histories extends fc.Arbitrary<infer T> ? T : never) {
  const events: CustomerEvent[] = [aPurchase(day(0))];
  let at = 0;
  for (const { pauseDays, orders, hasComplaint } of history) {
    at += pauseDays;
    for (let i = 0; i < orders; i++) events.push(aPurchase(day(at)));
    if (hasComplaint) events.push(aComplaint(day(at), { ticketId: `t${events.length}` }));
  }
  return events;
}

interface Moves {
  readonly promoted: readonly Instant[];
  readonly demoted: readonly Instant[];
}

function movesOf(policy: Policy, events: readonly CustomerEvent[]): Moves {
  const partition = new TestPartition(policy);
  partition.events(...events);
  partition.passTo((events.at(-1)?.occurredAt ?? 0) + 800 * DAY_MS);
  const at = (type: string): readonly Instant[] =>
    partition.outputs.flatMap((it) =>
      it.kind === 'tier-change' && it.type === type ? [it.effectiveAt] : [],
    );
  return { promoted: at('promoted'), demoted: at('demoted') };
}

/** The most of them within any span of 365 days that is open at its beginning. */
function mostInAYear(instants: readonly Instant[]): number {
  const within = (end: Instant): number =>
    instants.filter((it) => it > end - YEAR_MS && it <= end).length;
  return Math.max(0, ...instants.map(within));
}

describe('the bound on tier changes', () => {
  test('is exceeded by no history that can be found', () => {
    fc.assert(
      fc.property(policies, histories, (policy, history) => {
        const events = eventsOf(history);
        const { promoted, demoted } = movesOf(policy, events);
        const bound = changeBound(policy);
        if (bound.total === null) {
          const most = (bound.perEvent as number) * events.length;
          expect(promoted.length + demoted.length).toBeLessThanOrEqual(most);
          return;
        }
        expect(mostInAYear(demoted)).toBeLessThanOrEqual(bound.demotions as number);
        expect(mostInAYear(promoted)).toBeLessThanOrEqual(bound.promotions as number);
        expect(mostInAYear([...promoted, ...demoted])).toBeLessThanOrEqual(bound.total);
      }),
      { numRuns: Number(process.env['STRATA_MODEL_CASES'] ?? 60) },
    );
  }, 600_000);

  test('is reached for demotions, by who buys in the very instant of each', () => {
    const lifecycle = aLifecycle({ minimumStayMs: 30 * DAY_MS });
    const policy = aPolicy({
      ladder: ['a', 'b'],
      borders: [{ tier: 'b', enterMilli: 1_000, leaveMilli: 1_000 }],
      dimensions: aPolicy().dimensions.map((it) => ({ ...it, windowMs: DAY_MS }) as typeof it),
      lifecycle,
    });
    const events = Array.from({ length: 20 }, (_, i) => aPurchase(day(30 * i)));
    expect(changeBound(policy)).toMatchObject({ demotions: 13, promotions: 14, total: 27 });
    expect(mostInAYear(movesOf(policy, events).demoted)).toBe(13);
  });

  test.each([
    { why: 'one tier', policy: aPolicy({ ladder: ['a'], borders: [] }), total: 0 },
    {
      why: 'a year from joining',
      policy: aPolicy({ lifecycle: aLifecycle({ qualification: 'join_anniversary' }) }),
      total: 2 + (2 * 2 + 2),
    },
    {
      why: 'a year of the tier, and longer stay',
      policy: aPolicy({
        lifecycle: aLifecycle({
          qualification: 'tier_anniversary',
          minimumStayMs: 366 * DAY_MS,
          softLanding: 'one',
        }),
      }),
      total: 1 + (1 + 2),
    },
  ])('with $why is $total', ({ policy, total }) => {
    expect(changeBound(policy).total).toBe(total);
  });

  test('is none where neither stay nor grace nor period holds a tier, and then counts by event', () => {
    // The order itself, its own instant, and the one at which it leaves the window.
    expect(changeBound(aPolicy())).toEqual({
      demotions: null,
      promotions: null,
      total: null,
      perEvent: 3,
      perCorrection: 2,
    });
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  aLifecycle,
  aPolicy,
  aPolicySet,
  aProfile,
  aPurchase,
  day,
  TestPartition,
} from '../builders/index.ts';
import type { CustomerState } from '../customer-state.ts';
import { DAY_MS } from '../instant.ts';
import { setOf } from '../partition-state.ts';
import type { AnnounceFrom } from '../policy/activation.ts';
import type { Policy, PolicySet } from '../policy/policy.ts';
import { policyFor } from '../policy/population.ts';
import { moveOf, trialOf } from './activation-impact.ts';
import type { Move } from './move-tally.ts';
import type { TierPlace } from './tier-place.ts';

const leads = aPolicy({ name: 'leads', appliesTo: 'prospects', ladder: ['cold'], borders: [] });
const first = aPolicySet(aPolicy({ name: 'shop', version: 1 }), leads);
const CUSTOMERS = ['c1', 'c2', 'c3'];

/** Sets that differ from the first in everything that an activation can bring. */
const successors: readonly PolicySet[] = [
  aPolicySet(shop({}), leads),
  aPolicySet(
    shop({
      ladder: ['bronze', 'gold'],
      borders: [{ tier: 'gold', enterMilli: 2_000, leaveMilli: 1_000 }],
      replaces: { silver: 'gold' },
    }),
    leads,
  ),
  aPolicySet(
    shop({
      borders: [
        { tier: 'silver', enterMilli: 3_000, leaveMilli: 1_000 },
        { tier: 'gold', enterMilli: 4_000, leaveMilli: 4_000 },
      ],
      lifecycle: aLifecycle({ graceMs: 5 * DAY_MS, softLanding: 'one' }),
    }),
    leads,
  ),
  aPolicySet(
    aPolicy({
      name: 'store',
      ladder: ['low', 'high'],
      borders: [{ tier: 'high', enterMilli: 3_000, leaveMilli: 2_000 }],
    }),
  ),
  aPolicySet(
    aPolicy({ name: 'chains', appliesTo: { attribute: 'segment', in: ['chain'] } }),
    shop({}),
  ),
];

function shop(changes: Partial<Policy>): Policy {
  return aPolicy({ name: 'shop', version: 2, ...changes });
}

function places(partition: TestPartition): ReadonlyMap<string, TierPlace | null> {
  return new Map(
    [...partition.customers].map(([id, state]) => {
      const { standing, setId } = state;
      const policy = setId === null ? null : policyFor(setOf(partition.state, setId), state);
      const isGraded = standing !== null && policy !== null;
      return [id, isGraded ? { policy: policy.name, tier: standing.tier } : null];
    }),
  );
}

const history = fc.array(
  fc.record({
    customerId: fc.constantFrom(...CUSTOMERS),
    at: fc.integer({ min: 0, max: 60 }),
    what: fc.constantFrom('purchase' as const, 'purchase' as const, 'chain' as const),
  }),
  { maxLength: 25 },
);

it('says of everybody what the activation then does, by its instant alone', () => {
  const candidate = fc.record({
    set: fc.constantFrom(...successors),
    announceFrom: fc.constantFrom<AnnounceFrom>(0, 2, null),
  });
  fc.assert(
    fc.property(history, candidate, fc.nat(30), (events, { set, announceFrom }, later) => {
      const partition = new TestPartition(first);
      for (const { customerId, at, what } of events.toSorted((a, b) => a.at - b.at)) {
        partition.events(
          what === 'purchase'
            ? aPurchase(day(at), { customerId })
            : aProfile(day(at), { segment: 'chain' }, { customerId }),
        );
      }
      const at = day(60 + later);
      partition.passTo(at);
      const before = places(partition);
      const trial = trialOf(partition.state, { set, announceFrom }, at);
      const moves = new Map<string, Move>(
        [...partition.customers].map(([id, state]) => [id, moveOf(trial, id, state)]),
      );

      partition.append({ kind: 'policy-activated', set, number: 1, announceFrom });
      const outputs = partition.append({
        kind: 'sweep',
        through: 1,
        customerIds: CUSTOMERS,
        isLast: true,
      });
      const after = places(partition);
      for (const [id, move] of moves) {
        expect({ before: move.before, after: move.after }, id).toEqual({
          before: before.get(id) ?? null,
          after: after.get(id) ?? null,
        });
        const told = outputs.flatMap((it) =>
          it.kind === 'tier-change' && it.customerId === id && it.cause.kind === 'policy'
            ? [it]
            : [],
        );
        expect(move.told).toBe(told.length);
        expect(move.toldSilently).toBe(told.filter(({ backfill }) => backfill).length);
      }
    }),
  );
});

it('money and who is held are told, and the state of nobody changes', () => {
  const partition = new TestPartition(first);
  for (const at of [1, 2, 3]) partition.events(aPurchase(day(at)));
  const state = partition.customers.get('c1') as CustomerState;
  const kept = structuredClone(partition.state);
  const strict = shop({
    borders: [
      { tier: 'silver', enterMilli: 9_000, leaveMilli: 2_000 },
      { tier: 'gold', enterMilli: 10_000, leaveMilli: 10_000 },
    ],
  });
  const trial = trialOf(partition.state, { set: aPolicySet(strict), announceFrom: 0 }, day(3));
  expect(moveOf(trial, 'c1', state)).toEqual({
    customerId: 'c1',
    before: { policy: 'shop', tier: 'silver' },
    after: { policy: 'shop', tier: 'silver' },
    revenueMinor: 300,
    isHeld: true,
    changes: [],
    told: 0,
    toldSilently: 0,
  });
  expect(partition.state).toEqual(kept);
});

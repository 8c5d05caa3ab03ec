import fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  aCancellation,
  anOpportunity,
  aPolicy,
  aPolicySet,
  aProfile,
  aPurchase,
  day,
  TestPartition,
} from '../builders/index.ts';
import type { CustomerEvent, Purchase } from '../customer-event.ts';
import type { AppliesTo, PolicySet } from './policy.ts';

const HOUR_MS = 3_600_000;

const CASES = Number(process.env['STRATA_MODEL_CASES'] ?? 300);

const named = (name: string, appliesTo: AppliesTo) => aPolicy({ name, appliesTo });
const leads = named('leads', 'prospects');
const shop = named('shop', 'existing');
const chains = named('chains', { attribute: 'segment', in: ['chain', 'franchise'] });
const makers = named('makers', { attribute: 'roles', in: ['maker'] });
const sets = fc.constantFrom(
  aPolicySet(leads, shop, chains, makers),
  aPolicySet(makers, chains, shop),
  aPolicySet(leads, chains),
);

const attributes = fc.record(
  {
    segment: fc.constantFrom('chain', 'franchise', 'single'),
    roles: fc.constantFrom(['maker'], ['buyer'], ['buyer', 'maker'], []),
  },
  { requiredKeys: [] },
);
/** Each happens some hours before it arrives, so that profiles often come after newer ones. */
const happenings = fc.array(
  fc.record({
    hoursAgo: fc.nat(60),
    source: fc.constantFrom('crm', 'web'),
    it: fc.oneof(
      { weight: 3, arbitrary: fc.record({ type: fc.constant('profile' as const), attributes }) },
      fc.record({ type: fc.constant('purchase' as const) }),
      fc.record({ type: fc.constant('cancel-first' as const) }),
      fc.record({ type: fc.constant('opportunity' as const) }),
    ),
  }),
  { maxLength: 15 },
);

/** In the order of arrival, one a day. */
function eventsOf(list: typeof happenings extends fc.Arbitrary<infer T> ? T : never) {
  const first = aPurchase(day(0));
  return list.map(({ hoursAgo, source, it }, index): CustomerEvent => {
    const at = day(10 + index) - hoursAgo * HOUR_MS;
    const about = { source, eventId: `e${index}` };
    switch (it.type) {
      case 'profile':
        return aProfile(at, it.attributes, about);
      case 'purchase':
        return aPurchase(at, { ...about, orderSource: 'shop', orderId: `o${index}` });
      case 'cancel-first':
        return aCancellation(
          { ...first, orderId: list.length % 2 === 0 ? 'o0' : 'o1' },
          { ...about, occurredAt: at },
        );
      case 'opportunity':
        return anOpportunity(at, 'lead', about);
    }
  });
}

/** By which policy somebody of whom this is known is graded, straight from the words of `applies_to`. */
function naivePolicy(set: PolicySet, known: readonly CustomerEvent[], wasExisting: boolean) {
  const isExisting = wasExisting || isBought(known);
  const value = (name: string): readonly string[] => {
    const naming = known
      .filter((it) => it.type === 'profile' && Object.hasOwn(it.attributes, name))
      .map((it) => ({ it, key: [it.occurredAt, it.source, it.eventId] as const }))
      .sort(({ key: a }, { key: b }) => {
        const index = a.findIndex((part, i) => part !== b[i]);
        return (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
      });
    const newest = naming.at(-1)?.it;
    const found = newest?.type === 'profile' ? (newest.attributes[name] ?? []) : [];
    return Array.isArray(found) ? found : [String(found)];
  };
  const wanted = set.policies.filter(({ appliesTo }) => {
    if (typeof appliesTo === 'string') return appliesTo === (isExisting ? 'existing' : 'prospects');
    return isExisting && appliesTo.in.some((it) => value(appliesTo.attribute).includes(it));
  });
  const special = wanted.find(({ appliesTo }) => typeof appliesTo === 'object');
  return { policy: (special ?? wanted[0])?.name ?? null, isExisting };
}

/** Some order has a part and is not cancelled by what is known. */
function isBought(known: readonly CustomerEvent[]): boolean {
  const cancelled = known.flatMap((it) => (it.type === 'order-cancelled' ? [it.orderId] : []));
  return known
    .filter((it): it is Purchase => it.type === 'purchase')
    .some(({ orderId }) => !cancelled.includes(orderId));
}

it('every change of policy is one `assigned` of the record that brought it, and there is no other', () => {
  fc.assert(
    fc.property(sets, happenings, (set, list) => {
      const partition = new TestPartition(set);
      const events = eventsOf(list);
      let policy: string | null = null;
      let isExisting = false;
      for (const [index, event] of events.entries()) {
        const now = naivePolicy(set, events.slice(0, index + 1), isExisting);
        const outputs = partition.append({ kind: 'event', event, clockAt: day(10 + index) });
        const assigned = outputs.flatMap((it) =>
          it.kind === 'tier-change' && it.type === 'assigned' ? [it] : [],
        );
        expect(assigned.map((it) => [it.fromPolicy, it.policy, it.effectiveAt])).toEqual(
          now.policy === null || now.policy === policy
            ? []
            : [[policy, now.policy, day(10 + index)]],
        );
        expect(partition.customers.get('c1')?.standing === null).toBe(now.policy === null);
        ({ policy, isExisting } = now);
      }
      const all = partition.outputs.flatMap((it) => (it.kind === 'tier-change' ? [it] : []));
      expect(all.filter((it) => it.fromPolicy === 'leads').length).toBeLessThanOrEqual(1);
      expect(all.map((it) => it.customerSeq)).toEqual(all.map((_, index) => index + 1));
    }),
    { numRuns: CASES },
  );
});

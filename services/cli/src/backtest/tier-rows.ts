import type { Policy, PolicySet } from '@strata/domain';

/** Where a customer stands: a tier, of the ladder of a policy. */
export interface Place {
  readonly policy: string;
  readonly tier: string;
}

/** By customer; null for one whom no policy grades. */
export type Places = ReadonlyMap<string, Place | null>;

export interface TierRow {
  /** Null with the tier: no policy grades these customers. */
  readonly policy: Policy | null;
  readonly tier: string | null;
  readonly customers: number;
}

/** By policy in the order of the set, the highest tier first; customers whom no policy grades last, where there are any. */
export function tierRows(set: PolicySet, places: Places): readonly TierRow[] {
  const counts = new Map<string, number>();
  for (const place of places.values()) {
    const key = placeKey(place);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = set.policies.flatMap((policy) =>
    policy.ladder.toReversed().map((tier): TierRow => {
      const customers = counts.get(placeKey({ policy: policy.name, tier })) ?? 0;
      return { policy, tier, customers };
    }),
  );
  const ungraded = counts.get(placeKey(null)) ?? 0;
  return ungraded === 0 ? rows : [...rows, { policy: null, tier: null, customers: ungraded }];
}

/** Names of policies and tiers hold no line break. */
export function placeKey(place: Place | null): string {
  return place === null ? '' : `${place.policy}\n${place.tier}`;
}

export function placeOf({ policy, tier }: TierRow): Place | null {
  return policy === null || tier === null ? null : { policy: policy.name, tier };
}

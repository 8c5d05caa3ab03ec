import type { FoldRefusal, Instant } from '@strata/domain';

import { attributeAt, membersOf } from './attributes.ts';
import type { NaivePolicy } from './grammar.ts';
import { type History, ordersOf } from './history.ts';
import type { Life, NaiveChange } from './life.ts';
import { type NaiveOverride, World } from './world.ts';

/** One customer as everything told so far makes it. */
export interface NaiveCustomer {
  readonly clock: Instant;
  readonly history: History;
  /** From the first event that was taken. */
  readonly isKnown: boolean;
  /** The clock at which the customer became existing, which nothing takes back. */
  readonly existingAt: Instant | null;
  readonly policy: NaivePolicy | null;
  /** The first assignment under a policy for existing customers. */
  readonly joinedAt: Instant | null;
  readonly override: NaiveOverride | null;
  readonly life: Life | null;
  readonly changes: readonly NaiveChange[];
  readonly refusals: readonly { readonly offset: number; readonly reason: FoldRefusal }[];
}

export const UNSEEN: NaiveCustomer = {
  clock: Number.NEGATIVE_INFINITY,
  history: [],
  isKnown: false,
  existingAt: null,
  policy: null,
  joinedAt: null,
  override: null,
  life: null,
  changes: [],
  refusals: [],
};

/** The world under the customer's policy; null for whom none applies. */
export function worldOf(customer: NaiveCustomer, fromPolicy: string | null = null): World | null {
  const { policy } = customer;
  return policy === null ? null : new World({ ...customer, policy, fromPolicy });
}

/** An order that has a part, whenever that is dated, and is not cancelled. */
export const hasBought = (history: History): boolean =>
  ordersOf(history).some((order) => !order.isCancelled);

/** The most specific policy that applies; among several the first of the set. */
export function policyFor(
  policies: readonly NaivePolicy[],
  { isKnown, existingAt, history }: NaiveCustomer,
): NaivePolicy | null {
  if (!isKnown) return null;
  const has = (attribute: string, values: readonly string[]): boolean => {
    const value = attributeAt(history, Number.POSITIVE_INFINITY, attribute);
    return membersOf(value).some((member) => values.includes(member));
  };
  const first = (applies: (policy: NaivePolicy) => boolean): NaivePolicy | null =>
    policies.find(applies) ?? null;
  if (existingAt === null) return first(({ appliesTo }) => appliesTo === 'prospects');
  return (
    first(
      ({ appliesTo }) => typeof appliesTo === 'object' && has(appliesTo.attribute, appliesTo.in),
    ) ?? first(({ appliesTo }) => appliesTo === 'existing')
  );
}

import type { AttributeValue } from '../customer-event.ts';
import { attributeOf, isAmong } from '../ledger/attributes.ts';
import type { AppliesTo, Policy, PolicySet } from './policy.ts';
import { type Graded, policyFor } from './population.ts';

export const PRECEDENCE_REASONS = [
  'grades',
  'after-another',
  'other-value',
  'not-bought',
  'has-bought',
] as const;
/**
 * `after-another`: it would grade the customer, but another of the set comes before it. `other-value`: the attribute is
 * another one, or there is none. `not-bought`, `has-bought`: it is for the others.
 */
export type PrecedenceReason = (typeof PRECEDENCE_REASONS)[number];

/** A policy of a set as it was considered for one customer. */
export interface Considered {
  readonly policy: string;
  readonly policyVersion: number;
  readonly appliesTo: AppliesTo;
  readonly reason: PrecedenceReason;
  /** What the profile says of the attribute that the policy asks for; null for nothing, or where it asks for none. */
  readonly value: AttributeValue | null;
}

/** Every policy of the set in its order, with why it grades the customer or does not. */
export function consideredFor(set: PolicySet, customer: Graded): readonly Considered[] {
  const grading = policyFor(set, customer);
  return set.policies.map((policy) => {
    const { name, version, appliesTo } = policy;
    const value =
      typeof appliesTo === 'string'
        ? null
        : attributeOf(customer.ledger.attributes, appliesTo.attribute, Infinity);
    const reason = policy === grading ? 'grades' : reasonAgainst(policy, customer, value);
    return { policy: name, policyVersion: version, appliesTo, reason, value };
  });
}

function reasonAgainst(
  { appliesTo }: Policy,
  { isExisting }: Graded,
  value: Considered['value'],
): PrecedenceReason {
  if (appliesTo === 'prospects') return isExisting ? 'has-bought' : 'after-another';
  if (!isExisting) return 'not-bought';
  if (typeof appliesTo === 'string') return 'after-another';
  const isMatch = value !== null && isAmong(value, appliesTo.in);
  return isMatch ? 'after-another' : 'other-value';
}

import type { CustomerState } from '../customer-state.ts';
import { attributeOf, isAmong } from '../ledger/attributes.ts';
import type { AppliesTo, Policy, PolicySet } from './policy.ts';

/** What decides by which policy of a set a customer is graded. It changes by records only, never by time alone. */
export type Graded = Pick<CustomerState, 'isExisting' | 'ledger'>;

/**
 * The policy of a set that grades a customer; null where none does. A prospect is graded by the policy for prospects.
 * An existing customer is graded by the first policy whose attribute matches, else by the one for existing customers.
 */
export function policyFor(set: PolicySet, customer: Graded): Policy | null {
  if (!customer.isExisting) return grading(set, (to) => to === 'prospects');
  return (
    grading(set, (to) => typeof to === 'object' && hasAttribute(customer, to)) ??
    grading(set, (to) => to === 'existing')
  );
}

/** For whom no policy grades: whose windows the values of a profile are taken over, where there is such a policy. */
export function policyForValues(set: PolicySet, customer: Graded): Policy | null {
  return policyFor(set, customer) ?? grading(set, (to) => to === 'existing');
}

/** The policy of a set by its name, which is unique in it; null for one of another set. */
export function policyNamed(set: PolicySet, name: string): Policy | null {
  return set.policies.find((it) => it.name === name) ?? null;
}

/** The currency in which all policies of a set count: they share customers, so they share it. */
export function baseCurrencyOf(set: PolicySet): string {
  const [first] = set.policies;
  if (first === undefined) throw new TypeError(`Policy set ${set.id} holds no policy`);
  return first.baseCurrency;
}

function grading(set: PolicySet, accepts: (to: AppliesTo) => boolean): Policy | null {
  return set.policies.find((it) => accepts(it.appliesTo)) ?? null;
}

function hasAttribute(
  { ledger }: Graded,
  { attribute, in: values }: Extract<AppliesTo, object>,
): boolean {
  const value = attributeOf(ledger.attributes, attribute, Infinity);
  return value !== null && isAmong(value, values);
}

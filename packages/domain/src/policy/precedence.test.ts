import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aPolicy, aPolicySet, aProfile, aPurchase, day, TestPartition } from '../builders/index.ts';
import type { CustomerState } from '../customer-state.ts';
import type { AppliesTo } from './policy.ts';
import { policyFor } from './population.ts';
import { consideredFor } from './precedence.ts';

const byAttribute = (...values: readonly string[]): AppliesTo => ({
  attribute: 'segment',
  in: values,
});

const set = aPolicySet(
  aPolicy({ name: 'everybody' }),
  aPolicy({ name: 'chains', version: 4, appliesTo: byAttribute('chain') }),
  aPolicy({ name: 'large', appliesTo: byAttribute('chain', 'wholesale') }),
  aPolicy({ name: 'leads', appliesTo: 'prospects' }),
);

function reasons(customer: CustomerState): readonly string[] {
  return consideredFor(set, customer).map(({ policy, reason, value }) =>
    [policy, reason, ...(value === null ? [] : [String(value)])].join(' '),
  );
}

function after(segment: string | null, buys: boolean): CustomerState {
  const partition = new TestPartition(set);
  if (segment !== null) partition.events(aProfile(day(1), { segment }));
  if (buys) partition.events(aPurchase(day(2)));
  return partition.customers.get('c1') as CustomerState;
}

describe('which policies of a set were considered', () => {
  it('the first by attribute goes before the one for everybody, wherever that stands', () => {
    expect(reasons(after('chain', true))).toEqual([
      'everybody after-another',
      'chains grades chain',
      'large after-another chain',
      'leads has-bought',
    ]);
  });

  it('another value, or none, is said', () => {
    expect(reasons(after('wholesale', true))).toEqual([
      'everybody after-another',
      'chains other-value wholesale',
      'large grades wholesale',
      'leads has-bought',
    ]);
    expect(reasons(after(null, true))).toEqual([
      'everybody grades',
      'chains other-value',
      'large other-value',
      'leads has-bought',
    ]);
  });

  it('who has not bought is a prospect, whatever its attributes', () => {
    expect(reasons(after('chain', false))).toEqual([
      'everybody not-bought',
      'chains not-bought chain',
      'large not-bought chain',
      'leads grades',
    ]);
  });
});

it('exactly the policy that grades is said to, or none where none does', () => {
  const appliesTo = fc.constantFrom<AppliesTo>(
    'existing',
    'prospects',
    byAttribute('a'),
    byAttribute('b'),
  );
  const customer = fc.constantFrom(after('a', true), after('b', false), after(null, true));
  fc.assert(
    fc.property(fc.array(appliesTo, { minLength: 1, maxLength: 4 }), customer, (whom, state) => {
      const some = aPolicySet(
        ...whom.map((it, index) => aPolicy({ name: `p${index}`, appliesTo: it })),
      );
      const grading = consideredFor(some, state).filter(({ reason }) => reason === 'grades');
      const expected = policyFor(some, state);
      expect(grading.map((it) => it.policy)).toEqual(expected === null ? [] : [expected.name]);
    }),
  );
});

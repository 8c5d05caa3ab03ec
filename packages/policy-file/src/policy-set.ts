import {
  canonicalJson,
  hash64,
  hash64Hex,
  type Label,
  type Policy,
  type PolicySet,
} from '@strata/domain';

/**
 * A set whose id is a 128-bit hash of its canonical text: the same meaning gets the same id whatever the layout of the file.
 * The hash is the domain's own, not a cryptographic one: this layer may not import `node:*`, and the id only tells
 * sets of one operator apart, it is no proof against forgery. The order of a policy's dimensions is part of its meaning.
 */
export function policySetOf(policies: readonly Policy[]): PolicySet {
  const text = canonicalJson({ policies });
  return {
    id: hash64Hex(hash64('policy-set', text)) + hash64Hex(hash64(text, 'policy-set')),
    policies,
  };
}

/** The same policies with money counted in another base currency: for presets, whose borders are in minor units of any. */
export function withBaseCurrency(set: PolicySet, baseCurrency: string): PolicySet {
  return policySetOf(set.policies.map((policy) => ({ ...policy, baseCurrency })));
}

/** The name of a tier for people; the tier's own id where the policy has no label for it in either language. */
export function tierLabel(policy: Policy, tier: string, language: keyof Label): string {
  const label = Object.hasOwn(policy.labels, tier) ? policy.labels[tier] : undefined;
  return label?.[language] ?? label?.en ?? label?.zh ?? tier;
}

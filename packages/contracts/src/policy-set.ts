import { canonicalJson, type Policy, type PolicySet } from '@strata/domain';
import { ContractFault } from './contract-fault.ts';

/** The canonical JSON text of what a set holds, without its id: the id is a hash over this text. */
export function policySetText(set: Pick<PolicySet, 'policies'>): string {
  return canonicalJson({ policies: set.policies });
}

/**
 * A set from its text. Only its outline is looked at: the text was written by `policySetText` from
 * a set that `policy check` had accepted, and its id tells any change.
 */
export function policySetFrom(id: string, text: string): PolicySet {
  const parsed = JSON.parse(text) as { readonly policies?: unknown };
  if (!Array.isArray(parsed.policies) || parsed.policies.length === 0) {
    throw new ContractFault('bad-field', 'set', `Policy set ${id} holds no policies.`);
  }
  return { id, policies: parsed.policies as readonly Policy[] };
}

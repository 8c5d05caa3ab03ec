import type { Policy, PolicySet, Segment } from '@strata/domain';
import { tierLabel } from '@strata/policy-file';
import type { Language } from './language.ts';

/** `shop version 3, prospects version 1`: the policies of a set, in its order. */
export function policyNames({ policies }: PolicySet, language: Language): string {
  return policies
    .map(({ name, version }) =>
      language === 'zh' ? `${name} 第 ${version} 版` : `${name} version ${version}`,
    )
    .join(language === 'zh' ? '、' : ', ');
}

/** The tier for people; where a set has several policies with the policy's name before it, for tiers may be alike. */
export function tierLabelIn(
  { policies }: PolicySet,
  { policy, tier }: { readonly policy: Policy; readonly tier: string },
  language: Language,
): string {
  const label = tierLabel(policy, tier, language);
  return policies.length === 1 ? label : `${policy.name}: ${label}`;
}

/** What people call the segment. */
export function segmentLabel({ name, label }: Segment, language: Language): string {
  return label[language] ?? name;
}

import type { Policy } from '@strata/domain';
import { countedTreatmentSchema } from './document-schema.ts';

/** What of a tier's treatment can be counted; null where the policy does not say. */
export interface CountedTreatment {
  readonly visitEveryMs: number | null;
  /** In minor units of the base currency. */
  readonly costPerYearMinor: number | null;
}

/** A policy that was published before these two were checked may say something else there: that counts as nothing said. */
export function countedTreatment(policy: Policy, tier: string): CountedTreatment {
  const stated = Object.hasOwn(policy.treatment, tier) ? policy.treatment[tier] : {};
  const { visit_every, cost_per_customer_year } = countedTreatmentSchema.shape;
  const { visit_every: visits, cost_per_customer_year: cost } = stated as Record<string, unknown>;
  return {
    visitEveryMs: visit_every.safeParse(visits).data ?? null,
    costPerYearMinor: cost_per_customer_year.safeParse(cost).data ?? null,
  };
}

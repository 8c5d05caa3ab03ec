import { DAY_MS, type PolicySet } from '@strata/domain';
import { countedTreatment } from '@strata/policy-file';
import { type Place, type Places, placeOf, tierRows } from '../backtest/tier-rows.ts';

/** A month on average. */
export const MONTH_DAYS = 365 / 12;

/** What the treatment of one tier asks for, for all who are in it; null where it does not say. */
export interface TierWorkload {
  readonly place: Place;
  readonly customers: number;
  readonly visitsPerMonth: number | null;
  /** In minor units of the base currency. */
  readonly costPerYearMinor: number | null;
}

export interface Workload {
  /** Highest tier first, policy by policy. */
  readonly tiers: readonly TierWorkload[];
  /** Of all tiers that say; null where none does. */
  readonly visitsPerMonth: number | null;
  readonly costPerYearMinor: number | null;
}

export function workloadOf(set: PolicySet, places: Places): Workload {
  const tiers = tierRows(set, places).flatMap((row): readonly TierWorkload[] => {
    const { policy, tier, customers } = row;
    const place = placeOf(row);
    if (policy === null || tier === null || place === null) return [];
    const { visitEveryMs, costPerYearMinor } = countedTreatment(policy, tier);
    return [
      {
        place,
        customers,
        visitsPerMonth:
          visitEveryMs === null ? null : (customers * MONTH_DAYS * DAY_MS) / visitEveryMs,
        costPerYearMinor: costPerYearMinor === null ? null : customers * costPerYearMinor,
      },
    ];
  });
  return {
    tiers,
    visitsPerMonth: sumOf(tiers.map((it) => it.visitsPerMonth)),
    costPerYearMinor: sumOf(tiers.map((it) => it.costPerYearMinor)),
  };
}

function sumOf(values: readonly (number | null)[]): number | null {
  const stated = values.filter((it) => it !== null);
  return stated.length === 0 ? null : stated.reduce((sum, it) => sum + it, 0);
}

import { formatRfc3339 } from '@strata/contracts';
import type { ComparedSide, Comparison } from './compare-runs.ts';
import type { Flow } from './flow.ts';
import { NEAR_SHARE } from './near-borders.ts';
import type { CustomerMoves } from './tier-moves.ts';

/** The comparison for programs: every number of the text and the page, money in minor units of each side's base currency. */
export function comparisonJson(comparison: Comparison): Record<string, unknown> {
  const { first, second, flows, flapping } = comparison;
  return {
    flows: flows.map(flowJson),
    changes: {
      first: changesJson(first),
      second: changesJson(second),
      flapping: flapping.map((it) => ({
        customerId: it.customerId,
        first: movesJson(it.first),
        second: movesJson(it.second),
      })),
    },
    nearBorders: { share: NEAR_SHARE, first: nearJson(first), second: nearJson(second) },
    treatment: { first: treatmentJson(first), second: treatmentJson(second) },
  };
}

function flowJson({ at, customers, moved, cells }: Flow): Record<string, unknown> {
  return {
    at: formatRfc3339(at),
    customers,
    moved,
    cells: cells.map((cell) => ({
      fromPolicy: cell.from?.policy ?? null,
      from: cell.from?.tier ?? null,
      toPolicy: cell.to?.policy ?? null,
      to: cell.to?.tier ?? null,
      customers: cell.customers,
      firstRevenueMinor: cell.firstRevenueMinor,
      secondRevenueMinor: cell.secondRevenueMinor,
    })),
  };
}

function changesJson({ rates }: ComparedSide): Record<string, unknown> {
  const { moves, perCustomerYear, distribution } = rates;
  return {
    changes: moves,
    perCustomerYear: perCustomerYear === null ? null : rounded(perCustomerYear),
    mostIn365Days: distribution.map((it) => ({ changes: it.moves, customers: it.customers })),
  };
}

function movesJson({ moves, busiest, turns }: CustomerMoves): Record<string, unknown> {
  return { changes: moves, mostIn365Days: busiest, turns };
}

function nearJson({ near }: ComparedSide): Record<string, unknown> {
  return {
    customers: near.customers,
    borders: near.borders.map((it) => ({
      policy: it.policy,
      tier: it.tier,
      enter: it.enterMilli / 1_000,
      leave: it.leaveMilli / 1_000,
      distance: it.distanceMilli / 1_000,
      belowEnter: it.belowEnter,
      atLeave: it.atLeave,
    })),
  };
}

function treatmentJson({ workload, currency }: ComparedSide): Record<string, unknown> {
  const visits = (value: number | null): number | null => (value === null ? null : rounded(value));
  return {
    currency,
    visitsPerMonth: visits(workload.visitsPerMonth),
    costPerYearMinor: workload.costPerYearMinor,
    tiers: workload.tiers.map(({ place, customers, visitsPerMonth, costPerYearMinor }) => ({
      ...place,
      customers,
      visitsPerMonth: visits(visitsPerMonth),
      costPerYearMinor,
    })),
  };
}

/** A rate is a quotient: more digits would say no more. */
function rounded(value: number): number {
  return Number(value.toFixed(3));
}

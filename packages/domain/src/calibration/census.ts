import type { CustomerState, Ledger } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import { viewOf } from '../ledger/ledger-view.ts';
import { existingPolicy } from '../partition-state.ts';
import { grade } from '../policy/grading.ts';
import type { Policy, PolicySet } from '../policy/policy.ts';
import { revenueIn, windowOf } from '../profile.ts';
import { calibrate } from './calibrate.ts';
import type { Calibration, PopulationMember } from './calibration.ts';
import type { ScoredMember } from './share-borders.ts';

/** The customers of one or more partitions, all of them settled up to the same instant. */
export interface Census {
  readonly set: PolicySet;
  readonly at: Instant;
  readonly customers: Iterable<readonly [string, CustomerState]>;
}

interface Counted {
  readonly customerId: string;
  readonly ledger: Ledger;
}

/** Takes everybody's values at one instant and makes the calibration. Who never bought belongs to no population. */
export function census({ set, at, customers }: Census): Calibration {
  const policy = existingPolicy(set);
  const counted: Counted[] = [];
  for (const [customerId, { isExisting, ledger }] of customers) {
    if (isExisting) counted.push({ customerId, ledger });
  }
  const uncalibrated = { policy, setId: set.id, calibration: null };
  const members = counted.map(({ customerId, ledger }): PopulationMember => {
    const { measures } = grade(ledger, uncalibrated, customerId);
    const exact = policy.dimensions.flatMap(({ name, quantiles }, index) =>
      quantiles === undefined ? [] : [[name, measures[index]?.exactAt(at) ?? null] as const],
    );
    return { customerId, exact: Object.fromEntries(exact) };
  });
  const scoresBy = (calibration: Calibration): readonly ScoredMember[] =>
    counted.map((it) => scored(it, { policy, setId: set.id, calibration }, at));
  return calibrate({ set, policy, at, members, scoresBy });
}

function scored(
  { customerId, ledger }: Counted,
  by: { readonly policy: Policy; readonly setId: string; readonly calibration: Calibration },
  at: Instant,
): ScoredMember {
  return {
    scoreMilli: grade(ledger, by, customerId).scoreMilliAt(at),
    revenueMinor: revenueIn(viewOf(ledger), windowOf(by.policy, 'revenue'), at),
  };
}

import type { CustomerState } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import { existingPolicy } from '../partition-state.ts';
import { grade } from '../policy/grading.ts';
import type { PolicySet } from '../policy/policy.ts';
import { calibrate } from './calibrate.ts';
import type { Calibration, PopulationMember } from './calibration.ts';

/** The customers of one or more partitions, all of them settled up to the same instant. */
export interface Census {
  readonly set: PolicySet;
  readonly at: Instant;
  readonly customers: Iterable<readonly [string, CustomerState]>;
}

/** Takes everybody's values at one instant and makes the calibration. Who never bought belongs to no population. */
export function census({ set, at, customers }: Census): Calibration {
  const policy = existingPolicy(set);
  const yardstick = { policy, setId: set.id, calibration: null };
  const members: PopulationMember[] = [];
  for (const [customerId, { isExisting, ledger }] of customers) {
    if (!isExisting) continue;
    const { measures } = grade(ledger, yardstick, customerId);
    const exact = policy.dimensions.flatMap(({ name, quantiles }, index) =>
      quantiles === undefined ? [] : [[name, measures[index]?.exactAt(at) ?? null] as const],
    );
    members.push({ customerId, exact: Object.fromEntries(exact) });
  }
  return calibrate({ set, policy, at, members });
}

import { calibrated } from '../partition-state.ts';
import { type ProfileQuery, viewAt } from '../profile.ts';
import type { Calibration } from './calibration.ts';

/** Where a customer stands: the tier, and the policy that says so. */
export interface Standpoint {
  readonly policy: string;
  readonly tier: string;
}

/** Null where no policy grades the customer. */
export interface CalibrationEffect {
  readonly before: Standpoint | null;
  readonly after: Standpoint | null;
}

/** What a calibration would do to one customer, were it in force from this very instant: the fold's own way, without its record. */
export function calibrationEffect(
  query: ProfileQuery,
  calibration: Calibration,
): CalibrationEffect {
  const { partition, at } = query;
  const after = calibrated({ ...partition, clock: at }, { calibration });
  return {
    before: standpointAt(query),
    after: standpointAt({ ...query, partition: after }),
  };
}

function standpointAt(query: ProfileQuery): Standpoint | null {
  const { state, grading } = viewAt(query);
  return state.standing === null || grading === null
    ? null
    : { policy: grading.policy.name, tier: state.standing.tier };
}

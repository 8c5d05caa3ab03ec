import type { Calibration } from '../calibration/calibration.ts';
import { calibrated } from '../partition-state.ts';
import { type ProfileQuery, viewAt } from '../profile.ts';
import { placeOf, type TierPlace } from './tier-place.ts';

/** Null where no policy grades the customer. */
export interface CalibrationImpact {
  readonly before: TierPlace | null;
  readonly after: TierPlace | null;
}

/** What a calibration would do to one customer, were it in force from this very instant: the fold's own way, without its record. */
export function calibrationImpact(
  query: ProfileQuery,
  calibration: Calibration,
): CalibrationImpact {
  const { partition, at } = query;
  const after = calibrated({ ...partition, clock: at }, { calibration });
  return {
    before: placeOf(viewAt(query)),
    after: placeOf(viewAt({ ...query, partition: after })),
  };
}

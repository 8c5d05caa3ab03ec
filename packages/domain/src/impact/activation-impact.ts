import type { CustomerState } from '../customer-state.ts';
import type { PartitionState } from '../fold-types.ts';
import type { Instant } from '../instant.ts';
import { viewOf } from '../ledger/ledger-view.ts';
import { activated, activeSet, calibrated, turnNumber } from '../partition-state.ts';
import type { AnnounceFrom, CalibrationRecord } from '../policy/activation.ts';
import type { PolicySet } from '../policy/policy.ts';
import { type CustomerView, revenueIn, viewAt, windowOf } from '../profile.ts';
import { rankByEnter, rankOf } from '../tier/ladder.ts';
import type { TierChange } from '../tier/tier-change.ts';
import type { Move } from './move-tally.ts';
import { placeOf } from './tier-place.ts';

/** A partition as it is, and as it would be with another set in force from an instant on. */
export interface Trial {
  readonly present: PartitionState;
  readonly tried: PartitionState;
  readonly at: Instant;
}

/** A set as it would be published. */
export interface Candidate {
  readonly set: PolicySet;
  readonly announceFrom: AnnounceFrom;
  /** Its newest one, where it needs one: partitions take it along with the set. */
  readonly calibration?: CalibrationRecord | null;
}

/**
 * Tries a set on a partition without anybody noticing: what is answered is what its activation would do at `at`, which is
 * not before the partition's clock.
 */
export function trialOf(
  partition: PartitionState,
  { set, announceFrom, calibration = null }: Candidate,
  at: Instant,
): Trial {
  const present = { ...partition, clock: Math.max(partition.clock, at) };
  const number = turnNumber(present) + 1;
  const graded = activated(present, { set, number, announceFrom });
  const tried = calibration === null ? graded : calibrated(graded, calibration);
  return { present, tried, at: present.clock };
}

/** What a trial does to one customer, and the tier changes that would tell of it. In data time its own clock may be further than the partition's. */
export function moveOf(
  trial: Trial,
  customerId: string,
  state: CustomerState,
): Move & { readonly changes: readonly TierChange[] } {
  const at = Math.max(trial.at, state.clock);
  const before = viewAt({ partition: trial.present, customerId, state, at });
  const after = viewAt({ partition: trial.tried, customerId, state, at });
  const setId = activeSet(trial.tried)?.id ?? null;
  const told = after.changes.filter(({ cause }) => cause.kind === 'policy' && cause.ref === setId);
  const policy = (after.grading ?? before.grading)?.policy ?? null;
  return {
    customerId,
    before: placeOf(before),
    after: placeOf(after),
    revenueMinor: revenueIn(viewOf(state.ledger), windowOf(policy, 'revenue'), at),
    isHeld: isHeld(after, at),
    changes: told,
    told: told.length,
    toldSilently: told.filter(({ backfill }) => backfill).length,
  };
}

function isHeld({ grading, state }: CustomerView, at: Instant): boolean {
  if (grading === null || state.standing === null) return false;
  const rank = rankOf(grading.policy, state.standing.tier);
  return rankByEnter(grading.yardstick, grading.scoreMilliAt(at)) !== rank;
}

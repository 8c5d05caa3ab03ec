import {
  type Activation,
  type AnnounceFrom,
  type Calibration,
  type Instant,
  type PartitionState,
} from '@strata/domain';
import { damaged } from './byte-reader.ts';

/** What a partition grades by. */
export type Policies = Pick<PartitionState, 'policySets' | 'activations' | 'calibrations'>;

export type StoredPolicies = Pick<PartitionState, 'policySets'> & {
  readonly activations?: readonly (Omit<Activation, 'since'> & {
    readonly since: number | null;
  })[];
  readonly calibrations?: readonly StoredCalibration[];
};

interface StoredCalibration {
  readonly calibration: Calibration;
  /** Null before the first mark: JSON has no minus infinity. */
  readonly since: number | null;
  readonly number?: number;
  readonly announceFrom?: AnnounceFrom;
}

/**
 * Apart from the other state of a partition, because it changes so much less often and grows with every calibration. The
 * policies keep the order of their own keys, because what they say of treatment goes out as it stood in the file.
 */
export function encodePolicies(policies: Policies): Uint8Array {
  const { policySets, activations, calibrations } = policies;
  const stored: StoredPolicies = {
    policySets,
    // Each in one order of its keys, whether it came from the log or from these bytes: the same state is the same bytes.
    activations: activations.map(({ number, setId, since, announceFrom }) => ({
      number,
      setId,
      since: storedInstant(since),
      announceFrom,
    })),
    calibrations: calibrations.map(({ calibration, since, number, announceFrom }) => ({
      calibration,
      since: storedInstant(since),
      number,
      announceFrom,
    })),
  };
  return new TextEncoder().encode(JSON.stringify(stored));
}

/** As an older layout has it, activations are none: the partition then activated its sets once each, one after the other. */
export function policiesFrom(stored: Partial<StoredPolicies>): Policies {
  const { policySets, calibrations = [] } = stored;
  if (!Array.isArray(policySets)) throw damaged('a partition has no list of policies');
  const sets: PartitionState['policySets'] = policySets;
  const { activations = sets.map(({ id }) => everSince(id)) } = stored;
  return {
    policySets: sets,
    activations: activations.map((it) => ({ ...it, since: knownInstant(it.since) })),
    calibrations: calibrations.map(({ number = 0, announceFrom = 0, ...it }) => ({
      ...it,
      since: knownInstant(it.since),
      number,
      announceFrom,
    })),
  };
}

/** As if it had always been in force: nobody passes it any more. */
function everSince(setId: string): Omit<Activation, 'since'> & { readonly since: null } {
  return { number: 0, setId, since: null, announceFrom: 0 };
}

/** JSON would make `null` of both infinities; only the lower one is a value here. */
export function storedInstant(instant: Instant): number | null {
  return instant === Number.NEGATIVE_INFINITY ? null : instant;
}

export function knownInstant(stored: number | null): Instant {
  return stored ?? Number.NEGATIVE_INFINITY;
}

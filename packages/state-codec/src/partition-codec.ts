import type { Calibration, Instant, PartitionState } from '@strata/domain';

import { damaged } from './byte-reader.ts';
import { decodeErasures } from './erasures-codec.ts';
import { decodeRates } from './rates-codec.ts';
import { StateCodecError } from './state-codec-error.ts';

/** 2 added calibrations, 3 what other partitions handed over; a partition of an older layout has none. */
export const PARTITION_CODEC_VERSION = 3;
const VERSIONS: readonly number[] = [1, 2, PARTITION_CODEC_VERSION];

type StoredPartition = Omit<
  PartitionState,
  'clock' | 'calibrations' | 'rates' | 'received' | 'erasures'
> & {
  readonly version: number;
  /** Null before the first mark or record: JSON has no minus infinity. */
  readonly clock: number | null;
  readonly calibrations?: readonly StoredCalibration[];
  readonly received?: PartitionState['received'];
};

interface StoredCalibration {
  readonly calibration: Calibration;
  readonly since: number | null;
}

/**
 * JSON with its outer keys in one fixed order. The policies keep the order of their own keys, because what they say
 * of treatment goes out as it stood in the file.
 */
export function encodePartition(state: PartitionState): Uint8Array {
  const stored: StoredPartition = {
    version: PARTITION_CODEC_VERSION,
    partition: state.partition,
    time: state.time,
    ledgerHorizonMs: state.ledgerHorizonMs,
    clock: storedInstant(state.clock),
    policySets: state.policySets,
    calibrations: state.calibrations.map(({ calibration, since }) => ({
      calibration,
      since: storedInstant(since),
    })),
    received: state.received,
  };
  return new TextEncoder().encode(JSON.stringify(stored));
}

/** What changes far less often than the rest of a partition, and is stored beside it: by `encodeRates` and `encodeErasures`. */
interface StoredBeside {
  readonly rates?: Uint8Array | undefined;
  readonly erasures?: Uint8Array | undefined;
}

/** @throws StateCodecError where the bytes are of an unknown version or damaged. */
export function decodePartition(bytes: Uint8Array, beside: StoredBeside = {}): PartitionState {
  const { version, clock, calibrations = [], received = [], ...rest } = parse(bytes);
  if (!VERSIONS.includes(version)) {
    throw new StateCodecError(
      'STRATA_STATE_CODEC_VERSION',
      `stored partition has layout ${String(version)}, this build reads up to ${PARTITION_CODEC_VERSION}: ` +
        'run the newer build, or rebuild this partition from the customer log',
    );
  }
  const { partition, time, ledgerHorizonMs, policySets } = rest;
  if (!Array.isArray(policySets)) throw damaged('a partition has no list of policies');
  return {
    partition,
    time,
    ledgerHorizonMs,
    clock: knownInstant(clock),
    policySets,
    calibrations: calibrations.map(({ calibration, since }) => ({
      calibration,
      since: knownInstant(since),
    })),
    received,
    rates: decodeRates(beside.rates),
    erasures: decodeErasures(beside.erasures),
  };
}

function storedInstant(at: Instant): number | null {
  return at === Number.NEGATIVE_INFINITY ? null : at;
}

function knownInstant(stored: number | null): Instant {
  return stored ?? Number.NEGATIVE_INFINITY;
}

function parse(bytes: Uint8Array): StoredPartition {
  try {
    const stored = JSON.parse(new TextDecoder().decode(bytes)) as StoredPartition | null;
    if (stored !== null && typeof stored === 'object') return stored;
  } catch {
    // Falls through to the one sentence that names the remedy.
  }
  throw damaged('a partition is no JSON object');
}

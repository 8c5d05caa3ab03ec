import { type GoneLive, NOT_SWEPT, type PartitionState } from '@strata/domain';

import { damaged } from './byte-reader.ts';
import { decodeErasures, encodeErasures } from './erasures-codec.ts';
import {
  encodePolicies,
  knownInstant,
  policiesFrom,
  type StoredPolicies,
  storedInstant,
} from './policies-codec.ts';
import { decodeRates, encodeRates } from './rates-codec.ts';
import { StateCodecError } from './state-codec-error.ts';

/**
 * 2 added calibrations, 3 what other partitions handed over; a partition of an older layout has none. Since 4 what it
 * grades by lies beside it; 5 added going live.
 */
export const PARTITION_CODEC_VERSION = 5;
const VERSIONS: readonly number[] = [1, 2, 3, 4, PARTITION_CODEC_VERSION];

/** The bytes of a partition by the names of its fields in the store; who commits leaves out what has not changed. */
export type PartitionFields = Readonly<
  Partial<Record<'state' | 'policies' | 'rates' | 'erasures', Uint8Array>>
>;

interface StoredPartition
  extends Pick<PartitionState, 'partition' | 'time' | 'ledgerHorizonMs'>,
    Partial<StoredPolicies> {
  readonly version: number;
  /** Null before the first mark or record: JSON has no minus infinity. */
  readonly clock: number | null;
  readonly live?: StoredLive | null;
  readonly received?: PartitionState['received'];
  readonly swept?: PartitionState['swept'];
}

type StoredLive = Omit<GoneLive, 'since'> & { readonly since: number | null };

/** JSON, each with its outer keys in one fixed order. Of a partition that was `before` only the fields that differ. */
export function encodePartition(
  state: PartitionState,
  before: PartitionState | null = null,
): PartitionFields & { readonly state: Uint8Array } {
  const { policySets, activations, calibrations, rates, erasures } = state;
  const stored: StoredPartition = {
    version: PARTITION_CODEC_VERSION,
    partition: state.partition,
    time: state.time,
    ledgerHorizonMs: state.ledgerHorizonMs,
    clock: storedInstant(state.clock),
    live: state.live && { ...state.live, since: storedInstant(state.live.since) },
    received: state.received,
    swept: state.swept,
  };
  const keepsPolicies =
    before?.policySets === policySets &&
    before.activations === activations &&
    before.calibrations === calibrations;
  return {
    state: new TextEncoder().encode(JSON.stringify(stored)),
    ...(keepsPolicies ? {} : { policies: encodePolicies(state) }),
    ...(before?.rates === rates ? {} : { rates: encodeRates(rates) }),
    ...(before?.erasures === erasures ? {} : { erasures: encodeErasures(erasures) }),
  };
}

/**
 * Null where nothing is stored.
 * @throws StateCodecError where the bytes are of an unknown version or damaged.
 */
export function decodePartition(fields: PartitionFields): PartitionState | null {
  if (fields.state === undefined) return null;
  const stored = parse(fields.state);
  const { version, partition, time, ledgerHorizonMs, clock, live = null, received = [] } = stored;
  if (!VERSIONS.includes(version)) {
    throw new StateCodecError(
      'STRATA_STATE_CODEC_VERSION',
      `stored partition has layout ${String(version)}, this build reads up to ${PARTITION_CODEC_VERSION}: ` +
        'run the newer build, or rebuild this partition from the customer log',
    );
  }
  const policies = version < 4 ? stored : parsedPolicies(fields.policies);
  return {
    partition,
    time,
    ledgerHorizonMs,
    clock: knownInstant(clock),
    live: live && { ...live, since: knownInstant(live.since) },
    ...policiesFrom(policies),
    swept: stored.swept ?? NOT_SWEPT,
    received,
    rates: decodeRates(fields.rates),
    erasures: decodeErasures(fields.erasures),
  };
}

/** None were stored before the first. */
function parsedPolicies(bytes: Uint8Array | undefined): Partial<StoredPolicies> {
  return bytes === undefined ? { policySets: [] } : parse(bytes);
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

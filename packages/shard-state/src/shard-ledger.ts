import { FOLD_VERSION } from '@strata/domain';
import { shardFault } from './shard-fault.ts';

/** Where every partition's chain of decisions begins. */
export const FIRST_DECISION_HASH = '0'.repeat(64);

/** The last record that a partition's state was folded from, so that another log at the same offsets is found out. */
export interface LastFolded {
  readonly offset: number;
  readonly digest: string;
}

/** Its name among the partition's fields in the store; the others are `PartitionFields`. */
export const LEDGER_FIELD = 'ledger';

/**
 * What the scorer itself keeps for a partition, committed with everything else: how far its outputs are numbered, the
 * hash of its decisions, and what the stack was opened with.
 */
export interface ShardLedger {
  /** Rises when a partition's state is built anew under another fold. */
  readonly epoch: number;
  /** What the epoch adds to each customer's own count of tier changes. */
  readonly customerSeqBase: number;
  /** Of the last output in the outbox. */
  readonly position: number;
  /** The last number given, by output topic. */
  readonly seqs: Readonly<Record<string, number>>;
  readonly decisionHash: string;
  /** Partitions of the customer log as the stack was opened; null before its first record. */
  readonly partitions: number | null;
  /** By which version of the fold everything that is stored came about. */
  readonly foldVersion: number;
  /** Null before the first commit, and where an older version wrote it. */
  readonly lastFolded: LastFolded | null;
}

export const FIRST_EPOCH = 1;
const LAYOUT = 1;
/** Of ledgers that were written before they said it. */
const UNSAID_FOLD_VERSION = 1;

export const EMPTY_SHARD_LEDGER: ShardLedger = {
  epoch: FIRST_EPOCH,
  customerSeqBase: 0,
  position: 0,
  seqs: {},
  decisionHash: FIRST_DECISION_HASH,
  partitions: null,
  foldVersion: FOLD_VERSION,
  lastFolded: null,
};

/** What was added within the layout is left out by older versions. */
type StoredLedger = Omit<ShardLedger, 'foldVersion' | 'lastFolded' | 'customerSeqBase'> &
  Partial<Pick<ShardLedger, 'foldVersion' | 'lastFolded' | 'customerSeqBase'>> & {
    readonly layout: number;
  };

export function encodeShardLedger(ledger: ShardLedger): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ layout: LAYOUT, ...ledger }));
}

export function decodeShardLedger(bytes: Uint8Array): ShardLedger {
  const stored = JSON.parse(new TextDecoder().decode(bytes)) as StoredLedger;
  if (stored.layout !== LAYOUT) {
    throw shardFault(
      'STRATA_SCORER_LEDGER_LAYOUT',
      `The partition was written by another version of the scorer (layout ${stored.layout}, ` +
        `this one reads ${LAYOUT}): start that version, or rebuild the partition from the log.`,
    );
  }
  const {
    layout: _,
    foldVersion = UNSAID_FOLD_VERSION,
    lastFolded = null,
    customerSeqBase = 0,
    ...rest
  } = stored;
  return { ...rest, foldVersion, lastFolded, customerSeqBase };
}

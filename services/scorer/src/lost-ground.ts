import { freshnessOf, type StrataError } from '@strata/pipeline';
import type { ShardLedger } from '@strata/shard-state';
import { NUMBERED_TOPICS, type Tail } from './numbered-topics.ts';
import { scorerFault } from './scorer-fault.ts';

/** What is known from outside the store about how far a partition once was. */
export interface Witnesses {
  readonly tails: ReadonlyMap<string, Tail | null>;
  /** The offset last committed to the group, which is for display and never ahead of the store; null for none. */
  readonly committed: number | null;
}

/**
 * Up to which offset a partition is folded for the second time, because the store has lost it or gone back; null where
 * it stands where it was. Where only the outputs tell, nobody knows the offset, and the end of the log stands for it.
 */
export function lostGround(
  at: { readonly next: number; readonly logEnd: number; readonly ledger: ShardLedger },
  { tails, committed }: Witnesses,
): number | null {
  const { next, logEnd, ledger } = at;
  if (committed !== null && committed > next) return Math.min(committed, logEnd);
  const isAhead = NUMBERED_TOPICS.some((topic) => {
    const tail = tails.get(topic) ?? null;
    const given = { epoch: ledger.epoch, seq: ledger.seqs[topic] ?? 0 };
    return tail !== null && freshnessOf(given, tail.number) !== 'repeat';
  });
  return isAhead && next < logEnd ? logEnd : null;
}

/**
 * With the state the version it was folded under is lost, too. Under another one the numbers would mean other outputs:
 * why the partition may not be folded again, null where it may.
 */
export function publishedByAnotherFold(
  partition: number,
  foldVersion: number,
  { tails }: Witnesses,
): StrataError | null {
  for (const tail of tails.values()) {
    const stored = tail?.note?.foldVersion ?? foldVersion;
    if (stored === foldVersion) continue;
    return scorerFault(
      'STRATA_SCORER_FOLD_VERSION',
      `The state of partition ${partition} is gone, and what is published came of version ${stored} of the fold; this ` +
        `scorer has version ${foldVersion}: start a scorer of that version, or run "./strata rebuild --new-epoch" with this one.`,
      { details: { partition, stored, own: foldVersion } },
    );
  }
  return null;
}

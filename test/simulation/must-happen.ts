import { CALL_FAULTS, WORLD_FAULTS } from './chaos.ts';
import type { Tally } from './tally.ts';

/** A row of what a run has to have seen, so that nothing holds only because it never came up. */
export interface Sighting {
  readonly what: string;
  /** Least number in a thousand seeds. */
  readonly least: number;
  readonly seen: number;
}

/** Fewer seeds than this say nothing about what is rare. */
export const SEEDS_MIN = 1_000;

/** By how a count begins; those of one beginning are added up. */
const LEAST: readonly (readonly [what: string, least: number])[] = [
  ...[...CALL_FAULTS, ...WORLD_FAULTS].map((fault) => [fault, 20] as const),
  // A lost, late or repeated reply of the calls that matter most.
  ['request late: commit', 50],
  ['reply lost: commit', 50],
  ['request repeated: commit', 50],
  ['reply lost: send', 50],
  ['request late: send', 50],
  ['reply lost: acquire', 30],
  ['reply lost: trim', 20],
  ['request late: store position', 3],
  ['reply lost: add jobs', 5],
  // Every place at which a process may die, and be dead.
  ...[
    ['mid-acquire', 30],
    ['before-seek', 20],
    ['after-fetch', 50],
    ['after-load', 50],
    ['before-commit', 50],
    ['after-commit', 50],
    ['after-outbox-read', 20],
    ['after-produce', 20],
    ['after-trim', 15],
    ['mid-shutdown', 1],
    ['after-append', 50],
    ['after-enqueue', 3],
    ['after-post', 3],
  ].map(([point, least]) => [`killed at ${point}`, Number(least)] as const),
  // Every answer of a guard.
  ['commit ok', 10_000],
  ['commit already', 80],
  ['commit fenced', 500],
  ['commit offset', 80],
  ['trim fenced', 200],
  ['acquired emptied', 10],
  ['assigned reacquired', 1_000],
  ['assigned joined', 4_000],
  ['rebalance', 3_000],
  ['session expired', 1_000],
  ['position commit refused', 200],
  ['published again', 15],
  ['scorer_relay_records strata.tier-changes.v1 skipped', 200],
  ['scorer_fold_notes repeated-hand-over', 200],
  ['scorer_fold_notes repeat', 1_000],
  ['scorer_records sweep', 1_000],
  ['published void', 100],
  ['published in-force', 2_000],
  ['scorer_tier_changes promoted policy', 40],
  ['scorer_tier_changes demoted policy', 10],
  ['scorer_tier_changes assigned policy', 100],
  ['scorer_records went-live', 100],
  ['scorer_fold_notes early-tick', 100],
  ['scorer_fold_notes forwarded', 500],
  ['scorer_fold_notes linked-already', 100],
  ['scorer_records link-requested', 1_000],
  ['scorer_records link-ended', 100],
  ['scorer_tier_changes promoted merge', 5],
  ['notifier_tier_changes repeat', 15],
  ['notifier_positions_lost', 50],
  ['position ahead of its jobs', 3],
  ['position of another', 3],
  ['job added again', 50],
  ['delivery stalled', 300],
  ['delivered again', 150],
  ['ingestor_redrives appended', 500],
  ['ingestor_redrives refused', 500],
  ['scorer_redrives taken', 5_000],
  ['scorer_redrives refused', 1_000],
  ['scorer_redrives quarantined', 10],
  // And what there was to get wrong.
  ['scorer_tier_changes promoted', 1_000],
  ['scorer_tier_changes demoted', 1_000],
  ['scorer_tier_changes withdrawn', 50],
];

export function sightings(tally: Tally, seeds: number): Sighting[] {
  return LEAST.map(([what, perThousand]) => {
    let seen = 0;
    for (const [name, times] of tally.counts) {
      if (name === what || name.startsWith(`${what}:`) || name.startsWith(`${what} `))
        seen += times;
    }
    return { what, least: Math.max(1, Math.floor((perThousand * seeds) / 1_000)), seen };
  });
}

/** As a table, the missing ones marked. */
export function sightingsTable(rows: readonly Sighting[]): string {
  const lines = rows.map(({ what, least, seen }) => {
    const mark = seen < least ? '!' : ' ';
    return `${mark} ${String(seen).padStart(9)}  at least ${String(least).padStart(7)}  ${what}`;
  });
  return `${lines.join('\n')}\n`;
}

import type { CustomerView, Instant, PolicySet, TierChange } from '@strata/domain';
import type { ComparableRun } from './compare-runs.ts';
import { SnapshotTaker } from './snapshot.ts';
import { TierMoves } from './tier-moves.ts';

/** Gathers from a backtest what a comparison wants of it. */
export class RunTaker {
  /** At which everybody is to be looked at, the end among them. */
  readonly instants: readonly Instant[];
  readonly #endAt: Instant;
  readonly #snapshots = new SnapshotTaker();
  readonly #moves = new TierMoves();

  constructor(at: readonly Instant[], endAt: Instant) {
    this.instants = [...new Set([...at, endAt])].toSorted((a, b) => a - b);
    this.#endAt = endAt;
  }

  addView(at: Instant, customerId: string, view: CustomerView): void {
    this.#snapshots.add(at, customerId, view);
  }

  addChange(change: TierChange): void {
    this.#moves.add(change);
  }

  runOf(set: PolicySet): ComparableRun {
    const snapshots = this.#snapshots.at(this.instants);
    return { set, endAt: this.#endAt, snapshots, moves: this.#moves };
  }
}

import { type Border, bordersOf, type CustomerView, type Instant, revenueAt } from '@strata/domain';
import type { Place } from '../backtest/tier-rows.ts';

/** One customer at one instant, as far as a comparison asks. */
export interface Reading {
  /** Null where no policy grades the customer. */
  readonly place: Place | null;
  /** Null with the place. */
  readonly scoreMilli: number | null;
  /** In the policy's window; without a policy, of 365 days. */
  readonly revenueMinor: number;
}

/** Everybody at one instant under one policy set. */
export interface Snapshot {
  readonly at: Instant;
  readonly readings: ReadonlyMap<string, Reading>;
  /** By policy that grades somebody, the borders in force: those of a share are the calibrated ones. */
  readonly borders: ReadonlyMap<string, readonly Border[]>;
}

/** Gathers snapshots from the views that a backtest hands out. */
export class SnapshotTaker {
  readonly #snapshots = new Map<Instant, OpenSnapshot>();

  add(at: Instant, customerId: string, { state, grading }: CustomerView): void {
    const { readings, borders } = this.#at(at);
    const policy = grading?.policy ?? null;
    const { standing } = state;
    const place =
      policy === null || standing === null ? null : { policy: policy.name, tier: standing.tier };
    readings.set(customerId, {
      place,
      scoreMilli: grading?.scoreMilliAt(at) ?? null,
      revenueMinor: revenueAt(state, policy, at),
    });
    if (grading !== null && !borders.has(grading.policy.name)) {
      borders.set(grading.policy.name, bordersOf(grading.yardstick));
    }
  }

  /** At an instant before the first customer there is nobody, which is a snapshot as well. */
  at(instants: readonly Instant[]): readonly Snapshot[] {
    return instants.map((at) => ({ at, ...this.#at(at) }));
  }

  #at(at: Instant): OpenSnapshot {
    const known = this.#snapshots.get(at);
    if (known !== undefined) return known;
    const fresh: OpenSnapshot = { readings: new Map(), borders: new Map() };
    this.#snapshots.set(at, fresh);
    return fresh;
  }
}

interface OpenSnapshot {
  readonly readings: Map<string, Reading>;
  readonly borders: Map<string, readonly Border[]>;
}

import type { TierChangeEvent } from '@strata/contracts';

/**
 * A change in the list. `position` counts what this console has read, and is the id of its
 * server-sent event.
 */
export interface ListedChange {
  readonly position: number;
  readonly appendedAt: number;
  readonly change: TierChangeEvent;
}

const KEPT = 200;

/**
 * The newest changes by the broker's clock: partitions are read one beside the other, and the last
 * one read is not the last one published.
 */
export class LatestChanges {
  /** Oldest first. */
  readonly #listed: ListedChange[] = [];
  #drops = 0;

  add(listed: ListedChange): void {
    let at = this.#listed.length;
    while (at > 0 && (this.#listed[at - 1]?.appendedAt ?? 0) > listed.appendedAt) at -= 1;
    this.#listed.splice(at, 0, listed);
    if (this.#listed.length > KEPT) this.#listed.shift();
  }

  /** Every change of a customer that is to be forgotten. */
  drop(customerId: string): void {
    const kept = this.#listed.filter(({ change }) => change.customerId !== customerId);
    if (kept.length === this.#listed.length) return;
    this.#listed.splice(0, Infinity, ...kept);
    this.#drops += 1;
  }

  /** How often something was taken out: a reader that has seen less holds what it should not. */
  get drops(): number {
    return this.#drops;
  }

  /** Newest first. */
  newest(limit: number): readonly ListedChange[] {
    return this.#listed.slice(-limit).toReversed();
  }

  /** Those that were read after `position`, newest first. */
  after(position: number, limit: number): readonly ListedChange[] {
    return this.#listed
      .filter((listed) => listed.position > position)
      .slice(-limit)
      .toReversed();
  }
}

import type { TierChangeEvent } from '@strata/contracts';
import { ChangeCounts } from '../backtest/change-counts.ts';
import { TEA_HOUSE } from './tea-house.ts';

/** All that the published changes add up to. */
export class DemoTally {
  readonly counts = new ChangeCounts();
  readonly #tiers = new Map<string, string>();
  readonly #story: TierChangeEvent[] = [];
  #changes = 0;

  add(changes: readonly TierChangeEvent[]): void {
    for (const change of changes) {
      this.#changes++;
      this.#tiers.set(change.customerId, change.toTier);
      this.counts.add(change);
      if (change.customerId === TEA_HOUSE) this.#story.push(change);
    }
  }

  get changes(): number {
    return this.#changes;
  }

  /** Customers by the tier they have now. */
  tiers(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const tier of this.#tiers.values()) counts.set(tier, (counts.get(tier) ?? 0) + 1);
    return counts;
  }

  /** The changes of the tea house, in the order of its numbers. */
  story(): readonly TierChangeEvent[] {
    return this.#story.toSorted((a, b) => a.customerSeq - b.customerSeq);
  }
}

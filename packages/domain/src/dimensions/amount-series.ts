import type { Instant } from '../instant.ts';
import { countUpTo } from '../sorted.ts';

/** An amount, in thousandths of a value's unit, at an instant. */
export interface Amount {
  readonly at: Instant;
  readonly amountMilli: number;
}

/**
 * Amounts by instant with their running totals. A series never changes; one that is made by an amount at the end
 * shares the memory of the one before, which goes on seeing its own length of it. So to follow a customer from event
 * to event costs little, however long the series is.
 */
export class AmountSeries {
  readonly length: number;
  readonly #instants: Instant[];
  /** The sum of the first i amounts, by i. */
  readonly #totals: number[];

  private constructor(length: number, instants: Instant[], totals: number[]) {
    this.length = length;
    this.#instants = instants;
    this.#totals = totals;
  }

  static of(amounts: readonly Amount[]): AmountSeries {
    const sorted = isInOrder(amounts) ? amounts : amounts.toSorted((a, b) => a.at - b.at);
    const instants: Instant[] = [];
    const totals = [0];
    let total = 0;
    for (const { at, amountMilli } of sorted) {
      instants.push(at);
      total += amountMilli;
      totals.push(total);
    }
    return new AmountSeries(instants.length, instants, totals);
  }

  /** The same amount at each of ascending instants. */
  static ofEach(ascending: readonly Instant[], amountMilli: number): AmountSeries {
    const totals = [0];
    for (let count = 1; count <= ascending.length; count++) totals.push(count * amountMilli);
    return new AmountSeries(ascending.length, [...ascending], totals);
  }

  with(amount: Amount): AmountSeries {
    const { length } = this;
    const isLast = amount.at >= (this.#instants[length - 1] ?? amount.at);
    const isShared = this.#instants.length > length;
    if (!isLast || isShared) return AmountSeries.of([...this.amounts(), amount]);
    this.#instants.push(amount.at);
    this.#totals.push(this.total(length) + amount.amountMilli);
    return new AmountSeries(length + 1, this.#instants, this.#totals);
  }

  amounts(): readonly Amount[] {
    return Array.from({ length: this.length }, (_, i) => ({
      at: this.instant(i),
      amountMilli: this.total(i + 1) - this.total(i),
    }));
  }

  countUpTo(limit: Instant): number {
    return countUpTo(this.#instants, limit, this.length);
  }

  /** Of the amount at an index; Infinity behind the last. */
  instant(index: number): Instant {
    return index < this.length ? (this.#instants[index] as Instant) : Infinity;
  }

  total(count: number): number {
    return this.#totals[count] as number;
  }
}

function isInOrder(amounts: readonly Amount[]): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (const { at } of amounts) {
    if (at < before) return false;
    before = at;
  }
  return true;
}

/** What is gained and what is lost, apart: over time each total only moves one way. */
export interface GainsAndLosses {
  readonly gains: AmountSeries;
  readonly losses: AmountSeries;
}

export const NOTHING = AmountSeries.of([]);

export function gainsAndLosses(amounts: readonly Amount[]): GainsAndLosses {
  const isNoneLost = amounts.every((it) => it.amountMilli >= 0);
  if (isNoneLost) return { gains: AmountSeries.of(amounts), losses: NOTHING };
  const lost = amounts.filter((it) => it.amountMilli < 0);
  const gained = amounts.filter((it) => it.amountMilli >= 0);
  return { gains: AmountSeries.of(gained), losses: AmountSeries.of(lost) };
}

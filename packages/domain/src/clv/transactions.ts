import type { OlderOrders } from '../customer-state.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import { spendOf, utcDayOf } from '../ledger/older-orders.ts';
import type { Order } from '../ledger/orders.ts';
import { countUpTo } from '../sorted.ts';
import type { PurchaseHistory } from './purchase-model.ts';
import type { SpendHistory } from './spend-model.ts';

/**
 * What the models of customer value see of a customer, in days. A transaction is a UTC day with a counted order, whatever
 * the zone of the policy, so that a calibration means the same to all policies. The first day is no repeat.
 */
export interface Transactions extends Omit<PurchaseHistory, 'observed'>, SpendHistory {
  /** Midnight of the first day: time is counted from here. */
  readonly firstAt: Instant;
}

/** How long a customer has been observed at an instant, in days with their fraction. */
export function observedDays({ firstAt }: Transactions, at: Instant): number {
  return (at - firstAt) / DAY_MS;
}

export class TransactionLog {
  readonly #counted: readonly Order[];
  readonly #older: OlderOrders | null;
  readonly #edges: readonly Instant[];
  readonly #known = new Map<number, Transactions | null>();

  constructor(orders: readonly Order[], older: OlderOrders | null) {
    this.#counted = orders.filter((order) => order.counts);
    this.#older = older;
    const instants = this.#counted.flatMap((order) => order.remaining.map((part) => part.at));
    this.#edges = [...new Set(instants)].sort((a, b) => a - b);
  }

  /** Null without a counted order dated at or before `at`. One object for all instants between two edges. */
  at(at: Instant): Transactions | null {
    const edge = countUpTo(this.#edges, at);
    const known = this.#known.get(edge);
    if (known !== undefined) return known;
    const made = this.#upTo(this.#edges[edge - 1] ?? at);
    this.#known.set(edge, made);
    return made;
  }

  /** When the transactions at `at` became what they are. */
  since(at: Instant): Instant {
    const last = this.#edges[countUpTo(this.#edges, at) - 1];
    return last ?? this.#older?.lastAt ?? at;
  }

  /** The next instant at which they become others, by what is dated after `at`. */
  nextChangeAfter(at: Instant): Instant {
    return this.#edges[countUpTo(this.#edges, at)] ?? Infinity;
  }

  #upTo(at: Instant): Transactions | null {
    const older = this.#older;
    const spendByDay = new Map<number, number>();
    for (const order of this.#counted) {
      if (order.at > at) continue;
      const day = utcDayOf(order.at);
      spendByDay.set(day, (spendByDay.get(day) ?? 0) + spendOf(order, at));
    }
    const days = [...spendByDay.keys()];
    if (older !== null) days.push(utcDayOf(older.firstAt), utcDayOf(older.lastAt));
    if (days.length === 0) return null;
    const firstDay = days.reduce((least, day) => Math.min(least, day));
    const lastDay = days.reduce((most, day) => Math.max(most, day));

    let spendMinor = older?.spendMinor ?? 0;
    let transactions = older?.days ?? 0;
    for (const [day, spend] of spendByDay) {
      spendMinor += spend;
      if (older === null || !older.sharedDays.includes(day)) transactions += 1;
    }
    const isOlderFirst = older !== null && utcDayOf(older.firstAt) === firstDay;
    const firstSpendMinor =
      (spendByDay.get(firstDay) ?? 0) + (isOlderFirst ? older.firstDaySpendMinor : 0);
    const repeats = transactions - 1;
    return {
      firstAt: firstDay * DAY_MS,
      repeats,
      lastAfter: lastDay - firstDay,
      meanSpend: repeats === 0 ? 0 : (spendMinor - firstSpendMinor) / repeats,
    };
  }
}

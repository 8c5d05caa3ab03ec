import { compareBytewise, DAY_MS, type Instant, type TierChange } from '@strata/domain';

/** What of a tier change is looked at. */
type MovingChange = Pick<
  TierChange,
  'customerId' | 'type' | 'fromTier' | 'toTier' | 'fromPolicy' | 'effectiveAt'
>;

/** In which the changes of a customer are counted. */
export const YEAR_DAYS = 365;
const YEAR_MS = YEAR_DAYS * DAY_MS;

/** How often one customer changed tier. */
export interface CustomerMoves {
  /** In all. */
  readonly moves: number;
  /** The most within any 365 days. */
  readonly busiest: number;
  /** How often a rise followed a fall, or a fall a rise: what flapping is made of. */
  readonly turns: number;
}

export interface MoveRates {
  readonly moves: number;
  /** Changes of a customer in 365 days, on average over the time that customers had a tier; null where that is no time. */
  readonly perCustomerYear: number | null;
  /** Customers by their `busiest`, rising, each that occurs. */
  readonly distribution: readonly { readonly moves: number; readonly customers: number }[];
  /** Who moved at all. */
  readonly byCustomer: ReadonlyMap<string, CustomerMoves>;
}

/**
 * Gathers how often customers go from one tier to another. The first tier, warnings and renewals are no such change; a
 * hand-over to another policy is.
 */
export class TierMoves {
  readonly #since = new Map<string, Instant>();
  readonly #moves = new Map<string, Pick<TierChange, 'type' | 'effectiveAt'>[]>();

  add(change: MovingChange): void {
    const { customerId, type, fromTier, toTier, fromPolicy, effectiveAt } = change;
    if (!this.#since.has(customerId)) this.#since.set(customerId, effectiveAt);
    const isMove = fromTier !== null && (fromTier !== toTier || fromPolicy !== null);
    if (!isMove) return;
    const move = { type, effectiveAt };
    const moves = this.#moves.get(customerId);
    if (moves === undefined) this.#moves.set(customerId, [move]);
    else moves.push(move);
  }

  /** @param customers all of whom the run knows, also those who never moved. */
  rates(customers: number, endAt: Instant): MoveRates {
    const byCustomer = new Map([...this.#moves].map(([id, moves]) => [id, movesOf(moves)]));
    const counts = new Map<number, number>([[0, customers - byCustomer.size]]);
    let moves = 0;
    for (const one of byCustomer.values()) {
      moves += one.moves;
      counts.set(one.busiest, (counts.get(one.busiest) ?? 0) + 1);
    }
    const heldMs = [...this.#since.values()].reduce((sum, since) => sum + endAt - since, 0);
    return {
      moves,
      perCustomerYear: heldMs > 0 ? (moves * YEAR_MS) / heldMs : null,
      distribution: [...counts]
        .filter(([, those]) => those > 0)
        .toSorted(([a], [b]) => a - b)
        .map(([busiest, those]) => ({ moves: busiest, customers: those })),
      byCustomer,
    };
  }
}

export interface Flapping {
  readonly customerId: string;
  readonly first: CustomerMoves;
  readonly second: CustomerMoves;
}

const STILL: CustomerMoves = { moves: 0, busiest: 0, turns: 0 };

/** Who goes up and down the most under either set: by changes in the busiest 365 days, then by turns, then by id. */
export function mostFlapping(
  first: MoveRates,
  second: MoveRates,
  limit: number,
): readonly Flapping[] {
  const ids = new Set([...first.byCustomer.keys(), ...second.byCustomer.keys()]);
  const all = [...ids].map((customerId) => ({
    customerId,
    first: first.byCustomer.get(customerId) ?? STILL,
    second: second.byCustomer.get(customerId) ?? STILL,
  }));
  const worst = (one: Flapping, of: 'busiest' | 'turns'): number =>
    Math.max(one.first[of], one.second[of]);
  return all
    .filter((one) => worst(one, 'turns') > 0)
    .toSorted(
      (a, b) =>
        worst(b, 'busiest') - worst(a, 'busiest') ||
        worst(b, 'turns') - worst(a, 'turns') ||
        compareBytewise(a.customerId, b.customerId),
    )
    .slice(0, limit);
}

/** A late event may settle something of before: instants need not come in order. */
function movesOf(moves: readonly Pick<TierChange, 'type' | 'effectiveAt'>[]): CustomerMoves {
  const sorted = moves.toSorted((a, b) => a.effectiveAt - b.effectiveAt);
  let busiest = 0;
  let turns = 0;
  let oldest = 0;
  let last: boolean | null = null;
  for (const [index, { type, effectiveAt }] of sorted.entries()) {
    // The window is (at - 365 days, at], as every window of ours.
    while ((sorted[oldest]?.effectiveAt ?? effectiveAt) <= effectiveAt - YEAR_MS) oldest++;
    busiest = Math.max(busiest, index - oldest + 1);
    const isRise = isRising(type);
    if (isRise !== null && last !== null && isRise !== last) turns++;
    last = isRise ?? last;
  }
  return { moves: sorted.length, busiest, turns };
}

/** Null for a hand-over, which leads to another ladder. */
function isRising(type: TierChange['type']): boolean | null {
  if (type === 'promoted') return true;
  return type === 'demoted' || type === 'withdrawn' ? false : null;
}

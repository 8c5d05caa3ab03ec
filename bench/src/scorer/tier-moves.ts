/** A tier change as far as two contenders have to agree on it. `fromTier` null for the first. */
export interface TierMove {
  readonly customerId: string;
  readonly fromTier: string | null;
  readonly toTier: string;
  readonly effectiveAt: number;
}

/** What a contender told of each customer, in order. */
export type MovesByCustomer = ReadonlyMap<string, readonly TierMove[]>;

/** A contender's moves under its name, for the sentence that tells a difference. */
export interface Told {
  readonly contender: string;
  readonly moves: MovesByCustomer;
}

export function byCustomer(moves: Iterable<TierMove>): MovesByCustomer {
  return Map.groupBy(moves, ({ customerId }) => customerId);
}

/** The first difference as a sentence, by customer id and then by place; null where there is none. */
export function firstDifference(one: Told, other: Told): string | null {
  const customerIds = [...new Set([...one.moves.keys(), ...other.moves.keys()])].toSorted();
  for (const customerId of customerIds) {
    const ours = one.moves.get(customerId) ?? [];
    const theirs = other.moves.get(customerId) ?? [];
    for (let place = 0; place < Math.max(ours.length, theirs.length); place += 1) {
      const [mine, its] = [described(ours[place]), described(theirs[place])];
      if (mine === its) continue;
      return (
        `The contenders disagree on tier change ${place + 1} of ${customerId}: ` +
        `${one.contender} says ${mine}, ${other.contender} says ${its}.`
      );
    }
  }
  return null;
}

function described(move: TierMove | undefined): string {
  if (move === undefined) return 'nothing';
  const { fromTier, toTier, effectiveAt } = move;
  return `${fromTier ?? 'none'} to ${toTier} at ${new Date(effectiveAt).toISOString()}`;
}

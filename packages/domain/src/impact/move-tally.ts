import type { Policy, PolicySet } from '../policy/policy.ts';
import { policyNamed } from '../policy/population.ts';
import type { TierPlace } from './tier-place.ts';

/** What putting another set in force does to one customer at one instant. */
export interface Move {
  readonly customerId: string;
  /** Null for one whom no policy of the set grades. */
  readonly before: TierPlace | null;
  readonly after: TierPlace | null;
  /** What the customer brought within the window of the policy that grades it after, else before. */
  readonly revenueMinor: number;
  /**
   * Whether the score alone would give another tier than the one after: hysteresis, grace, a minimum stay, the end of a
   * period or an override holds the customer, who may follow later.
   */
  readonly isHeld: boolean;
  /** Tier changes that the move is told by, and those of them that are marked as backfill. */
  readonly told: number;
  readonly toldSilently: number;
}

export const MOVE_KINDS = ['stayed', 'promoted', 'demoted', 'assigned', 'released'] as const;
/** `assigned`: a first tier, another policy, or a tier that the ladder no longer has. `released`: no policy grades it any more. */
export type MoveKind = (typeof MOVE_KINDS)[number];

export interface FlowRow {
  readonly from: TierPlace | null;
  readonly to: TierPlace | null;
  readonly customers: number;
  readonly revenueMinor: number;
}

/** Who would move, told as a whole and by policy and tier. */
export interface MoveSummary {
  /** Everybody of whom an event counted, graded or not. */
  readonly customers: number;
  readonly revenueMinor: number;
  readonly byKind: Readonly<Record<MoveKind, number>>;
  readonly moved: number;
  readonly movedRevenueMinor: number;
  readonly held: number;
  readonly told: number;
  readonly toldSilently: number;
  /** From each place to each, those that are empty left out, in no order. */
  readonly flow: readonly FlowRow[];
}

/** Counts moves one by one, so that nobody has to hold them all. */
export class MoveTally {
  readonly #after: PolicySet;
  readonly #byKind: Record<MoveKind, number> = {
    stayed: 0,
    promoted: 0,
    demoted: 0,
    assigned: 0,
    released: 0,
  };
  readonly #flow = new Map<string, FlowRow>();
  #revenueMinor = 0;
  #movedRevenueMinor = 0;
  #held = 0;
  #told = 0;
  #toldSilently = 0;

  constructor(after: PolicySet) {
    this.#after = after;
  }

  add(move: Move): void {
    const { before, after, revenueMinor } = move;
    const kind = moveKind(move, this.#after);
    this.#byKind[kind]++;
    this.#revenueMinor += revenueMinor;
    if (kind !== 'stayed') this.#movedRevenueMinor += revenueMinor;
    if (move.isHeld) this.#held++;
    this.#told += move.told;
    this.#toldSilently += move.toldSilently;
    const key = `${placeKey(before)}\n${placeKey(after)}`;
    const row = this.#flow.get(key);
    this.#flow.set(key, {
      from: before,
      to: after,
      customers: (row?.customers ?? 0) + 1,
      revenueMinor: (row?.revenueMinor ?? 0) + revenueMinor,
    });
  }

  summary(): MoveSummary {
    const byKind = { ...this.#byKind };
    const customers = MOVE_KINDS.reduce((sum, kind) => sum + byKind[kind], 0);
    return {
      customers,
      revenueMinor: this.#revenueMinor,
      byKind,
      moved: customers - byKind.stayed,
      movedRevenueMinor: this.#movedRevenueMinor,
      held: this.#held,
      told: this.#told,
      toldSilently: this.#toldSilently,
      flow: [...this.#flow.values()],
    };
  }
}

/** Where a move leads. A tier that the ladder no longer has compares with none of it. */
export function moveKind(
  { before, after }: Pick<Move, 'before' | 'after'>,
  set: PolicySet,
): MoveKind {
  if (after === null) return before === null ? 'stayed' : 'released';
  if (before?.policy !== after.policy) return 'assigned';
  if (before.tier === after.tier) return 'stayed';
  const { ladder } = policyNamed(set, after.policy) as Policy;
  const from = ladder.indexOf(before.tier);
  if (from === -1) return 'assigned';
  return ladder.indexOf(after.tier) > from ? 'promoted' : 'demoted';
}

/** Names of policies and tiers hold no line break. */
function placeKey(place: TierPlace | null): string {
  return place === null ? '\n' : `${place.policy}\n${place.tier}`;
}

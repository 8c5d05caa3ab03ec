import type { MoveRates } from './tier-moves.ts';

/** From so many changes on, who has more is counted together. */
const STEPS_MAX = 6;

/** Customers of both sides with so many changes. */
export interface ChangeStep {
  /** As `3`, the last as `6+`. */
  readonly label: string;
  readonly first: number;
  readonly second: number;
}

/** From none up to the most that occurs on either side, without a gap. */
export function changeSteps(first: MoveRates, second: MoveRates): readonly ChangeStep[] {
  const most = Math.max(
    0,
    ...[first, second].map(({ distribution }) => distribution.at(-1)?.moves ?? 0),
  );
  const last = Math.min(STEPS_MAX, most);
  return Array.from({ length: last + 1 }, (_, moves) => ({
    label: moves === STEPS_MAX ? `${moves}+` : `${moves}`,
    first: customersWith(first, moves),
    second: customersWith(second, moves),
  }));
}

function customersWith({ distribution }: MoveRates, moves: number): number {
  return distribution
    .filter((it) => Math.min(it.moves, STEPS_MAX) === moves)
    .reduce((sum, { customers }) => sum + customers, 0);
}

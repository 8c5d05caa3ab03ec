/** A function's value and slope at a point. */
export interface Evaluation {
  readonly value: number;
  readonly slope: readonly number[];
}

export type Objective = (point: readonly number[]) => Evaluation;

export type Minimum =
  | { readonly isFound: true; readonly point: readonly number[]; readonly value: number }
  /** `edge`: it goes down without end; `unsettled`: the steps were used up, or the bottom is flat. */
  | { readonly isFound: false; readonly why: 'edge' | 'unsettled' };

const STEPS_MAX = 500;
const NEWTON_STEPS_MAX = 20;
/** Where Newton's steps take over, and where a slope counts as none. */
const NEAR_SLOPE = 1e-5;
const NO_SLOPE = 1e-9;

/**
 * The minimum of a smooth function, deterministically: BFGS (Nocedal and Wright 2006, algorithm 6.1, with backtracking) until
 * it is near, then Newton's steps on the slope, whose matrix must be positive definite, so that it is a minimum and
 * no flat ground. `edge`: a coordinate beyond this is on its way to infinity.
 */
export function minimise(objective: Objective, start: readonly number[], edge: number): Minimum {
  let point = start;
  let here = objective(start);
  let inverse = identity(start.length);
  for (let step = 0; step < STEPS_MAX && largest(here.slope) > NEAR_SLOPE; step++) {
    const downhill = negated(times(inverse, here.slope));
    const direction = dot(downhill, here.slope) < 0 ? downhill : negated(here.slope);
    const found = backtrack(objective, { point, here, direction });
    if (found === null) {
      if (isIdentity(inverse)) break;
      inverse = identity(start.length);
      continue;
    }
    if (largest(found.point) > edge) return { isFound: false, why: 'edge' };
    inverse = updated(inverse, minus(found.point, point), minus(found.there.slope, here.slope));
    point = found.point;
    here = found.there;
  }
  return settled(objective, point, edge);
}

interface Downhill {
  readonly point: readonly number[];
  readonly here: Evaluation;
  readonly direction: readonly number[];
}

/** The first of ever shorter steps that goes down as much as the slope promises (Armijo); null for none. */
function backtrack(
  objective: Objective,
  { point, here, direction }: Downhill,
): { readonly point: readonly number[]; readonly there: Evaluation } | null {
  const promised = dot(here.slope, direction);
  // A coordinate is a logarithm: more than two is a factor of seven.
  let length = Math.min(1, 2 / Math.max(largest(direction), Number.MIN_VALUE));
  for (let halvings = 0; halvings < 40; halvings++) {
    const next = point.map((it, i) => it + length * (direction[i] as number));
    const there = objective(next);
    if (isFinite(there) && there.value <= here.value + 1e-4 * length * promised) {
      return { point: next, there };
    }
    length /= 2;
  }
  return null;
}

function settled(objective: Objective, from: readonly number[], edge: number): Minimum {
  let point = from;
  for (let step = 0; step < NEWTON_STEPS_MAX; step++) {
    const here = objective(point);
    if (!isFinite(here)) break;
    const move = solved(curvature(objective, point), here.slope);
    if (move === null) break;
    if (largest(here.slope) <= NO_SLOPE) return { isFound: true, point, value: here.value };
    const scale = Math.min(1, 1 / largest(move));
    point = point.map((it, i) => it - scale * (move[i] as number));
    if (largest(point) > edge) return { isFound: false, why: 'edge' };
  }
  return { isFound: false, why: 'unsettled' };
}

/** Second derivatives, from slopes on both sides. */
function curvature(objective: Objective, point: readonly number[]): readonly number[][] {
  const side = 1e-4;
  const rows = point.map((_, i) => {
    const shift = (by: number): readonly number[] => point.map((it, j) => (i === j ? it + by : it));
    const above = objective(shift(side)).slope;
    const below = objective(shift(-side)).slope;
    return above.map((it, j) => (it - (below[j] as number)) / (2 * side));
  });
  return rows.map((row, i) => row.map((it, j) => (it + (rows[j]?.[i] as number)) / 2));
}

/** Solves a symmetric system by Cholesky's factors; null where the matrix is not positive definite. */
function solved(matrix: readonly number[][], right: readonly number[]): readonly number[] | null {
  const lower: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    const made: number[] = [];
    lower.push(made);
    for (let j = 0; j <= i; j++) {
      const rest = (row[j] as number) - dot(made.slice(0, j), (lower[j] as number[]).slice(0, j));
      if (j < i) made.push(rest / (lower[j]?.[j] as number));
      else if (rest > 0) made.push(Math.sqrt(rest));
      else return null;
    }
  }
  const forward: number[] = [];
  for (const [i, row] of lower.entries()) {
    forward.push(((right[i] as number) - dot(row.slice(0, i), forward)) / (row[i] as number));
  }
  const solution = forward.slice();
  for (let i = solution.length - 1; i >= 0; i--) {
    let rest = solution[i] as number;
    for (let j = i + 1; j < solution.length; j++) {
      rest -= (lower[j]?.[i] as number) * (solution[j] as number);
    }
    solution[i] = rest / (lower[i]?.[i] as number);
  }
  return solution;
}

/** The inverse curvature after a step, by the two slopes at its ends. */
function updated(
  inverse: readonly number[][],
  moved: readonly number[],
  turned: readonly number[],
): readonly number[][] {
  const bend = dot(moved, turned);
  if (!(bend > 1e-14)) return inverse;
  const carried = times(inverse, turned);
  const gain = (1 + dot(turned, carried) / bend) / bend;
  return inverse.map((row, i) =>
    row.map((it, j) => {
      const mi = moved[i] as number;
      const mj = moved[j] as number;
      const cross = mi * (carried[j] as number) + (carried[i] as number) * mj;
      return it + gain * mi * mj - cross / bend;
    }),
  );
}

function identity(size: number): readonly number[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_unused, j) => (i === j ? 1 : 0)),
  );
}

const isIdentity = (matrix: readonly number[][]): boolean =>
  matrix.every((row, i) => row.every((it, j) => it === (i === j ? 1 : 0)));
const isFinite = ({ value, slope }: Evaluation): boolean =>
  Number.isFinite(value) && slope.every((it) => Number.isFinite(it));
const largest = (vector: readonly number[]): number =>
  vector.reduce((max, it) => Math.max(max, Math.abs(it)), 0);
const negated = (vector: readonly number[]): readonly number[] => vector.map((it) => -it);
const minus = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.map((it, i) => it - (b[i] as number));
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, it, i) => sum + it * (b[i] as number), 0);
const times = (matrix: readonly number[][], vector: readonly number[]): readonly number[] =>
  matrix.map((row) => dot(row, vector));

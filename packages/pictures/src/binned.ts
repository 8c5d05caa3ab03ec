import { bin, nice, ticks } from 'd3-array';

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** About so many bars can be told apart in one picture. */
const BINS = 20;

/** Round borders of bins from at or below the lowest value to at or above the highest. */
export function edgesOf(lowest: number, highest: number): readonly number[] {
  // One value alone still needs a bin around it.
  const [from, to] = lowest < highest ? [lowest, highest] : [lowest - 1, lowest + 1];
  const [start, end] = nice(from, to, BINS);
  return ticks(start, end, BINS);
}

/** How many values lie in each bin; a value on an edge belongs to the bin above it, the highest to the last. */
export function binned(values: readonly number[], edges: readonly number[]): readonly Bin[] {
  const [first = 0] = edges;
  const last = edges.at(-1) ?? 0;
  const bins = bin().domain([first, last]).thresholds(edges.slice(1, -1))(values);
  return bins.map((it) => ({ from: it.x0 ?? first, to: it.x1 ?? last, count: it.length }));
}

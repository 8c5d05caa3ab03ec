import type { FoldDriver } from './fold-driver.ts';

/**
 * A calibration belongs behind a clock that has reached everybody and has moved since the last one: else its place
 * among what it finds would depend on who was touched in between.
 */
export function isBehindTheClock({ partition, customers }: FoldDriver): boolean {
  const { clock, calibrations } = partition;
  const hasMoved = clock > (calibrations.at(-1)?.since ?? Number.NEGATIVE_INFINITY);
  return hasMoved && [...customers.values()].every((it) => it.clock <= clock);
}

import type { FoldDriver } from './fold-driver.ts';

/**
 * A calibration belongs behind a clock that has reached everybody and has moved since the last one: else its place
 * among what it finds would depend on who was touched in between.
 */
export function isBehindTheClock({ partition, customers }: FoldDriver): boolean {
  const { clock, calibrations, rates } = partition;
  const lasts = [calibrations.at(-1)?.since, rates.corrections.at(-1)?.since];
  const hasMoved = lasts.every((last) => last === undefined || clock > last);
  return hasMoved && [...customers.values()].every((it) => it.clock <= clock);
}

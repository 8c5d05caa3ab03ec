const WINDOW_MS = 60_000;

interface Window {
  readonly fromMs: number;
  least: number;
}

/**
 * How far this machine's clock is ahead of the broker's: the least that a record just appended was old when it came. Its
 * way here can only add to that, so the least of a minute is the clocks' own difference, up to a few milliseconds.
 */
export class ClockSkew {
  #windows: Window[] = [];

  /** `aheadMs`: this machine's time at which a record came, less the broker's at which it was appended. */
  saw(aheadMs: number, nowMs: number): void {
    const last = this.#windows.at(-1);
    if (last === undefined || nowMs - last.fromMs >= WINDOW_MS || nowMs < last.fromMs) {
      this.#windows = [...this.#windows.slice(-1), { fromMs: nowMs, least: aheadMs }];
    } else if (aheadMs < last.least) last.least = aheadMs;
  }

  /** Over the last minute or two; null where nothing came. Below 0: the broker is ahead. */
  ms(nowMs: number): number | null {
    const recent = this.#windows.filter(({ fromMs }) => nowMs - fromMs < 2 * WINDOW_MS);
    return recent.length === 0 ? null : Math.min(...recent.map(({ least }) => least));
  }
}

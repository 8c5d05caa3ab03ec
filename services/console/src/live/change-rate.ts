const WINDOW_SECONDS = 60;

/**
 * Changes of the last minute by the broker's clock, so that reading an old log does not look like a
 * storm.
 */
export class ChangeRate {
  readonly #seconds = new Map<number, number>();

  note(appendedAt: number): void {
    const second = Math.floor(appendedAt / 1000);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + 1);
    if (this.#seconds.size > 2 * WINDOW_SECONDS) this.#dropBefore(second - WINDOW_SECONDS);
  }

  perMinute(nowMs: number): number {
    const now = Math.floor(nowMs / 1000);
    this.#dropBefore(now - WINDOW_SECONDS);
    return [...this.#seconds.values()].reduce((sum, count) => sum + count, 0);
  }

  #dropBefore(oldest: number): void {
    for (const second of this.#seconds.keys()) {
      if (second <= oldest) this.#seconds.delete(second);
    }
  }
}

import type { Alarm } from '@strata/service-runtime';

/**
 * Wakes loops. A ring that comes while nobody waits is kept, so that no loop sleeps through what happened between its
 * last look and its wait.
 */
export class Bell {
  readonly #alarm: Alarm;
  readonly #waiting = new Set<() => void>();
  #hasRung = false;

  constructor(alarm: Alarm) {
    this.#alarm = alarm;
  }

  ring(): void {
    this.#hasRung = true;
    for (const wake of this.#waiting) wake();
  }

  /** Until the next ring, at most `atMostMs`; without a limit for null. */
  async wait(atMostMs: number | null): Promise<void> {
    if (!this.#hasRung) {
      await new Promise<void>((resolve) => {
        let cancel = (): void => {};
        const wake = (): void => {
          this.#waiting.delete(wake);
          cancel();
          resolve();
        };
        this.#waiting.add(wake);
        if (atMostMs !== null) cancel = this.#alarm(atMostMs, wake);
      });
    }
    this.#hasRung = false;
  }
}

import { setTimeout as delay } from 'node:timers/promises';

export interface PacerSettings {
  readonly spacingMs: number;
  /** Who comes when so many wait already is sent away. */
  readonly waitingMax: number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** One call at a time, with a pause behind each. */
export class Pacer {
  readonly #settings: PacerSettings;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: PacerSettings) {
    this.#settings = settings;
  }

  /** Null where too many wait. */
  async run<T>(call: () => Promise<T>): Promise<T | null> {
    const { spacingMs, waitingMax, sleep = delay } = this.#settings;
    if (this.#waiting >= waitingMax) return null;
    this.#waiting += 1;
    const turn = this.#last.then(call).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = turn.then(
      () => sleep(spacingMs),
      () => sleep(spacingMs),
    );
    return turn;
  }
}

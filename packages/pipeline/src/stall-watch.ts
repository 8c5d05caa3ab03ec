/** Something that has work to do now, and how often it has shown life so far. */
export interface Pending {
  readonly name: string;
  readonly signs: number;
}

interface Silence {
  readonly signs: number;
  readonly looks: number;
}

/**
 * Tells what hangs from what waits: it has work to do, and has shown no life in so many looks in a row. It counts looks
 * and not time, so that a machine that slept, or a process that was stopped and woke, is no hang.
 */
export class StallWatch {
  readonly #looksMax: number;
  #silences: ReadonlyMap<string, Silence> = new Map();

  constructor(looksMax: number) {
    this.#looksMax = looksMax;
  }

  /** One look at all that has work to do now; answers the name of what hangs. What is not named begins anew. */
  look(pending: readonly Pending[]): string | null {
    const silences = new Map<string, Silence>();
    let stalled: string | null = null;
    for (const { name, signs } of pending) {
      const before = this.#silences.get(name);
      const looks = before?.signs === signs ? before.looks + 1 : 0;
      if (looks >= this.#looksMax) stalled ??= name;
      silences.set(name, { signs, looks });
    }
    this.#silences = silences;
    return stalled;
  }

  /** Nothing is known at the moment, so nothing is held against anybody. */
  forget(): void {
    this.#silences = new Map();
  }
}

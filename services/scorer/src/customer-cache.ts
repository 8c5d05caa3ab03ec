/**
 * The most recently used decoded states of one owned partition, as many as their weights allow: what a state takes
 * follows from its history. It is right because the owner is the only writer, and it dies with the ownership.
 */
export class CustomerCache<T> {
  readonly #weightMax: number;
  readonly #weightOf: (state: T) => number;
  readonly #entries = new Map<string, T>();
  #weight = 0;

  constructor(weightMax: number, weightOf: (state: T) => number) {
    this.#weightMax = weightMax;
    this.#weightOf = weightOf;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(customerId: string): T | undefined {
    const state = this.#entries.get(customerId);
    if (state === undefined) return undefined;
    this.#entries.delete(customerId);
    this.#entries.set(customerId, state);
    return state;
  }

  delete(customerId: string): void {
    const state = this.#entries.get(customerId);
    if (state === undefined) return;
    this.#entries.delete(customerId);
    this.#weight -= this.#weightOf(state);
  }

  set(customerId: string, state: T): void {
    this.delete(customerId);
    this.#entries.set(customerId, state);
    this.#weight += this.#weightOf(state);
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#weightMax) return;
      this.delete(oldest);
    }
  }
}

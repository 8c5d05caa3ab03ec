/**
 * The most recently used decoded states of one owned partition. It is right because the owner is the only writer, and
 * it dies with the ownership.
 */
export class CustomerCache<T> {
  readonly #capacity: number;
  readonly #entries = new Map<string, T>();

  constructor(capacity: number) {
    this.#capacity = capacity;
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
    this.#entries.delete(customerId);
  }

  set(customerId: string, state: T): void {
    this.#entries.delete(customerId);
    this.#entries.set(customerId, state);
    if (this.#entries.size <= this.#capacity) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}

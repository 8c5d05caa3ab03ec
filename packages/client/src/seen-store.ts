/** Where a customer stands: every tier change fits. */
export interface CustomerMark {
  readonly customerId: string;
  readonly customerSeq: number;
}

/** `not-newer`: a repeat, overtaken by a newer one, or replayed. Answer 2xx all the same. */
export type Taken = 'taken' | 'not-newer';

/**
 * Keeps for each customer the highest `customerSeq` that was taken. `Tx` is what an effect needs to
 * write along: a transaction, or nothing.
 */
export interface SeenStore<Tx = void> {
  /**
   * Runs `effect` if `customerSeq` is above the customer's mark, and moves the mark, in one write:
   * either both are there afterwards or neither. Two calls for one customer never run at once. A
   * failure of the effect leaves the mark and is thrown on; answer 5xx, and the webhook comes again.
   */
  takeIfNewer(mark: CustomerMark, effect: (tx: Tx) => Promise<void> | void): Promise<Taken>;
}

/**
 * For tests and for effects that live in this process, too: what it knows is gone with the process.
 */
export class InMemorySeenStore implements SeenStore {
  readonly #marks = new Map<string, number>();
  readonly #turns = new Map<string, Promise<unknown>>();

  async takeIfNewer(mark: CustomerMark, effect: () => Promise<void> | void): Promise<Taken> {
    const { customerId } = mark;
    const before = this.#turns.get(customerId) ?? Promise.resolve();
    const turn = before.then(() => this.#take(mark, effect));
    // Who waits behind must not fail by what failed here.
    const settled = turn.then(
      () => {},
      () => {},
    );
    this.#turns.set(customerId, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(customerId) === settled) this.#turns.delete(customerId);
    }
  }

  /** Nothing of the customer is known afterwards: for erasure. */
  forget(customerId: string): void {
    this.#marks.delete(customerId);
  }

  async #take(
    { customerId, customerSeq }: CustomerMark,
    effect: () => Promise<void> | void,
  ): Promise<Taken> {
    if (customerSeq <= (this.#marks.get(customerId) ?? 0)) return 'not-newer';
    await effect();
    this.#marks.set(customerId, customerSeq);
    return 'taken';
  }
}

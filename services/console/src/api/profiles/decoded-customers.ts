import type { CustomerState } from '@strata/domain';

interface Decoded {
  readonly value: Uint8Array;
  readonly state: CustomerState;
}

/** Of stored bytes; decoded, with what the policy makes of it, a customer weighs some ten times as much. */
const BYTES_MAX = 1_048_576;

/**
 * Customers that were asked for lately, decoded, each good for exactly the bytes that it was decoded from. It saves no read of the
 * store, only the work after it: the same customer object keeps what a policy made of its ledger. Bounded; the one
 * asked for longest ago goes first.
 */
export class DecodedCustomers {
  readonly #bytesMax: number;
  /** In the order of use. */
  readonly #held = new Map<string, Decoded>();
  #bytes = 0;

  constructor(bytesMax = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#held.size;
  }

  find(customerId: string, value: Uint8Array): CustomerState | null {
    const held = this.#held.get(customerId);
    if (held === undefined || Buffer.compare(held.value, value) !== 0) return null;
    this.#held.delete(customerId);
    this.#held.set(customerId, held);
    return held.state;
  }

  keep(customerId: string, value: Uint8Array, state: CustomerState): void {
    this.#drop(customerId);
    this.#held.set(customerId, { value, state });
    this.#bytes += value.length;
    for (const [oldest] of this.#held) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#drop(oldest);
    }
  }

  #drop(customerId: string): void {
    const held = this.#held.get(customerId);
    if (held === undefined) return;
    this.#held.delete(customerId);
    this.#bytes -= held.value.length;
  }
}

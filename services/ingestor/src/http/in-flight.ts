/** What is being worked on, bounded by requests and by bytes: the rest is told to come again. */
export class InFlight {
  readonly #requestsMax: number;
  readonly #bytesMax: number;
  #requests = 0;
  #bytes = 0;

  constructor(limits: { readonly requestsMax: number; readonly bytesMax: number }) {
    this.#requestsMax = limits.requestsMax;
    this.#bytesMax = limits.bytesMax;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The share of one request; null where there are too many. */
  open(): Share | null {
    if (this.#requests >= this.#requestsMax) return null;
    this.#requests += 1;
    let held = 0;
    let holders = 1;
    const letGo = (): void => {
      holders -= 1;
      if (holders > 0) return;
      this.#requests -= 1;
      this.#bytes -= held;
    };
    return {
      resize: (bytes) => {
        if (bytes > held && this.#bytes + bytes - held > this.#bytesMax) return false;
        this.#bytes += bytes - held;
        held = bytes;
        return true;
      },
      hold: () => {
        holders += 1;
        return letGo;
      },
      answered: letGo,
    };
  }
}

/** Given back when it was answered and nobody holds it any more. */
export interface Share {
  /** So many bytes in all, more or fewer than before; false, and as before, where it is too much. */
  resize(bytes: number): boolean;
  /** Keeps it beyond the answer; what comes back lets it go, and is called once. */
  hold(): () => void;
  answered(): void;
}

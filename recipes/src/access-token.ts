export interface AccessToken<T> {
  /** What a call needs of the answer. */
  readonly value: T;
  /** As the other system says; the cache renews a little earlier. */
  readonly expiresInMs: number;
}

export interface TokenCacheSettings<T> {
  readonly fetchToken: () => Promise<AccessToken<T>>;
  readonly nowMs: () => number;
  /** Renewed so long before its end. */
  readonly renewBeforeMs: number;
  /** A token that is refused sooner than this after it was fetched is not fetched again: that would not help. */
  readonly youngMs: number;
}

/**
 * One token for the whole process, fetched once however many calls ask for it at the same time:
 * these systems count how many tokens are asked for.
 */
export class TokenCache<T> {
  readonly #settings: TokenCacheSettings<T>;
  #held: { readonly token: AccessToken<T>; readonly fetchedAtMs: number } | null = null;
  #pending: Promise<T> | null = null;

  constructor(settings: TokenCacheSettings<T>) {
    this.#settings = settings;
  }

  async get(): Promise<T> {
    const { nowMs, renewBeforeMs } = this.#settings;
    const held = this.#held;
    if (held !== null) {
      const endsAtMs = held.fetchedAtMs + held.token.expiresInMs - renewBeforeMs;
      if (nowMs() < endsAtMs) return held.token.value;
    }
    this.#pending ??= this.#fetch();
    return this.#pending;
  }

  /** The other system refused this token. Answers whether asking for another one can help. */
  refuse(value: T): boolean {
    const held = this.#held;
    // Somebody else noticed first, and the next `get` brings another one.
    if (held === null || held.token.value !== value) return true;
    if (this.#settings.nowMs() - held.fetchedAtMs < this.#settings.youngMs) return false;
    this.#held = null;
    return true;
  }

  async #fetch(): Promise<T> {
    try {
      const token = await this.#settings.fetchToken();
      this.#held = { token, fetchedAtMs: this.#settings.nowMs() };
      return token.value;
    } finally {
      this.#pending = null;
    }
  }
}

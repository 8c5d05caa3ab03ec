/** So many a second on the long run, and `burst` at once after a pause. */
export interface TokenRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a bucket says of a wish. */
export interface Quota {
  readonly isGranted: boolean;
  /** Whole tokens that may still be taken at once. */
  readonly remaining: number;
  /** Seconds until the wish can be granted; where it was, until the bucket is full again. */
  readonly waitSeconds: number;
}

export class TokenBucket {
  readonly #rate: TokenRate;
  readonly #perMs: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(rate: TokenRate, nowMs: number) {
    this.#rate = rate;
    this.#perMs = rate.perSecond / 1_000;
    this.#tokens = rate.burst;
    this.#filledAtMs = nowMs;
  }

  hasRate({ perSecond, burst }: TokenRate): boolean {
    return this.#rate.perSecond === perSecond && this.#rate.burst === burst;
  }

  /** Everything or nothing. A wish above the burst is never granted: the caller refuses it before. */
  take(wanted: number, nowMs: number): Quota {
    const { burst } = this.#rate;
    const gained = Math.max(0, nowMs - this.#filledAtMs) * this.#perMs;
    this.#tokens = Math.min(burst, this.#tokens + gained);
    this.#filledAtMs = nowMs;
    const isGranted = this.#tokens >= wanted;
    if (isGranted) this.#tokens -= wanted;
    const missing = isGranted ? burst - this.#tokens : wanted - this.#tokens;
    return {
      isGranted,
      remaining: Math.floor(this.#tokens),
      waitSeconds: Math.ceil(missing / this.#perMs / 1_000),
    };
  }
}

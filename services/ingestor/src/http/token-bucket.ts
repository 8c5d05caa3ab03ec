/** What a bucket says of a wish. */
export interface Quota {
  readonly isGranted: boolean;
  /** Whole events that may still be sent at once. */
  readonly remaining: number;
  /** Seconds until the wish can be granted; where it was, until the bucket is full again. */
  readonly waitSeconds: number;
}

/** So many events a second on the long run, and `burst` at once after a pause. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(quota: { readonly eventsPerSecond: number; readonly burst: number }, nowMs: number) {
    this.#perMs = quota.eventsPerSecond / 1_000;
    this.#burst = quota.burst;
    this.#tokens = quota.burst;
    this.#filledAtMs = nowMs;
  }

  /** Everything or nothing. A wish above the burst is never granted: the caller refuses it before. */
  take(events: number, nowMs: number): Quota {
    const gained = Math.max(0, nowMs - this.#filledAtMs) * this.#perMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAtMs = nowMs;
    const isGranted = this.#tokens >= events;
    if (isGranted) this.#tokens -= events;
    const missing = isGranted ? this.#burst - this.#tokens : events - this.#tokens;
    return {
      isGranted,
      remaining: Math.floor(this.#tokens),
      waitSeconds: Math.ceil(missing / this.#perMs / 1_000),
    };
  }
}

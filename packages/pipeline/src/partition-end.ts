/** How far a reader is behind the end of a partition. */
export interface Lag {
  readonly end: number;
  readonly records: number;
  /** For how long records are known to have waited; 0 where none waits. Short by up to the time between two looks. */
  readonly ms: number;
}

interface Seen {
  readonly atMs: number;
  readonly end: number;
}

/** What was not seen for so long is not known any more: a figure of before would look like one of now. */
export const END_KNOWN_MS = 30_000;
/** Two looks within so long are one, of the earlier instant. */
const APART_MS = 1_000;
/** Beyond that every second one of the older half goes: what waits for days is known to the hour. */
const SEEN_MAX = 64;

/**
 * Where a partition ends, as far as it was seen, and since when. From it follows how long the first record that a
 * reader has not taken has waited, without a look at that record.
 */
export class PartitionEnd {
  #seen: Seen[] = [];
  #end = 0;
  #atMs = Number.NEGATIVE_INFINITY;

  /** Ends never go back; an earlier one is old news. */
  saw(end: number, nowMs: number): void {
    this.#end = Math.max(this.#end, end);
    this.#atMs = nowMs;
    const last = this.#seen.at(-1);
    const isSoon = last !== undefined && Math.abs(nowMs - last.atMs) < APART_MS;
    if (isSoon || last?.end === this.#end) return;
    this.#seen.push({ atMs: nowMs, end: this.#end });
    if (this.#seen.length > SEEN_MAX) {
      this.#seen = this.#seen.filter((_, n) => n >= SEEN_MAX / 2 || n % 2 === 0);
    }
  }

  /** Of a reader whose next record is `next`. Null where the end is not known. */
  lagOf(next: number, nowMs: number): Lag | null {
    if (nowMs - this.#atMs > END_KNOWN_MS) return null;
    const records = Math.max(0, this.#end - next);
    if (records === 0) return { end: this.#end, records, ms: 0 };
    const since = this.#seen.find(({ end }) => end > next)?.atMs ?? this.#atMs;
    return { end: this.#end, records, ms: Math.max(0, nowMs - since) };
  }

  /** Since it was last seen; infinite where it never was. */
  ageMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#atMs);
  }
}

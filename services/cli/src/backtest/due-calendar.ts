import { DAY_MS, type Instant } from '@strata/domain';

interface DueEntry {
  readonly dueAt: Instant;
  readonly midnight: number;
}

/** Who is due by the end of which day. A hint, as the due index of a shard is: the fold decides what crosses. */
export class DueCalendar {
  readonly #entries = new Map<string, DueEntry>();
  /** By the number of the first midnight at or after the due instant that is still to come. */
  readonly #byMidnight = new Map<number, Set<string>>();
  #nextMidnight = Number.NEGATIVE_INFINITY;

  set(customerId: string, dueAt: Instant | null): void {
    const before = this.#entries.get(customerId);
    if (before !== undefined) this.#byMidnight.get(before.midnight)?.delete(customerId);
    if (dueAt === null) {
      this.#entries.delete(customerId);
      return;
    }
    // A hint that has not moved on though its day is over is looked at again the next day.
    const midnight = Math.max(Math.ceil(dueAt / DAY_MS), this.#nextMidnight);
    this.#entries.set(customerId, { dueAt, midnight });
    const due = this.#byMidnight.get(midnight);
    if (due === undefined) this.#byMidnight.set(midnight, new Set([customerId]));
    else due.add(customerId);
  }

  /** The first midnight after `from`, and not after `to`, by which somebody is due. */
  midnightWithDue(from: Instant, to: Instant): Instant | null {
    for (let midnight = Math.floor(from / DAY_MS) + 1; midnight * DAY_MS <= to; midnight++) {
      if ((this.#byMidnight.get(midnight)?.size ?? 0) > 0) return midnight * DAY_MS;
      this.#byMidnight.delete(midnight);
    }
    return null;
  }

  /** Takes the clock to an instant and names who is due by then. Call it for every midnight that has somebody due. */
  advanceTo(instant: Instant): readonly string[] {
    this.#nextMidnight = Math.floor(instant / DAY_MS) + 1;
    const candidates = this.#byMidnight.get(Math.ceil(instant / DAY_MS)) ?? new Set<string>();
    return [...candidates].filter((id) => (this.#entries.get(id)?.dueAt ?? Infinity) <= instant);
  }
}

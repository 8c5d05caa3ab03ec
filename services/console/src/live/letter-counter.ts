import { deadLetterFromWire, TOPICS } from '@strata/contracts';
import { type LogBounds, type LogReader, SerdeFault, type TopicRecord } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';

/** The newest record of a letter. */
interface Letter {
  readonly offset: number;
  readonly reason: string;
}

interface Place {
  next: number;
  readonly letters: Map<string, Letter>;
}

/** Of a letter that cannot be read. */
const UNREADABLE = 'unknown';

/**
 * How many dead letters there are, by reason. Records of the topic are more: a letter that was redriven in vain lies
 * there again, and one that has served left a tombstone. Each record is read once.
 */
export class LetterCounter {
  readonly #log: Pick<LogReader, 'read'>;
  readonly #serde: TopicSerde;
  readonly #places = new Map<number, Place>();

  constructor(log: Pick<LogReader, 'read'>, serde: TopicSerde) {
    this.#log = log;
    this.#serde = serde;
  }

  async count(bounds: readonly LogBounds[]): Promise<ReadonlyMap<string, number>> {
    await Promise.all(bounds.map((it, partition) => this.#readOn(partition, it)));
    const counts = new Map<string, number>();
    for (const { letters } of this.#places.values()) {
      for (const { reason } of letters.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return counts;
  }

  async #readOn(partition: number, { start, end }: LogBounds): Promise<void> {
    const place = this.#placeOf(partition);
    // A topic that was made anew begins anew.
    if (end < place.next) {
      place.next = 0;
      place.letters.clear();
    }
    const from = { topic: TOPICS.deadLetters, partition, offset: Math.max(start, place.next) };
    if (from.offset < end) {
      for await (const batch of this.#log.read(from, end)) {
        await this.#serde.prepare(batch.map(({ value }) => value));
        for (const record of batch) this.#note(place, record);
      }
      place.next = end;
    }
    for (const [id, { offset }] of place.letters) if (offset < start) place.letters.delete(id);
  }

  #note({ letters }: Place, { key, value, offset }: TopicRecord): void {
    const id = Buffer.from(key ?? []).toString();
    if (value === null) letters.delete(id);
    else letters.set(id, { offset, reason: this.#reasonOf(value) });
  }

  #reasonOf(value: Uint8Array): string {
    try {
      return deadLetterFromWire(this.#serde.decode(value)).reason;
    } catch (error) {
      if (!(error instanceof SerdeFault)) throw error;
      return UNREADABLE;
    }
  }

  #placeOf(partition: number): Place {
    const known = this.#places.get(partition);
    if (known !== undefined) return known;
    const place: Place = { next: 0, letters: new Map() };
    this.#places.set(partition, place);
    return place;
  }
}

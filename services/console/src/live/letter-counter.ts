import { TOPICS } from '@strata/contracts';
import type { LogBounds, LogReader, TopicRecord } from '@strata/pipeline';

interface Place {
  next: number;
  /** By id the offset of the newest record. */
  readonly letters: Map<string, number>;
}

/**
 * How many dead letters there are. Records of the topic are more: a letter that was redriven in vain lies there again,
 * and one that has served left a tombstone. Each record is read once.
 */
export class LetterCounter {
  readonly #log: Pick<LogReader, 'read'>;
  readonly #places = new Map<number, Place>();

  constructor(log: Pick<LogReader, 'read'>) {
    this.#log = log;
  }

  async count(bounds: readonly LogBounds[]): Promise<number> {
    const counts = await Promise.all(bounds.map((it, partition) => this.#countOf(partition, it)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #countOf(partition: number, { start, end }: LogBounds): Promise<number> {
    const place = this.#placeOf(partition);
    // A topic that was made anew begins anew.
    if (end < place.next) {
      place.next = 0;
      place.letters.clear();
    }
    const from = { topic: TOPICS.deadLetters, partition, offset: Math.max(start, place.next) };
    if (from.offset < end) {
      for await (const batch of this.#log.read(from, end)) note(place, batch);
      place.next = end;
    }
    for (const [id, offset] of place.letters) if (offset < start) place.letters.delete(id);
    return place.letters.size;
  }

  #placeOf(partition: number): Place {
    const known = this.#places.get(partition);
    if (known !== undefined) return known;
    const place: Place = { next: 0, letters: new Map() };
    this.#places.set(partition, place);
    return place;
  }
}

function note({ letters }: Place, batch: readonly TopicRecord[]): void {
  for (const { key, value, offset } of batch) {
    const id = Buffer.from(key ?? []).toString();
    if (value === null) letters.delete(id);
    else letters.set(id, offset);
  }
}

import { TOPICS } from '@strata/contracts';
import type { MemoryLog } from '@strata/memory';
import type { OutboxEntry, OutgoingRecord } from '@strata/pipeline';
import type { Tally } from './tally.ts';

/**
 * Sees every append and every trim. Of a numbered topic no number may be left out, and a number that comes again must
 * bring the same bytes; nothing may leave an outbox that does not lie where it belongs.
 */
export class AppendWatch {
  readonly #log: MemoryLog;
  readonly #tally: Tally;
  readonly #fail: (what: string) => void;
  /** By topic and partition the values in the order of their numbers, from 1. */
  readonly #numbered = new Map<string, string[]>();
  readonly #letters = new Set<string>();
  readonly #logged = new Set<string>();

  constructor(log: MemoryLog, parts: { tally: Tally; fail: (what: string) => void }) {
    this.#log = log;
    this.#tally = parts.tally;
    this.#fail = parts.fail;
  }

  readonly append = (records: readonly OutgoingRecord[]): void => {
    for (const record of records) this.#look(record);
    this.#log.append(records);
  };

  trimmed(partition: number, entries: readonly OutboxEntry[]): void {
    for (const entry of entries) {
      if (this.isPublished(partition, entry)) continue;
      const { topic, seq } = entry;
      this.#fail(`partition ${partition} lost number ${seq} of ${topic}: trimmed, not published`);
    }
  }

  isPublished(partition: number, { topic, seq, key, value }: OutboxEntry): boolean {
    if (topic === TOPICS.deadLetters) return this.#letters.has(letterText(key, value));
    if (topic === TOPICS.customerLog) return this.#logged.has(textOf(value));
    return seq <= (this.#numbered.get(`${topic}:${partition}`)?.length ?? 0);
  }

  #look({ topic, partition, key, value, headers }: OutgoingRecord): void {
    if (topic === TOPICS.deadLetters) this.#letters.add(letterText(key, value));
    if (topic === TOPICS.customerLog) this.#logged.add(textOf(value));
    if (!isNumbered(topic)) return;
    const place = `${topic}:${partition}`;
    const known = this.#numbered.get(place) ?? [];
    this.#numbered.set(place, known);
    const seq = Number(textOf(headers['strata-seq'] ?? null).split('.')[1]);
    const text = textOf(value);
    if (seq <= known.length) {
      this.#tally.add('published again');
      if (known[seq - 1] !== text) this.#fail(`${place} number ${seq} came again with other bytes`);
    } else if (seq === known.length + 1) known.push(text);
    else this.#fail(`${place} goes on at number ${seq} after ${known.length}`);
  }
}

function isNumbered(topic: string): boolean {
  return topic === TOPICS.tierChanges || topic === TOPICS.tiers;
}

/** Of one letter there may be several, and the tombstone at its end. */
function letterText(key: Uint8Array | null, value: Uint8Array | null): string {
  return `${textOf(key)} ${value === null ? 'served' : textOf(value)}`;
}

function textOf(bytes: Uint8Array | null): string {
  return bytes === null
    ? ''
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

import { TOPICS, tierChangeFromWire, tierSnapshotFromWire } from '@strata/contracts';
import {
  freshnessOf,
  type OutboxEntry,
  type OutputNumber,
  outputNumberOf,
  type TopicRecord,
} from '@strata/pipeline';
import type { StackHandle } from '../stack/stack-handle.ts';
import { type Findings, found } from './finding.ts';
import { digestOf, type LogFold, NUMBERED_TOPICS } from './log-fold.ts';

/** An output leaves the outbox and is in the topic: looked at between the two it is in neither for so many looks at most. */
const LOOKS_MAX = 5;
const OUTBOX_READ = 1_000;

/** What lies in a topic of what one partition of the log gave. */
export interface TopicFigures {
  readonly topic: string;
  /** Different outputs up to the offset that is covered. */
  readonly outputs: number;
  /** Records under a number that was there before: readers drop them by the one rule. */
  readonly repeats: number;
  /** Still in the outbox. */
  readonly waiting: number;
}

/** Compares what the output topics say of a partition with what the fold says, number by number. */
export async function compareOutputs(
  fold: LogFold,
  stack: StackHandle,
  findings: Findings,
): Promise<readonly TopicFigures[]> {
  const figures: TopicFigures[] = [];
  for (const topic of NUMBERED_TOPICS) {
    const reading = new TopicReading(topic, fold, stack);
    figures.push(await reading.compare(findings));
  }
  return figures;
}

class TopicReading {
  readonly #topic: (typeof NUMBERED_TOPICS)[number];
  readonly #fold: LogFold;
  readonly #stack: StackHandle;
  readonly #digests: readonly (string | null)[];
  /** By customer the number of its last record in the topic. */
  readonly #newest = new Map<string, number>();
  #last: OutputNumber | null = null;
  #next: number | null = null;
  #outputs = 0;
  #repeats = 0;
  #gaps = 0;
  #differing = 0;
  #unknown = 0;

  constructor(topic: (typeof NUMBERED_TOPICS)[number], fold: LogFold, stack: StackHandle) {
    this.#topic = topic;
    this.#fold = fold;
    this.#stack = stack;
    this.#digests = fold.digests.get(topic) ?? [];
  }

  async compare(findings: Findings): Promise<TopicFigures> {
    const waiting = await this.#readToEnd();
    const { lastSeqs } = this.#fold;
    const reached = this.#last?.seq ?? 0;
    found(findings, 'outputs-missing', this.#digests.length - reached - waiting.length);
    // Compaction takes numbers away, never those of tier changes.
    if (this.#topic === TOPICS.tierChanges) found(findings, 'outputs-missing', this.#gaps);
    found(findings, 'outputs-different', this.#differing);
    found(findings, 'outputs-unknown', this.#unknown);
    if (this.#topic === TOPICS.tiers) {
      for (const [customerId, seq] of lastSeqs) {
        const newest = this.#newest.get(customerId);
        if (seq > reached) continue;
        // A tombstone may be gone as well, with all that was before it.
        const isGone = newest === undefined && this.#digests[seq - 1] === null;
        if (newest === undefined) found(findings, 'tiers-missing', isGone ? 0 : 1);
        else if (newest < seq) found(findings, 'tiers-stale');
      }
    }
    return {
      topic: this.#topic,
      outputs: Math.min(this.#outputs, this.#digests.length),
      repeats: this.#repeats,
      waiting: waiting.length,
    };
  }

  /** Up to where the topic and the outbox between them hold all that the fold gave. Answers what waits. */
  async #readToEnd(): Promise<readonly OutboxEntry[]> {
    let waiting: readonly OutboxEntry[] = [];
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      await this.#readOn();
      const reached = this.#last?.seq ?? 0;
      waiting = (await this.#outbox()).filter(
        ({ seq }) => seq > reached && seq <= this.#digests.length,
      );
      if (reached + waiting.length >= this.#digests.length) break;
    }
    for (const entry of waiting) this.#check(entry.seq, entry.value);
    return waiting;
  }

  async #readOn(): Promise<void> {
    const { reader, serdes } = this.#stack;
    const { partition } = this.#fold;
    const { start, end } = (await reader.bounds(this.#topic))[partition] ?? { start: 0, end: 0 };
    const offset = this.#next ?? start;
    if (offset >= end) return;
    const place = { topic: this.#topic, partition, offset };
    for await (const batch of reader.read(place, end)) {
      await serdes.prepare(batch);
      for (const record of batch) if (record.offset >= offset) this.#take(record);
    }
    this.#next = end;
  }

  #take(record: TopicRecord): void {
    const number = outputNumberOf(record);
    // What an earlier epoch said was compared, and put right, when this one began.
    if (number.epoch < this.#fold.epoch) return;
    if (record.key !== null) this.#newest.set(new TextDecoder().decode(record.key), number.seq);
    const freshness = freshnessOf(this.#last, number);
    if (freshness === 'repeat') {
      this.#repeats += 1;
      return;
    }
    const before = this.#last?.seq ?? 0;
    if (this.#last !== null || number.seq === 1) this.#gaps += number.seq - before - 1;
    this.#last = number;
    this.#outputs += 1;
    if (number.epoch > this.#fold.epoch) this.#unknown += 1;
    else this.#check(number.seq, record.value);
  }

  /** Numbers above the fold's were given after the offset that is covered. */
  #check(seq: number, value: Uint8Array | null): void {
    const wanted = this.#digests[seq - 1];
    if (wanted !== undefined && this.#digest(value) !== wanted) this.#differing += 1;
  }

  #digest(value: Uint8Array | null): string | null {
    if (value === null) return null;
    const { serdes } = this.#stack;
    return this.#topic === TOPICS.tierChanges
      ? digestOf(tierChangeFromWire(serdes.tierChanges.decode(value)))
      : digestOf(tierSnapshotFromWire(serdes.tiers.decode(value)));
  }

  async #outbox(): Promise<readonly OutboxEntry[]> {
    const { partition } = this.#fold;
    const entries: OutboxEntry[] = [];
    for (let afterPosition = 0; ; ) {
      const some = await this.#stack.store.outbox({ partition, afterPosition, limit: OUTBOX_READ });
      entries.push(...some.filter(({ topic }) => topic === this.#topic));
      afterPosition = some.at(-1)?.position ?? afterPosition;
      if (some.length < OUTBOX_READ) return entries;
    }
  }
}

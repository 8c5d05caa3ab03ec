import type { ServerResponse } from 'node:http';
import { TOPICS } from '@strata/contracts';
import { freshnessOf, type LogReader, StrataError, type TopicRecord } from '@strata/pipeline';
import { type ChangeFilter, isWanted } from './change-filter.ts';
import type { ChangeTail, TailRecord } from './change-tail.ts';
import { type PartitionPoint, type ResumePoint, resumePointText } from './resume-point.ts';

/** Why the console ended a stream; the last event of it says so. */
export const STREAM_ENDS = [
  'slow-reader',
  'stopping',
  'key-removed',
  'log-lost',
  'failed',
] as const;
export type StreamEnd = (typeof STREAM_ENDS)[number];

export interface ChangeStreamParts {
  readonly tail: ChangeTail;
  readonly log: Pick<LogReader, 'read'>;
  readonly response: ServerResponse;
  readonly filter: ChangeFilter;
  readonly from: ResumePoint;
  /** How long a reader may leave more unread than fits, in milliseconds. */
  readonly patienceMs: number;
}

/** Unsent bytes from which on the stream waits for its reader. */
const UNSENT_BYTES_MAX = 256 * 1024;
/** Records of one partition before the next one has its turn. */
const TURN_RECORDS = 200;
/** Told at the next quiet moment where nothing wanted came for so many records. */
const SILENT_RECORDS_MAX = 10_000;

/**
 * One stream of tier changes: each once, those of a partition in order, from a resume point on. What is not in memory any
 * more is read from the log. Every event carries the point behind it, which is all that a reader needs to go on.
 */
export class ChangeStream {
  readonly #parts: ChangeStreamParts;
  readonly #points: PartitionPoint[];
  readonly #unwatch: () => void;
  #wake: (() => void) | null = null;
  #onDrained: ((isDrained: boolean) => void) | null = null;
  #isAwake = true;
  #end: StreamEnd | null = null;
  #isGone = false;
  #silent = 0;

  constructor(parts: ChangeStreamParts) {
    this.#parts = parts;
    this.#points = [...parts.from];
    this.#unwatch = parts.tail.watch(() => this.#rouse());
    parts.response.on('close', () => {
      this.#isGone = true;
      this.#rouse();
      this.#onDrained?.(true);
    });
    parts.response.on('drain', () => this.#onDrained?.(true));
  }

  /** Until the reader goes away or the console ends it. Answers why it did, null where the reader went. */
  async run(): Promise<StreamEnd | null> {
    const { response } = this.#parts;
    response.write(`retry: 2000\n${this.#idLine()}\n`);
    try {
      while (this.#isOpen()) {
        this.#isAwake = false;
        for (let partition = 0; partition < this.#points.length && this.#isOpen(); partition += 1) {
          await this.#serve(partition);
        }
        if (this.#isOpen() && !this.#isAwake) await this.#sleep();
      }
    } catch (error) {
      if (!this.#isGone) this.#end = endOf(error);
      if (this.#end === 'failed') throw error;
    } finally {
      this.#unwatch();
      this.#sayEnd();
    }
    return this.#isGone ? null : this.#end;
  }

  /** A comment, so that nothing on the way takes a quiet stream for a dead one; with the point, where it moved silently. */
  heartbeat(): void {
    if (!this.#isOpen() || this.#parts.response.writableNeedDrain) return;
    const moved = this.#silent > 0 ? `${this.#idLine()}\n` : '';
    this.#silent = 0;
    this.#parts.response.write(`: heartbeat\n\n${moved}`);
  }

  end(why: StreamEnd): void {
    this.#end ??= why;
    this.#rouse();
  }

  #isOpen(): boolean {
    return !this.#isGone && this.#end === null;
  }

  async #serve(partition: number): Promise<void> {
    const { tail, log } = this.#parts;
    const point = this.#points[partition];
    // Taken before anything is awaited: what comes meanwhile is for the next turn.
    const end = tail.nextOf(partition);
    if (point === undefined || point.next >= end) return;
    if (point.next >= tail.startOf(partition)) {
      const records = tail.from(partition, point.next, TURN_RECORDS);
      await this.#tell(partition, records);
      const isTurnOver = records.length === TURN_RECORDS;
      if (isTurnOver) this.#isAwake = true;
      else if (this.#isOpen()) this.#moveTo(partition, end);
      return;
    }
    const place = { topic: TOPICS.tierChanges, partition, offset: point.next };
    const until = tail.startOf(partition);
    for await (const batch of log.read(place, until)) {
      await this.#tell(partition, await this.#readBatch(batch));
      if (!this.#isOpen()) return;
    }
    this.#moveTo(partition, until);
    this.#isAwake = true;
  }

  async #readBatch(batch: readonly TopicRecord[]): Promise<readonly TailRecord[]> {
    const { tail } = this.#parts;
    await tail.prepare(batch);
    return batch.map((record) => tail.read(record));
  }

  async #tell(partition: number, records: readonly TailRecord[]): Promise<void> {
    const { response, filter } = this.#parts;
    for (const { offset, number, told } of records) {
      if (!this.#isOpen()) return;
      const last = this.#points[partition]?.last ?? null;
      const isRepeat = freshnessOf(last, number) === 'repeat';
      this.#points[partition] = { next: offset + 1, last: isRepeat ? last : number };
      if (isRepeat || told === null || !isWanted(filter, told.filtered)) {
        this.#silent += 1;
        if (this.#silent >= SILENT_RECORDS_MAX) this.heartbeat();
        continue;
      }
      this.#silent = 0;
      // JSON has no line break, so one data line is enough.
      response.write(`event: ${told.event}\n${this.#idLine()}data: ${told.data}\n\n`);
      if (response.writableLength > UNSENT_BYTES_MAX) await this.#drained();
    }
  }

  /** Behind the last record: what lies between holds none. */
  #moveTo(partition: number, next: number): void {
    const point = this.#points[partition];
    if (point !== undefined && next > point.next) this.#points[partition] = { ...point, next };
  }

  #idLine(): string {
    return `id: ${resumePointText(this.#points)}\n`;
  }

  async #drained(): Promise<void> {
    const { patienceMs } = this.#parts;
    let timer: NodeJS.Timeout | undefined;
    const isDrained = await new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), patienceMs);
      this.#onDrained = resolve;
    });
    clearTimeout(timer);
    this.#onDrained = null;
    if (!isDrained) this.end('slow-reader');
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (!this.#isOpen() || this.#isAwake) this.#rouse();
    });
  }

  #rouse(): void {
    this.#isAwake = true;
    this.#wake?.();
    this.#wake = null;
  }

  /** A reader that does not read is told all the same, in what its connection still takes, and is then cut off. */
  #sayEnd(): void {
    const { response } = this.#parts;
    if (this.#isGone || this.#end === null) return;
    const data = JSON.stringify({ reason: this.#end });
    response.end(`event: end\n${this.#idLine()}data: ${data}\n\n`);
    const socket = response.socket;
    const timer = setTimeout(() => socket?.destroy(), 2_000);
    timer.unref();
    response.once('close', () => clearTimeout(timer));
  }
}

/** The log dropped what was still to be read, while it was read. */
function endOf(error: unknown): StreamEnd {
  const isLost = error instanceof StrataError && error.code === 'STRATA_LOG_OFFSET_OUT_OF_RANGE';
  return isLost ? 'log-lost' : 'failed';
}

import { clockControlToJson, eventToIntakeWire, identifiedEvent, TOPICS } from '@strata/contracts';
import { DAY_MS, type Instant } from '@strata/domain';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import type { StackHandle } from '../stack/stack-handle.ts';
import { type ImportPlan, importId, readTrail, trailHeaders } from './import-trail.ts';

/** One send: large enough to be cheap, small enough that progress is seen. */
const SEND_RECORDS = 1_000;

export interface PublishOptions extends ImportPlan {
  readonly onSent: (events: number) => void;
  readonly signal: AbortSignal;
}

export interface Published {
  readonly published: number;
  /** Events that an earlier, unfinished run of the same import had published. */
  readonly alreadyPublished: number;
}

type Target = Pick<StackHandle, 'reader' | 'writer' | 'serdes' | 'partitions' | 'identity'>;

/**
 * Publishes events to the intake in their order, each customer's in one partition. In data time every new day begins
 * with a clock mark in every partition, behind the events before it, so that those who stopped buying are settled on
 * the way; the last mark stands at the end of everything. What an unfinished run has published is left out.
 */
export async function publishEvents(stack: Target, options: PublishOptions): Promise<Published> {
  const { events, endMark, onSent, signal } = options;
  const sender = await TrailedSender.open(stack, options);
  let day = events[0] === undefined ? 0 : dayOf(events[0].occurredAt);
  for (const given of events) {
    const event = identifiedEvent(given, stack.identity);
    const eventDay = dayOf(event.occurredAt);
    if (endMark !== null && eventDay > day) {
      day = eventDay;
      sender.mark(day * DAY_MS);
    }
    const key = encoder.encode(event.customerId);
    sender.event(key, () => stack.serdes.intake.encode(eventToIntakeWire(event)));
    if (sender.isFull) {
      signal.throwIfAborted();
      onSent(await sender.flush());
    }
  }
  if (endMark !== null) sender.mark(endMark);
  signal.throwIfAborted();
  onSent(await sender.flush());
  const { alreadyPublished } = sender;
  return { published: events.length - alreadyPublished, alreadyPublished };
}

/** Counts events and marks alike, so that each has its place in the import, whichever partitions it goes to. */
class TrailedSender {
  alreadyPublished = 0;
  readonly #stack: Target;
  readonly #id: string;
  /** The last place that lies in each partition. */
  readonly #done: readonly number[];
  #place = 0;
  #pending: OutgoingRecord[] = [];
  #pendingEvents = 0;

  private constructor(stack: Target, id: string, done: readonly number[]) {
    this.#stack = stack;
    this.#id = id;
    this.#done = done;
  }

  static async open(stack: Target, plan: ImportPlan): Promise<TrailedSender> {
    const id = importId(plan);
    const found = await readTrail(stack, id);
    // An import that came to its end is asked for once more on purpose: what the fold refused then may be taken now.
    const isFinished = endOf(found, plan) === lastPlaceOf(plan);
    return new TrailedSender(stack, id, isFinished ? found.map(() => -1) : found);
  }

  get isFull(): boolean {
    return this.#pending.length >= SEND_RECORDS || this.#pendingEvents >= SEND_RECORDS;
  }

  event(key: Uint8Array, encode: () => Uint8Array): void {
    const partition = partitionFor(key, this.#stack.partitions);
    this.#pendingEvents += 1;
    if (this.#isDone(partition)) this.alreadyPublished += 1;
    else this.#add({ partition, key, value: encode(), headers: {} });
    this.#place += 1;
  }

  mark(at: Instant): void {
    const value = encoder.encode(JSON.stringify(clockControlToJson({ kind: 'clock', at })));
    const headers = { 'content-type': encoder.encode('application/json') };
    for (let partition = 0; partition < this.#stack.partitions; partition += 1) {
      if (!this.#isDone(partition)) this.#add({ partition, key: null, value, headers });
    }
    this.#place += 1;
  }

  /** How many events went out, or lay there already. */
  async flush(): Promise<number> {
    const records = this.#pending;
    const events = this.#pendingEvents;
    this.#pending = [];
    this.#pendingEvents = 0;
    if (records.length > 0) await this.#stack.writer.send(records);
    return events;
  }

  #isDone(partition: number): boolean {
    return this.#place <= (this.#done[partition] ?? -1);
  }

  #add(record: Omit<OutgoingRecord, 'topic'>): void {
    const headers = { ...record.headers, ...trailHeaders(this.#id, this.#place) };
    this.#pending.push({ ...record, topic: TOPICS.events, headers });
  }
}

const encoder = new TextEncoder();

/** The last mark lies in every partition once an import has ended; without marks its last event lies in one. */
function endOf(found: readonly number[], { endMark }: ImportPlan): number {
  return endMark === null ? Math.max(...found) : Math.min(...found);
}

/** The place of the last record: events, a mark before each new day, and the one at the end. */
function lastPlaceOf({ events, endMark }: ImportPlan): number {
  if (endMark === null) return events.length - 1;
  const days = new Set(events.map(({ occurredAt }) => dayOf(occurredAt)));
  return events.length + Math.max(0, days.size - 1);
}

function dayOf(at: Instant): number {
  return Math.floor(at / DAY_MS);
}

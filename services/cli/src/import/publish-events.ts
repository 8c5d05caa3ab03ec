import { clockControlToJson, eventToIntakeWire, identifiedEvent, TOPICS } from '@strata/contracts';
import { type CustomerEvent, DAY_MS, type Instant } from '@strata/domain';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import type { StackHandle } from '../stack/stack-handle.ts';

/** One send: large enough to be cheap, small enough that progress is seen. */
const SEND_RECORDS = 1_000;

export interface PublishOptions {
  /** In the order of time. */
  readonly events: readonly CustomerEvent[];
  /** The clock is moved to here at the end; null in wall time, where the clock moves by itself. */
  readonly endMark: Instant | null;
  readonly onSent: (events: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Publishes events to the intake in their order, each customer's in one partition. In data time every new day begins
 * with a clock mark in every partition, behind the events before it, so that those who stopped buying are settled on
 * the way; the last mark stands at the end of everything.
 */
export async function publishEvents(
  stack: Pick<StackHandle, 'writer' | 'serdes' | 'partitions' | 'identity'>,
  options: PublishOptions,
): Promise<void> {
  const { events, endMark, onSent, signal } = options;
  const encoder = new TextEncoder();
  let pending: OutgoingRecord[] = [];
  let pendingEvents = 0;
  let day = events[0] === undefined ? 0 : dayOf(events[0].occurredAt);
  const flush = async (): Promise<void> => {
    signal.throwIfAborted();
    const records = pending;
    const count = pendingEvents;
    pending = [];
    pendingEvents = 0;
    await stack.writer.send(records);
    onSent(count);
  };
  for (const given of events) {
    const event = identifiedEvent(given, stack.identity);
    const eventDay = dayOf(event.occurredAt);
    if (endMark !== null && eventDay > day) {
      day = eventDay;
      pending.push(...marksAt(stack.partitions, day * DAY_MS));
    }
    const key = encoder.encode(event.customerId);
    pending.push({
      topic: TOPICS.events,
      partition: partitionFor(key, stack.partitions),
      key,
      value: stack.serdes.intake.encode(eventToIntakeWire(event)),
      headers: {},
    });
    pendingEvents++;
    if (pending.length >= SEND_RECORDS) await flush();
  }
  if (endMark !== null) pending.push(...marksAt(stack.partitions, endMark));
  if (pending.length > 0) await flush();
}

function dayOf(at: Instant): number {
  return Math.floor(at / DAY_MS);
}

function marksAt(partitions: number, at: Instant): readonly OutgoingRecord[] {
  const value = new TextEncoder().encode(JSON.stringify(clockControlToJson({ kind: 'clock', at })));
  const headers = { 'content-type': new TextEncoder().encode('application/json') };
  return Array.from({ length: partitions }, (_, partition) => ({
    topic: TOPICS.events,
    partition,
    key: null,
    value,
    headers,
  }));
}

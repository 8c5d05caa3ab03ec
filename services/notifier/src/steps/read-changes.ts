import { retiredReasonOf, type TierChangeEvent } from '@strata/contracts';
import {
  type DeliveryJob,
  freshnessOf,
  outputNumberOf,
  SerdeFault,
  type TopicRecord,
} from '@strata/pipeline';
import type { ReadingPlace } from '../backlogs.ts';

/** What records of the topic come to. `fault`: the record behind `place` cannot be read. */
export interface ReadChanges {
  readonly jobs: readonly DeliveryJob[];
  /** Customers who were erased, and where it says so: what is in the queue about them goes. */
  readonly erased: readonly { readonly customerId: string; readonly offset: number }[];
  readonly place: ReadingPlace;
  readonly fault: Error | null;
}

/** What is told while reading, for counters and logs. */
export interface ReadingWatch {
  repeat(): void;
  gap(record: TopicRecord, missing: number): void;
}

/**
 * Records of one partition into deliveries. A record whose number is not above the last is a repeat. The records before
 * an unreadable one are not held up by it.
 */
export function readChanges(
  records: readonly TopicRecord[],
  from: ReadingPlace,
  work: {
    readonly decode: (value: Uint8Array) => TierChangeEvent;
    readonly deliveriesOf: (change: TierChangeEvent, record: TopicRecord) => readonly DeliveryJob[];
    readonly watch: ReadingWatch;
  },
): ReadChanges {
  let { number } = from;
  let { offset } = from;
  let jobs: DeliveryJob[] = [];
  const erased: { customerId: string; offset: number }[] = [];
  let fault: Error | null = null;
  for (const record of records) {
    try {
      const next = outputNumberOf(record);
      const freshness = freshnessOf(number, next);
      if (freshness === 'repeat') {
        work.watch.repeat();
        offset = record.offset + 1;
        continue;
      }
      if (freshness === 'gap') work.watch.gap(record, next.seq - (number?.seq ?? 0) - 1);
      if (record.value === null) {
        const customerId = erasedBy(record);
        // Not added and then removed: a worker would be faster. What comes behind is of another life.
        jobs = jobs.filter(({ subject }) => subject !== customerId);
        if (customerId !== null) erased.push({ customerId, offset: record.offset });
      } else {
        jobs.push(...work.deliveriesOf(work.decode(record.value), record));
      }
      number = next;
      offset = record.offset + 1;
    } catch (error) {
      fault = error instanceof Error ? error : new Error(String(error));
      break;
    }
  }
  return { jobs, erased, place: { offset, number }, fault };
}

/** Who is erased, null for whoever is gone for another reason. @throws SerdeFault for a record that says nothing. */
export function erasedBy(record: TopicRecord): string | null {
  const reason = retiredReasonOf(record);
  if (reason === null) throw new SerdeFault('malformed', 'The record has no value.');
  return reason === 'erased' ? Buffer.from(record.key ?? []).toString() : null;
}

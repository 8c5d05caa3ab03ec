import { isTakenBy, TOPICS } from '@strata/contracts';
import { customersOf, type LogRecord, type TimeMode } from '@strata/domain';
import { partitionFor, type TopicPartition } from '@strata/pipeline';
import { type Refused, refused } from '../outcome.ts';
import type { Valid } from './validate.ts';

export interface Routed {
  readonly kind: 'routed';
  readonly partition: number;
  readonly key: Uint8Array | null;
  readonly record: LogRecord;
}

/**
 * An event goes to the partition of its customer, whatever its key was: producers key by order or
 * ticket, too, and the customer in the value is what counts. One place is stricter. In data time a
 * clock mark must not overtake the events sent before it, so events beside clock marks have to lie
 * in their customer's partition already: another key than the customer's has put this one
 * elsewhere, and a mark there says nothing about it. What is redriven comes behind the marks of its
 * day in any case.
 */
export function route(
  { content, schemaId }: Valid,
  from: TopicPartition,
  stack: {
    readonly timeMode: TimeMode;
    readonly partitions: number;
    readonly isRedriven: boolean;
  },
): Routed | Refused {
  if (content.kind === 'clock' || content.kind === 'went-live') {
    return { kind: 'routed', partition: from.partition, key: null, record: content };
  }
  const isEvent = content.kind === 'event';
  // One and no more: the customer of an event or an override, the survivor of a merge.
  const [customerId = ''] = customersOf(content);
  const type = isEvent ? content.event.type : content.kind;
  if (isEvent && !isTakenBy(from.topic, content.event.type)) {
    return refused('wrong-topic', { schemaId, type });
  }
  const key = Buffer.from(customerId);
  const partition = partitionFor(key, stack.partitions);
  if (stack.timeMode === 'wall') return { kind: 'routed', partition, key, record: content };
  const isElsewhere = from.topic === TOPICS.events && from.partition !== partition;
  if (isElsewhere && !stack.isRedriven) {
    return refused('wrong-key', { schemaId, type });
  }
  const record: LogRecord = isEvent ? { ...content, clockAt: content.event.occurredAt } : content;
  return { kind: 'routed', partition, key, record };
}

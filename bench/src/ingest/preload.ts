import { eventToIntakeJson, eventToIntakeWire, TOPICS } from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import type { KafkaLogWriter } from '@strata/kafka';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';

const CUSTOMERS = 50_000;
const SEND_RECORDS = 5_000;
const FIRST_AT = Date.parse('2026-01-02T03:04:05.678Z');
/** One in so many events takes part of an order back. */
const REFUND_EVERY = 10;

/** The two forms of the intake, each in a topic of its own. */
export const INPUTS = [
  { form: 'JSON', topic: TOPICS.purchases },
  { form: 'Avro', topic: TOPICS.events },
] as const;
export type Input = (typeof INPUTS)[number];

/** Writes the same events in both forms, keyed by customer as producers key them. */
export async function preload(
  writer: KafkaLogWriter,
  wanted: {
    readonly records: number;
    readonly partitions: number;
    readonly serdes: (topic: string) => TopicSerde;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { records, partitions, serdes, signal } = wanted;
  for (const { form, topic } of INPUTS) {
    const serde = serdes(topic);
    const bytesOf = (event: CustomerEvent): Uint8Array =>
      form === 'Avro'
        ? serde.encode(eventToIntakeWire(event))
        : Buffer.from(JSON.stringify(eventToIntakeJson(event)));
    for (let from = 0; from < records; from += SEND_RECORDS) {
      signal.throwIfAborted();
      const count = Math.min(SEND_RECORDS, records - from);
      const events = Array.from({ length: count }, (_, index) => eventOf(from + index));
      await writer.send(
        events.map((event): OutgoingRecord => {
          const key = Buffer.from(event.customerId);
          const partition = partitionFor(key, partitions);
          return { topic, partition, key, value: bytesOf(event), headers: {} };
        }),
      );
    }
  }
}

/** Scattered over the customers, and the same in every run. */
function eventOf(index: number): CustomerEvent {
  const customerId = `customer-${(index * 7_919) % CUSTOMERS}`;
  const base = {
    source: 'shop',
    eventId: `event-${index}`,
    customerId,
    occurredAt: FIRST_AT + index * 1_000,
    channel: 'online',
    orderSource: 'shop',
  };
  const amount = { minor: 100 + ((index * 37) % 90_000), currency: 'CNY' };
  if (index % REFUND_EVERY === 0) {
    return { type: 'refund', ...base, orderId: `order-${Math.max(0, index - 1)}`, amount };
  }
  return { type: 'purchase', ...base, orderId: `order-${index}`, amount, category: 'tea' };
}

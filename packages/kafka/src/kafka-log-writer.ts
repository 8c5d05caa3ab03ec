import type { Logger, LogWriter, OutgoingRecord } from '@strata/pipeline';
import {
  assert,
  isProgrammerFault,
  StrataError,
  silentLogger,
  topicUnknown,
} from '@strata/pipeline';
import type { Message, Producer, TopicMessages } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { KafkaSettings } from './kafka-connection.ts';
import { clientConfig } from './kafka-connection.ts';
import { kafkaErrorType, rootCause } from './kafka-fault.ts';
import { produceRequests, type TopicRequest } from './produce-requests.ts';

const COMPRESSIONS = {
  none: kafkajs.CompressionTypes.None,
  gzip: kafkajs.CompressionTypes.GZIP,
  zstd: kafkajs.CompressionTypes.ZSTD,
} as const;

const REQUEST_TIMEOUT_MS = 30_000;

export interface KafkaLogWriterOptions {
  readonly logger?: Logger;
  /** Default none: small batches gain little, and the CPU is spent twice. */
  readonly compression?: keyof typeof COMPRESSIONS;
}

/**
 * `LogWriter` on Kafka: one idempotent producer, one request in flight, acknowledged by every replica. After any
 * error the producer is thrown away, because kafkajs may hand out a sequence number a second time.
 */
export class KafkaLogWriter implements LogWriter {
  readonly #kafka: kafkajs.Kafka;
  readonly #logger: Logger;
  readonly #compression: kafkajs.CompressionTypes;
  #producer: Producer | undefined;
  #isSending = false;

  constructor(settings: KafkaSettings, options: KafkaLogWriterOptions = {}) {
    this.#logger = options.logger ?? silentLogger;
    this.#kafka = new kafkajs.Kafka(clientConfig(settings, this.#logger));
    this.#compression = COMPRESSIONS[options.compression ?? 'none'];
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    assert(!this.#isSending, 'a log writer sends once at a time: await the send before');
    if (records.length === 0) return;
    this.#isSending = true;
    try {
      const producer = await this.#connected();
      for (const request of produceRequests(records)) await this.#produce(producer, request);
    } catch (error) {
      await this.#discard();
      throw sendFault(error, records);
    } finally {
      this.#isSending = false;
    }
  }

  async close(): Promise<void> {
    assert(!this.#isSending, 'a log writer is closed after its last send has ended');
    await this.#discard();
  }

  async #produce(producer: Producer, request: readonly TopicRequest[]): Promise<void> {
    const topicMessages: TopicMessages[] = request.map(({ topic, records }) => ({
      topic,
      messages: records.map(toMessage),
    }));
    const acknowledged = await producer.sendBatch({
      acks: -1,
      timeout: REQUEST_TIMEOUT_MS,
      compression: this.#compression,
      topicMessages,
    });
    // kafkajs leaves out records for a partition that does not exist, without an error.
    const places = new Set(acknowledged.map((one) => `${one.topicName}:${one.partition}`));
    for (const { topic, batches } of request) {
      for (const partition of batches.keys()) {
        if (!places.has(`${topic}:${partition}`)) throw topicUnknown(topic, partition);
      }
    }
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer;
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition as number,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    this.#producer = producer;
    await producer.connect();
    return producer;
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    try {
      await producer?.disconnect();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.debug({ component: 'log writer', reason }, 'a discarded producer did not close');
    }
  }
}

function toMessage({ partition, key, value, headers }: OutgoingRecord): Message {
  const message: Message = { partition, key: asBuffer(key), value: asBuffer(value) };
  for (const name in headers) {
    message.headers ??= {};
    message.headers[name] = asBuffer(headers[name] ?? null) ?? Buffer.alloc(0);
  }
  return message;
}

/** kafkajs would write any bytes that are no Buffer as their text. */
function asBuffer(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null || Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sendFault(error: unknown, records: readonly OutgoingRecord[]): unknown {
  const root = rootCause(error);
  if (root instanceof StrataError || isProgrammerFault(root)) return root;
  if (kafkaErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return topicUnknown([...new Set(records.map(({ topic }) => topic))].join(' or '));
  }
  const reason = root instanceof Error ? root.message : String(root);
  if (['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes(kafkaErrorType(error) ?? '')) {
    return new StrataError(
      'STRATA_LOG_RECORD_TOO_LARGE',
      `A record is larger than its topic takes (${reason}). Raise max.message.bytes of the topic, or shorten the record.`,
      { cause: error },
    );
  }
  return new StrataError(
    'STRATA_LOG_SEND_FAILED',
    `Records could not be appended (${reason}); some of them may lie in the log. The next send uses a new producer.`,
    { isRetryable: true, cause: error },
  );
}

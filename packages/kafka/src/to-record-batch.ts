import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordBatch, TopicRecord } from '@strata/pipeline';
import type { EachBatchPayload, IHeaders, KafkaMessage } from 'kafkajs';

const NO_HEADERS: Readonly<Record<string, Uint8Array>> = Object.freeze({});

interface BatchView {
  /** Records below it are dropped. */
  readonly from: number;
  readonly isOwned: () => boolean;
  readonly onHeartbeat: () => void;
  /** Where a heartbeat that found the membership lost leaves its error, for kafkajs to see after the handler. */
  readonly loss: { error?: Error };
}

/** A batch of kafkajs as the port shows it. */
export function toRecordBatch(payload: EachBatchPayload, view: BatchView): RecordBatch {
  const { batch } = payload;
  const { topic, partition } = batch;
  const records: TopicRecord[] = [];
  for (const message of batch.messages) {
    const record = toRecord(topic, partition, message);
    if (record.offset >= view.from) records.push(record);
  }
  return {
    topic,
    partition,
    records,
    nextOffset: Number(batch.lastOffset()) + 1,
    logEnd: Number(batch.highWatermark),
    isOwned: view.isOwned,
    heartbeat: async () => {
      // A handler that asks in a loop must still let the heartbeat's answer in.
      await nextTurn();
      view.onHeartbeat();
      if (view.loss.error !== undefined) return;
      try {
        await payload.heartbeat();
      } catch (error) {
        view.loss.error = error as Error;
      }
    },
  };
}

function toRecord(topic: string, partition: number, message: KafkaMessage): TopicRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    appendedAt: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: toHeaders(message.headers),
  };
}

function toHeaders(headers: IHeaders | undefined): Readonly<Record<string, Uint8Array>> {
  let found: Record<string, Uint8Array> | undefined;
  for (const name in headers) {
    const given = headers[name];
    // Of a repeated name the last one holds.
    const last = Array.isArray(given) ? given.at(-1) : given;
    found ??= {};
    found[name] = typeof last === 'string' ? Buffer.from(last) : (last ?? Buffer.alloc(0));
  }
  return found ?? NO_HEADERS;
}

import type { TopicRecord } from '@strata/pipeline';
import { StrataError } from '@strata/pipeline';
import compression from 'kafkajs/src/protocol/message/compression/index.js';
import { ByteCursor } from './byte-cursor.ts';
import { decodeRecords } from './record-decoder.ts';

/** What one partition answered to a fetch. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  /** Where readers of committed records have to stop for now. */
  readonly lastStableOffset: number;
  /** Committed records of whole batches: the first ones may lie below the offset asked for. */
  readonly records: TopicRecord[];
  /** Behind the last batch, whether or not it holds records; -1 when no batch came. */
  readonly nextOffset: number;
}

export interface FetchResponse {
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly partitions: FetchedPartition[];
}

const RECORD_BATCH_MAGIC = 2;
const LOG_APPEND_TIME_FLAG = 0x08;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;
const COMPRESSION_MASK = 0x07;
const ABORT_MARKER = 0;

/**
 * Decodes a fetch response of version 11 down to records. kafkajs decodes the same bytes but forgets the batch
 * headers, and without them a reader cannot get past batches that compaction has emptied.
 */
export async function decodeFetchResponse(raw: Buffer): Promise<FetchResponse> {
  const cursor = new ByteCursor(raw);
  const clientSideThrottleTime = cursor.int32();
  const errorCode = cursor.int16();
  cursor.skip(4);
  const partitions: FetchedPartition[] = [];
  for (let topics = cursor.int32(); topics > 0; topics -= 1) {
    const topic = cursor.string();
    for (let count = cursor.int32(); count > 0; count -= 1) {
      partitions.push(await decodePartition(cursor, topic));
    }
  }
  return { clientSideThrottleTime, errorCode, partitions };
}

interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}

async function decodePartition(cursor: ByteCursor, topic: string): Promise<FetchedPartition> {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  const highWatermark = cursor.int64();
  const lastStableOffset = cursor.int64();
  cursor.skip(8);
  const aborted: Aborted[] = [];
  for (let count = cursor.int32(); count > 0; count -= 1) {
    aborted.push({ producerId: cursor.int64(), firstOffset: cursor.int64() });
  }
  cursor.skip(4);
  const batches = cursor.bytes(Math.max(0, cursor.int32()));
  const { records, nextOffset } = await decodeBatches(batches, { topic, partition, aborted });
  return { topic, partition, errorCode, highWatermark, lastStableOffset, records, nextOffset };
}

async function decodeBatches(
  bytes: Buffer,
  from: { topic: string; partition: number; aborted: readonly Aborted[] },
): Promise<{ records: TopicRecord[]; nextOffset: number }> {
  const cursor = new ByteCursor(bytes);
  const waiting = [...from.aborted].sort((left, right) => left.firstOffset - right.firstOffset);
  const abortedNow = new Set<number>();
  const records: TopicRecord[] = [];
  let nextOffset = -1;
  while (cursor.remaining >= 12) {
    const baseOffset = cursor.int64();
    const length = cursor.int32();
    // The broker cuts the last batch of an answer at the size limit: it comes whole next time.
    if (cursor.remaining < length) break;
    const batch = batchHeader(new ByteCursor(cursor.bytes(length)), { ...from, baseOffset });
    while (waiting[0] !== undefined && waiting[0].firstOffset <= batch.lastOffset) {
      abortedNow.add((waiting.shift() as Aborted).producerId);
    }
    nextOffset = batch.lastOffset + 1;
    if (batch.isControl) {
      if (batch.count > 0 && (await markerType(batch.body)) === ABORT_MARKER) {
        abortedNow.delete(batch.producerId);
      }
    } else if (!(batch.isTransactional && abortedNow.has(batch.producerId))) {
      const body = await decompressed(batch.attributes, batch.body);
      decodeRecords(new ByteCursor(body), { ...batch, ...from }, records);
    }
  }
  return { records, nextOffset };
}

function batchHeader(
  cursor: ByteCursor,
  from: { topic: string; partition: number; baseOffset: number },
) {
  cursor.skip(4);
  const magic = cursor.int8();
  if (magic !== RECORD_BATCH_MAGIC) {
    throw new StrataError(
      'STRATA_KAFKA_FORMAT_UNKNOWN',
      `${from.topic} partition ${from.partition} holds a batch of message format ${magic} at offset ${from.baseOffset}; only format 2 (Kafka 0.11 and later) is read. Copy the records to a new topic.`,
    );
  }
  cursor.skip(4);
  const attributes = cursor.int16();
  const lastOffset = from.baseOffset + cursor.int32();
  const firstTimestamp = cursor.int64();
  const maxTimestamp = cursor.int64();
  const producerId = cursor.int64();
  cursor.skip(6);
  const count = cursor.int32();
  return {
    baseOffset: from.baseOffset,
    lastOffset,
    attributes,
    isControl: (attributes & CONTROL_FLAG) !== 0,
    isTransactional: (attributes & TRANSACTIONAL_FLAG) !== 0,
    firstTimestamp,
    /** Set where the broker stamped the batch: then every record of it has this one time. */
    appendTime: (attributes & LOG_APPEND_TIME_FLAG) === 0 ? undefined : maxTimestamp,
    producerId,
    count,
    body: cursor.rest(),
  };
}

/** The key of a marker is its version and its type, two bytes each; markers are never compressed. */
async function markerType(body: Buffer): Promise<number> {
  const cursor = new ByteCursor(body);
  cursor.varint();
  cursor.skip(1);
  cursor.varint();
  cursor.varint();
  cursor.varint();
  cursor.skip(2);
  return cursor.int16();
}

async function decompressed(attributes: number, body: Buffer): Promise<Buffer> {
  if ((attributes & COMPRESSION_MASK) === 0) return body;
  const codec = compression.lookupCodecByAttributes(attributes);
  if (codec === null) {
    throw new StrataError(
      'STRATA_KAFKA_FORMAT_UNKNOWN',
      `A batch is compressed with codec ${attributes & COMPRESSION_MASK}, which is not known. Use zstd, gzip or none.`,
    );
  }
  return codec.decompress(body);
}

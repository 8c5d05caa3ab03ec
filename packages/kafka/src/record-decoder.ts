import type { TopicRecord } from '@strata/pipeline';
import type { ByteCursor } from './byte-cursor.ts';

const NO_HEADERS: Readonly<Record<string, Uint8Array>> = Object.freeze({});
const NO_BYTES = new Uint8Array();

interface BatchFrame {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: number;
  readonly firstTimestamp: number;
  readonly appendTime: number | undefined;
  readonly count: number;
}

/** Appends the records of one decompressed batch. Keys and values are slices of the fetched buffer. */
export function decodeRecords(cursor: ByteCursor, batch: BatchFrame, records: TopicRecord[]): void {
  const { topic, partition, baseOffset, firstTimestamp, appendTime } = batch;
  for (let index = 0; index < batch.count; index += 1) {
    cursor.varint();
    cursor.skip(1);
    const createdAt = firstTimestamp + cursor.varint();
    const offset = baseOffset + cursor.varint();
    const key = cursor.varBytes();
    const value = cursor.varBytes();
    const headers = decodeHeaders(cursor);
    const appendedAt = appendTime ?? createdAt;
    records.push({ topic, partition, offset, appendedAt, key, value, headers });
  }
}

function decodeHeaders(cursor: ByteCursor): Readonly<Record<string, Uint8Array>> {
  const count = cursor.varint();
  if (count === 0) return NO_HEADERS;
  const headers: Record<string, Uint8Array> = {};
  for (let index = 0; index < count; index += 1) {
    const name = cursor.varBytes()?.toString() ?? '';
    // Of a repeated name the last one holds.
    headers[name] = cursor.varBytes() ?? NO_BYTES;
  }
  return headers;
}

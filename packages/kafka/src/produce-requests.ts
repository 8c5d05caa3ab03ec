import type { OutgoingRecord } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';

/** A broker takes 1,048,588 bytes a batch by default, and a request holds one batch for each partition. */
const BATCH_BYTES_MAX = 900_000;
/** kafkajs copies the list of a partition once for each record of it: longer lists cost more than round trips. */
const BATCH_RECORDS_MAX = 500;
const REQUEST_BYTES_MAX = 8 * 1_048_576;
/** Lengths, deltas and batch header, rounded up. */
const RECORD_OVERHEAD_BYTES = 32;

/** Splits records into requests that brokers take, by topic, in order within each partition. */
export function* produceRequests(
  records: readonly OutgoingRecord[],
): Generator<Map<string, OutgoingRecord[]>> {
  let request = new Map<string, OutgoingRecord[]>();
  let batches = new Map<string, { bytes: number; records: number }>();
  let requestBytes = 0;
  for (const record of records) {
    const bytes = sizeOf(record);
    const batch = batches.get(tpKey(record)) ?? { bytes: 0, records: 0 };
    const isFull =
      batch.records >= BATCH_RECORDS_MAX ||
      (batch.records > 0 && batch.bytes + bytes > BATCH_BYTES_MAX) ||
      (requestBytes > 0 && requestBytes + bytes > REQUEST_BYTES_MAX);
    if (isFull) {
      yield request;
      request = new Map();
      batches = new Map();
      requestBytes = 0;
    }
    const open = isFull ? { bytes: 0, records: 0 } : batch;
    batches.set(tpKey(record), { bytes: open.bytes + bytes, records: open.records + 1 });
    requestBytes += bytes;
    const ofTopic = request.get(record.topic);
    if (ofTopic === undefined) request.set(record.topic, [record]);
    else ofTopic.push(record);
  }
  if (request.size > 0) yield request;
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += 3 * name.length + 8 + (headers[name]?.length ?? 0);
  return bytes;
}

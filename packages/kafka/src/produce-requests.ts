import type { OutgoingRecord } from '@strata/pipeline';

/** A broker takes 1,048,588 bytes a batch by default, and a request holds one batch for each partition. */
const BATCH_BYTES_MAX = 900_000;
/** kafkajs copies the list of a partition once for each record of it: longer lists cost more than round trips. */
const BATCH_RECORDS_MAX = 500;
const REQUEST_BYTES_MAX = 8 * 1_048_576;
/** Lengths, deltas and batch header, rounded up. */
const RECORD_OVERHEAD_BYTES = 32;

/** What goes to one topic in one request. */
export interface TopicRequest {
  readonly topic: string;
  readonly records: OutgoingRecord[];
  /** By partition, what its batch holds. */
  readonly batches: Map<number, { bytes: number; records: number }>;
}

/** Splits records into requests that brokers take, by topic, in order within each partition. */
export function* produceRequests(
  records: readonly OutgoingRecord[],
): Generator<readonly TopicRequest[]> {
  let request = new Map<string, TopicRequest>();
  let requestBytes = 0;
  for (const record of records) {
    const bytes = sizeOf(record);
    const batch = request.get(record.topic)?.batches.get(record.partition);
    const isFull =
      (requestBytes > 0 && requestBytes + bytes > REQUEST_BYTES_MAX) ||
      (batch !== undefined &&
        (batch.records >= BATCH_RECORDS_MAX || batch.bytes + bytes > BATCH_BYTES_MAX));
    if (isFull) {
      yield [...request.values()];
      request = new Map();
      requestBytes = 0;
    }
    add(request, record, bytes);
    requestBytes += bytes;
  }
  if (request.size > 0) yield [...request.values()];
}

function add(request: Map<string, TopicRequest>, record: OutgoingRecord, bytes: number): void {
  const { topic, partition } = record;
  let ofTopic = request.get(topic);
  if (ofTopic === undefined) {
    ofTopic = { topic, records: [], batches: new Map() };
    request.set(topic, ofTopic);
  }
  ofTopic.records.push(record);
  const batch = ofTopic.batches.get(partition);
  if (batch === undefined) ofTopic.batches.set(partition, { bytes, records: 1 });
  else {
    batch.bytes += bytes;
    batch.records += 1;
  }
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += 3 * name.length + 8 + (headers[name]?.length ?? 0);
  return bytes;
}

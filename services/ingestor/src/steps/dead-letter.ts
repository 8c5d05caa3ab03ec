import {
  type DeadLetter,
  deadLetterToWire,
  type LetterSubject,
  letterStanding,
  letterSubjectHeaders,
  packOriginal,
  type RedriveSlip,
  TOPICS,
  tellableName,
  traceHeader,
  traceparentOf,
  type WireRecord,
  withoutRedriveHeader,
} from '@strata/contracts';
import { type OutgoingRecord, partitionFor, type Serde, type TopicRecord } from '@strata/pipeline';
import type { Refused } from '../outcome.ts';

/**
 * Packed and sealed this still fits the largest message of the topic. A compressed record can be
 * larger than that.
 */
const ORIGINAL_BYTES_MAX = 4_194_304;

/**
 * The letter of a record: what may be told in the open, the whole original sealed. The same record,
 * read again, has the same id; one that was redriven replaces the letter it was.
 */
export function deadLetter(
  record: TopicRecord,
  why: Refused,
  to: {
    readonly seal: (bytes: Uint8Array) => Uint8Array;
    readonly serde: Serde<WireRecord>;
    readonly partitions: number;
    readonly redrivesMax: number;
    readonly subject: LetterSubject;
    readonly source: string | null;
    readonly slip: RedriveSlip | null;
  },
): OutgoingRecord {
  const { topic, partition, offset, key, value } = record;
  const headers = withoutRedriveHeader(record.headers);
  const fresh = { id: `${topic}.${partition}.${offset}`, seenAt: record.appendedAt };
  const letter: DeadLetter = {
    ...letterStanding(fresh, to.slip, to.redrivesMax),
    topic,
    partition,
    offset,
    reason: why.reason,
    detail: why.field === null ? null : tellableName(why.field),
    schemaId: why.schemaId,
    source: to.source,
    type: why.type,
    sizeBytes: value?.length ?? 0,
    sealed: to.seal(
      packOriginal({ key, value: value?.subarray(0, ORIGINAL_BYTES_MAX) ?? null, headers }),
    ),
  };
  const traceparent = traceparentOf(record.headers);
  const subject = letterSubjectHeaders(to.subject);
  const id = new TextEncoder().encode(letter.id);
  return {
    topic: TOPICS.deadLetters,
    partition: partitionFor(id, to.partitions),
    key: id,
    value: to.serde.encode(deadLetterToWire(letter)),
    headers: traceparent === null ? subject : { ...subject, ...traceHeader(traceparent) },
  };
}

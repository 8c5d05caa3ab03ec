import {
  type DeadLetter,
  deadLetterToWire,
  type LetterSubject,
  letterSubjectHeaders,
  packOriginal,
  TOPICS,
  tellableName,
  type WireRecord,
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
 * read again, has the same id.
 */
export function deadLetter(
  record: TopicRecord,
  why: Refused,
  to: {
    readonly seal: (bytes: Uint8Array) => Uint8Array;
    readonly serde: Serde<WireRecord>;
    readonly partitions: number;
    readonly subject: LetterSubject;
  },
): OutgoingRecord {
  const { topic, partition, offset, key, value, headers } = record;
  const letter: DeadLetter = {
    id: `${topic}.${partition}.${offset}`,
    topic,
    partition,
    offset,
    reason: why.reason,
    detail: why.field === null ? null : tellableName(why.field),
    schemaId: why.schemaId,
    type: why.type,
    firstSeenAt: record.appendedAt,
    redrives: 0,
    sizeBytes: value?.length ?? 0,
    sealed: to.seal(
      packOriginal({ key, value: value?.subarray(0, ORIGINAL_BYTES_MAX) ?? null, headers }),
    ),
  };
  const id = new TextEncoder().encode(letter.id);
  return {
    topic: TOPICS.deadLetters,
    partition: partitionFor(id, to.partitions),
    key: id,
    value: to.serde.encode(deadLetterToWire(letter)),
    headers: letterSubjectHeaders(to.subject),
  };
}

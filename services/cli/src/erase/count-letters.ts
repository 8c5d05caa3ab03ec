import { deadLetterFromWire, isBeforeErasure, letterSubjectOf, TOPICS } from '@strata/contracts';
import type { Erasure } from '@strata/domain';
import type { TopicRecord } from '@strata/pipeline';
import type { StackHandle } from '../stack/stack-handle.ts';

type LetterKind = 'own' | 'unnamed' | 'other';

export interface LetterCounts {
  /** Of the customer; where it is erased already, of the time before. */
  readonly own: number;
  /** That name nobody, because nothing could be read in them. */
  readonly unnamed: number;
}

/** The letters that lie in the topic now: of each the newest record holds, and a tombstone is none. */
export async function countLetters(
  stack: Pick<StackHandle, 'reader' | 'serdes'>,
  { markers, erasure }: { readonly markers: readonly string[]; readonly erasure: Erasure | null },
): Promise<LetterCounts> {
  const { reader, serdes } = stack;
  const isOwn = ({ headers }: TopicRecord): boolean =>
    letterSubjectOf(headers).markers.some((marker) => markers.includes(marker));
  const letters = new Map<string, LetterKind>();
  const partitions = await reader.partitionCount(TOPICS.deadLetters);
  for (let partition = 0; partition < partitions; partition += 1) {
    const place = { topic: TOPICS.deadLetters, partition, offset: 0 };
    for await (const batch of reader.read(place)) {
      const own = batch.filter(isOwn);
      await serdes.prepare(own);
      for (const record of batch) {
        const letter = Buffer.from(record.key ?? []).toString();
        if (record.value === null) letters.delete(letter);
        else letters.set(letter, kindOf(record, record.value));
      }
    }
  }
  const kinds = [...letters.values()];
  return {
    own: kinds.filter((kind) => kind === 'own').length,
    unnamed: kinds.filter((kind) => kind === 'unnamed').length,
  };

  function kindOf(record: TopicRecord, value: Uint8Array): LetterKind {
    const { markers: named, occurredAt } = letterSubjectOf(record.headers);
    if (named.length === 0) return 'unnamed';
    if (!isOwn(record)) return 'other';
    if (erasure === null) return 'own';
    const { firstSeenAt } = deadLetterFromWire(serdes.deadLetters.decode(value));
    return isBeforeErasure({ occurredAt, firstSeenAt }, erasure) ? 'own' : 'other';
  }
}

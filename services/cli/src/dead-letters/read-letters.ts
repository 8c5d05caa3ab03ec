import {
  type DeadLetter,
  deadLetterFromWire,
  type LetterSubject,
  letterSubjectOf,
  TOPICS,
} from '@strata/contracts';
import type { StackHandle } from '../stack/stack-handle.ts';

export interface FoundLetter {
  readonly letter: DeadLetter;
  /** By markers: whom it is about. */
  readonly subject: LetterSubject;
}

export interface LetterQuery {
  readonly isWanted?: (found: FoundLetter) => boolean;
  /** Without them a list of many letters stays small. */
  readonly keepsOriginals?: boolean;
  readonly signal?: AbortSignal;
  readonly onRecords?: (count: number) => void;
}

const NOTHING = new Uint8Array();

/** The letters that lie in the topic now, oldest first: of each the newest record holds, and a tombstone is none. */
export async function readLetters(
  { reader, serdes }: Pick<StackHandle, 'reader' | 'serdes'>,
  { isWanted = () => true, keepsOriginals = false, signal, onRecords }: LetterQuery = {},
): Promise<readonly FoundLetter[]> {
  const found = new Map<string, FoundLetter>();
  const partitions = await reader.partitionCount(TOPICS.deadLetters);
  for (let partition = 0; partition < partitions; partition += 1) {
    const place = { topic: TOPICS.deadLetters, partition, offset: 0 };
    for await (const batch of reader.read(place)) {
      signal?.throwIfAborted();
      await serdes.prepare(batch);
      for (const { key, value, headers } of batch) {
        const id = Buffer.from(key ?? []).toString();
        found.delete(id);
        if (value === null) continue;
        const whole = deadLetterFromWire(serdes.deadLetters.decode(value));
        const letter = keepsOriginals ? whole : { ...whole, sealed: NOTHING };
        const one = { letter, subject: letterSubjectOf(headers) };
        if (isWanted(one)) found.set(id, one);
      }
      onRecords?.(batch.length);
    }
  }
  return [...found.values()].toSorted(byFirstSeen);
}

function byFirstSeen({ letter: a }: FoundLetter, { letter: b }: FoundLetter): number {
  return a.firstSeenAt - b.firstSeenAt || byPlace(a, b);
}

type Place = Pick<DeadLetter, 'topic' | 'partition' | 'offset'>;

/** The order in which the records lay, so that those of one customer keep it. */
export function byPlace(a: Place, b: Place): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition || a.offset - b.offset;
}

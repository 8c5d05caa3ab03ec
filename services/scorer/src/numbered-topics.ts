import { TOPICS } from '@strata/contracts';
import {
  type LogReader,
  type OutputNumber,
  outputNumberOf,
  type RelayNote,
  relayNoteOf,
  tpKey,
} from '@strata/pipeline';

/** Topics whose partition p holds the outputs of input partition p, in the order of their numbers. */
export const NUMBERED_TOPICS: readonly string[] = [TOPICS.tierChanges, TOPICS.tiers];

/** What a numbered topic holds last of one partition. */
export interface Tail {
  readonly number: OutputNumber;
  /** Null where it was written before there were notes. */
  readonly note: RelayNote | null;
}

/** By partition and numbered topic; null where the topic holds nothing of the partition. */
export async function tailsOf(
  reader: Pick<LogReader, 'tails'>,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, ReadonlyMap<string, Tail | null>>> {
  const places = partitions.flatMap((partition) =>
    NUMBERED_TOPICS.map((topic) => ({ topic, partition })),
  );
  const records = await reader.tails(places);
  return new Map(
    partitions.map((partition) => {
      const byTopic = NUMBERED_TOPICS.map((topic): [string, Tail | null] => {
        const record = records.get(tpKey({ topic, partition })) ?? null;
        if (record === null) return [topic, null];
        return [topic, { number: outputNumberOf(record), note: relayNoteOf(record) }];
      });
      return [partition, new Map(byTopic)];
    }),
  );
}

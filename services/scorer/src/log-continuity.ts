import { createHash } from 'node:crypto';
import { TOPICS } from '@strata/contracts';
import type { LogBounds, LogReader, StrataError, TopicRecord } from '@strata/pipeline';
import type { LastFolded } from '@strata/shard-state';
import { scorerFault } from './scorer-fault.ts';

const DIGEST_DIGITS = 16;

export function lastFoldedOf({ offset, appendedAt, key, value }: TopicRecord): LastFolded {
  const hash = createHash('sha256').update(`${appendedAt} ${key?.length ?? 0} `);
  for (const bytes of [key, value]) if (bytes !== null) hash.update(bytes);
  return { offset, digest: hash.digest('hex').slice(0, DIGEST_DIGITS) };
}

/**
 * Why the log is not the one that the state was folded from, null where it is. Going on would be a silent loss: what
 * is missing was never folded, or what was folded is no longer there.
 */
export async function breakInLog(
  at: {
    readonly partition: number;
    readonly next: number;
    readonly lastFolded: LastFolded | null;
    readonly bounds: LogBounds;
  },
  reader: LogReader,
): Promise<StrataError | null> {
  const { partition, next, lastFolded, bounds } = at;
  const { start, end } = bounds;
  const where = `The state of ${TOPICS.customerLog} partition ${partition} goes on at offset ${next}`;
  const details = { partition, next, start, end };
  if (next > end) {
    return scorerFault(
      'STRATA_SCORER_LOG_LOST_ITS_END',
      `${where}, but the log ends at ${end}: the log has lost records that were already folded. ` +
        'Restore the log, or rebuild the partition from what it still holds.',
      { details },
    );
  }
  if (next < start) {
    return scorerFault(
      'STRATA_SCORER_LOG_CUT',
      `${where}, but the log begins at ${start}: records were deleted before they were folded. ` +
        'Restore them, or rebuild the partition under a new epoch.',
      { details },
    );
  }
  if (lastFolded === null || lastFolded.offset < start) return null;
  const found = await recordAt({ partition, offset: lastFolded.offset }, reader);
  if (found !== null && lastFoldedOf(found).digest === lastFolded.digest) return null;
  return scorerFault(
    'STRATA_SCORER_LOG_REPLACED',
    `${where}, but offset ${lastFolded.offset} holds another record than the one that was folded: the topic was ` +
      'created again, or lost its end and grew anew. Restore the log, or rebuild the partition under a new epoch.',
    { details },
  );
}

async function recordAt(
  at: { readonly partition: number; readonly offset: number },
  reader: LogReader,
): Promise<TopicRecord | null> {
  const place = { topic: TOPICS.customerLog, ...at };
  for await (const records of reader.read(place, at.offset + 1)) return records[0] ?? null;
  return null;
}

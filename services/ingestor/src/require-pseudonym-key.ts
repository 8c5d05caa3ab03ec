import { type Identity, logRecordFromWire, TOPICS } from '@strata/contracts';
import { type LogReader, StrataError } from '@strata/pipeline';
import { looksLikePseudonym } from '@strata/service-runtime';
import type { PreparedSerde } from './ingestor-ports.ts';

type KeyReader = Pick<LogReader, 'bounds' | 'read' | 'tails'>;

/**
 * Refuses to go on under another key than the stack was opened with: each customer would begin anew under another
 * name. The first record of the log says which key that was; where retention took it, the names in the log show it.
 */
export async function requirePseudonymKey(
  reader: KeyReader,
  serde: PreparedSerde,
  { pseudonyms }: Identity,
): Promise<void> {
  const opened = await firstRecord(reader, serde);
  if (opened !== null) {
    const found = opened.pseudonymKeyId ?? null;
    if (found !== (pseudonyms?.keyId ?? null)) throw otherKey(found, pseudonyms?.keyId ?? null);
    return;
  }
  const names = await lastKeys(reader);
  const isStrange =
    pseudonyms === null
      ? names.length > 0 && names.every(looksLikePseudonym)
      : !names.every(pseudonyms.isOwn);
  if (isStrange) throw otherKey('unknown', pseudonyms?.keyId ?? null);
}

async function firstRecord(reader: KeyReader, serde: PreparedSerde) {
  const from = { topic: TOPICS.customerLog, partition: 0, offset: 0 };
  const [{ start, end } = { start: 0, end: 0 }] = await reader.bounds(from.topic);
  if (start > 0 || end === 0) return null;
  for await (const [first] of reader.read(from, 1)) {
    if (first === undefined || first.value === null) continue;
    await serde.prepare([first.value]);
    const record = logRecordFromWire(serde.decode(first.value));
    return record.kind === 'stack-opened' ? record : null;
  }
  return null;
}

/** The log is keyed by customer. */
async function lastKeys(reader: KeyReader): Promise<readonly string[]> {
  const bounds = await reader.bounds(TOPICS.customerLog);
  const places = bounds.map((_, partition) => ({ topic: TOPICS.customerLog, partition }));
  const tails = await reader.tails(places);
  const decoder = new TextDecoder();
  return [...tails.values()].flatMap((tail) => {
    return tail === null || tail.key === null ? [] : [decoder.decode(tail.key)];
  });
}

function otherKey(found: string | null, own: string | null): StrataError {
  const was = found === null ? 'without a key' : `with key ${found}`;
  const is = own === null ? 'has none' : `has ${own}`;
  return new StrataError(
    'STRATA_INGESTOR_PSEUDONYM_KEY',
    `The customers of this stack stand under the names that it was opened with, ${was}, and this process ${is}: ` +
      'set STRATA_INGESTOR_PSEUDONYM_KEY to the key of the stack (or leave it out where it has none), or import into a new stack.',
    { details: { found: found ?? 'none', own: own ?? 'none' } },
  );
}

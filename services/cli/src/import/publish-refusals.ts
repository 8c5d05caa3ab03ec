import {
  ContractFault,
  deadLetterToWire,
  type LetterSubject,
  letterStanding,
  letterSubjectHeaders,
  letterSubjectIn,
  packOriginal,
  parseStrictJson,
  TOPICS,
  tellableSource,
  UNNAMED_LETTER,
} from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES, hash64, hash64Hex } from '@strata/domain';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import type { FileRefusal } from '../formats/file-format.ts';
import type { StackHandle } from '../stack/stack-handle.ts';

const SEND_RECORDS = 1_000;

export interface RefusalOptions {
  readonly refusals: readonly FileRefusal[];
  readonly format: string;
  readonly nowMs: number;
  readonly onSent: (letters: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Publishes the records that became no event as dead letters, whole and sealed. The letter's id is made of format,
 * file and record number, so that importing the same file again replaces its letters instead of adding to them.
 */
export async function publishRefusals(
  stack: Pick<StackHandle, 'reader' | 'writer' | 'serdes' | 'seal' | 'markerOf' | 'identity'>,
  options: RefusalOptions,
): Promise<void> {
  const { refusals, signal, onSent } = options;
  if (refusals.length === 0) return;
  const partitions = await stack.reader.partitionCount(TOPICS.deadLetters);
  for (let from = 0; from < refusals.length; from += SEND_RECORDS) {
    signal.throwIfAborted();
    const chunk = refusals.slice(from, from + SEND_RECORDS);
    await stack.writer.send(chunk.map((it) => letterOf(stack, it, { ...options, partitions })));
    onSent(chunk.length);
  }
}

function letterOf(
  stack: Pick<StackHandle, 'serdes' | 'seal' | 'markerOf' | 'identity'>,
  refusal: FileRefusal,
  context: RefusalOptions & { readonly partitions: number },
): OutgoingRecord {
  const { serdes, seal } = stack;
  const { file, record, reason, field, raw } = refusal;
  // File names may hold anything; the hash of one is short and says nothing about anybody.
  const id = `file.${context.format}.${hash64Hex(hash64(file))}.${record}`;
  const key = new TextEncoder().encode(id);
  const { subject, source, type } = readingOf(context.format, raw, stack);
  const value = serdes.deadLetters.encode(
    deadLetterToWire({
      ...letterStanding({ id, seenAt: context.nowMs }, null, 1),
      topic: `file:${context.format}`,
      partition: 0,
      offset: record,
      reason,
      detail: field,
      schemaId: null,
      source,
      type,
      sizeBytes: raw.length,
      sealed: seal(packOriginal({ key: null, value: raw, headers: placeHeaders(refusal) })),
    }),
  );
  return {
    topic: TOPICS.deadLetters,
    partition: partitionFor(key, context.partitions),
    key,
    value,
    headers: letterSubjectHeaders(subject),
  };
}

interface Reading {
  readonly subject: LetterSubject;
  readonly source: string | null;
  readonly type: string | null;
}

/** What it takes to read the record again by itself: its file, and the columns that the file's header names. */
function placeHeaders({ file, columns }: FileRefusal): Record<string, Uint8Array> {
  const encoder = new TextEncoder();
  const headers = { 'strata-file': encoder.encode(file) };
  if (columns === null) return headers;
  return { ...headers, 'strata-columns': encoder.encode(JSON.stringify(columns)) };
}

/** What `placeHeaders` says. */
export function rowPlaceIn(
  headers: Readonly<Record<string, Uint8Array>>,
): Pick<FileRefusal, 'columns'> & { readonly file: string | null } {
  const text = (name: string): string | null => {
    const bytes = headers[name];
    return bytes === undefined ? null : Buffer.from(bytes).toString();
  };
  const columns = text('strata-columns');
  return {
    file: text('strata-file'),
    columns: columns === null ? null : (JSON.parse(columns) as readonly string[]),
  };
}

/** Only events name things in fields that are known by their names. */
function readingOf(
  format: string,
  raw: Uint8Array,
  stack: Pick<StackHandle, 'markerOf' | 'identity'>,
): Reading {
  if (format !== 'events') return UNREAD;
  try {
    const line = parseStrictJson(raw);
    const type = CUSTOMER_EVENT_TYPES.find((it) => it === line['type']) ?? null;
    return { subject: letterSubjectIn(line, stack), source: tellableSource(line), type };
  } catch (error) {
    if (!(error instanceof ContractFault)) throw error;
    return UNREAD;
  }
}

const UNREAD: Reading = { subject: UNNAMED_LETTER, source: null, type: null };

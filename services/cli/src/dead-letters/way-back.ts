import {
  ContractFault,
  type DeadLetter,
  type DeadLetterReason,
  eventToIntakeWire,
  identifiedEvent,
  isBeforeErasure,
  isCut,
  isDeadLetterReason,
  logRecordFromWire,
  logRecordToWire,
  type OriginalRecord,
  redriveHeader,
  signedRedriveHeader,
  slipFor,
  slipOfPart,
  TOPICS,
  unpackOriginal,
} from '@strata/contracts';
import { type CustomerEvent, type Erasure, isHandOver, type LogRecord } from '@strata/domain';
import { type OutgoingRecord, SerdeFault } from '@strata/pipeline';
import { rowPlaceIn } from '../import/publish-refusals.ts';
import { partitionOfCustomer } from '../stack/send-decision.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { byPlace, type FoundLetter } from './read-letters.ts';

/** Why a letter is not sent again. */
export const KEPT_REASONS = ['quarantined', 'erased', 'cut', 'between-partitions', 'row'] as const;
export type KeptReason = (typeof KEPT_REASONS)[number];

/** What one row of a file says today. */
export type RowReading =
  | { readonly kind: 'events'; readonly events: readonly CustomerEvent[] }
  | {
      readonly kind: 'refused';
      readonly reason: DeadLetterReason;
      readonly field: string | null;
    }
  /** The row says nothing without the rest of its file. */
  | { readonly kind: 'alone' };

export interface FileRow {
  readonly format: string;
  readonly bytes: Uint8Array;
  /** Its number in its file, from 1. */
  readonly record: number;
  /** The name of its file, and the columns that the file's header named; null where the letter does not say. */
  readonly file: string | null;
  readonly columns: readonly string[] | null;
}

export type ReadRow = (row: FileRow) => Promise<RowReading>;

/** What goes back of one letter. */
export type WayBack = { readonly letter: DeadLetter } & (
  | {
      readonly kind: 'sent';
      /** In order; none for a row that has nothing to say any more. */
      readonly records: readonly OutgoingRecord[];
      /** Nobody behind the intake ends the letter of what became several records, or none. */
      readonly endsHere: boolean;
    }
  | { readonly kind: 'kept'; readonly why: KeptReason }
  | {
      readonly kind: 'refused';
      readonly reason: DeadLetterReason;
      readonly field: string | null;
    }
);

export type RedriveStack = Pick<
  StackHandle,
  'reader' | 'writer' | 'serdes' | 'unseal' | 'markerOf' | 'identity' | 'partitions'
>;

export interface RedriveRules {
  readonly takesQuarantined: boolean;
  readonly erasures: ReadonlyMap<string, Erasure>;
  readonly readRow: ReadRow;
}

/**
 * How letters go back, in the order in which their records lay. What the gate refused goes through the gate again, byte
 * for byte; what the fold refused has passed it, and goes back to its partition of the log.
 */
export async function waysBack(
  stack: RedriveStack,
  letters: readonly FoundLetter[],
  rules: RedriveRules,
): Promise<readonly WayBack[]> {
  const ordered = letters.toSorted((a, b) => byPlace(a.letter, b.letter));
  const opened = ordered.map((found) => {
    const why = keptReason(found, rules);
    if (why !== null) return { letter: found.letter, why };
    const original = unpackOriginal(stack.unseal(found.letter.sealed));
    return isCut(found.letter, original)
      ? { letter: found.letter, why: 'cut' as const }
      : { letter: found.letter, original };
  });
  const logged = opened.flatMap((it) =>
    'original' in it && it.letter.topic === TOPICS.customerLog ? [it.original.value] : [],
  );
  await stack.serdes.of(TOPICS.customerLog).prepare(logged);
  const ways: WayBack[] = [];
  for (const it of opened) {
    if ('why' in it) ways.push({ letter: it.letter, kind: 'kept', why: it.why });
    else ways.push(await wayOf(stack, it, rules.readRow));
  }
  return ways;
}

async function wayOf(
  stack: RedriveStack,
  { letter, original }: { readonly letter: DeadLetter; readonly original: OriginalRecord },
  readRow: ReadRow,
): Promise<WayBack> {
  if (letter.topic === TOPICS.customerLog) return backToLog(stack, letter, original);
  const format = /^file:(.*)$/.exec(letter.topic)?.[1];
  if (format === undefined) return backToIntake(stack, letter, original);
  const { file, columns } = rowPlaceIn(original.headers);
  const bytes = original.value ?? EMPTY;
  const row = { format, bytes, record: letter.offset, file, columns };
  return backAsEvents(stack, letter, await readRow(row));
}

const EMPTY = new Uint8Array();

function keptReason(
  { letter, subject }: FoundLetter,
  { takesQuarantined, erasures }: RedriveRules,
): KeptReason | null {
  if (letter.state === 'quarantined' && !takesQuarantined) return 'quarantined';
  const { firstSeenAt } = letter;
  const about = { firstSeenAt, occurredAt: subject.occurredAt };
  const isErased = subject.markers.some((marker) => {
    const erasure = erasures.get(marker);
    return erasure !== undefined && isBeforeErasure(about, erasure);
  });
  return isErased ? 'erased' : null;
}

/** In its own partition, whatever its key: what is redriven of one partition keeps its order. */
function backToIntake(
  { markerOf }: RedriveStack,
  letter: DeadLetter,
  { key, value, headers }: OriginalRecord,
): WayBack {
  const { topic, partition } = letter;
  const slip = signedRedriveHeader(slipFor(letter), value, markerOf);
  const record = { topic, partition, key, value, headers: { ...headers, ...slip } };
  return { letter, kind: 'sent', records: [record], endsHere: false };
}

/**
 * Not through the gate again: it has passed it, under the rules of its day, and by now carries what the gate made of it.
 * What another partition told is known by its number, so it cannot come again; `rebuild` folds it anew.
 */
function backToLog(stack: RedriveStack, letter: DeadLetter, original: OriginalRecord): WayBack {
  const headers = { ...original.headers, ...redriveHeader(slipFor(letter)) };
  const sent = (partition: number, { key, value }: Omit<OriginalRecord, 'headers'>): WayBack => {
    const record = { topic: TOPICS.customerLog, partition, key, value, headers };
    return { letter, kind: 'sent', records: [record], endsHere: false };
  };
  const record = loggedIn(stack, original.value);
  if (typeof record === 'string') {
    return { letter, kind: 'refused', reason: record, field: null };
  }
  if (record.kind === 'forwarded') {
    const { from: _, customerId: __, kind: ___, ...rest } = record;
    const event: LogRecord = { ...rest, kind: 'event' };
    const value = stack.serdes.customerLog.encode(logRecordToWire(event));
    const { customerId } = record.event;
    const key = new TextEncoder().encode(customerId);
    return sent(partitionOfCustomer(stack, customerId), { key, value });
  }
  if (isHandOver(record)) return { letter, kind: 'kept', why: 'between-partitions' };
  return sent(letter.partition, original);
}

function loggedIn(
  { serdes }: RedriveStack,
  value: Uint8Array | null,
): LogRecord | DeadLetterReason {
  try {
    return logRecordFromWire(serdes.customerLog.decode(value ?? EMPTY));
  } catch (error) {
    if (error instanceof ContractFault) return error.reason;
    if (!(error instanceof SerdeFault)) throw error;
    return isDeadLetterReason(error.reason) ? error.reason : 'bad-avro';
  }
}

/** As the import sends events of a file. */
function backAsEvents(stack: RedriveStack, letter: DeadLetter, row: RowReading): WayBack {
  if (row.kind === 'refused') {
    const { reason, field } = row;
    return { letter, kind: 'refused', reason, field };
  }
  if (row.kind === 'alone') return { letter, kind: 'kept', why: 'row' };
  const { events } = row;
  const slip = slipFor(letter);
  const records = events.map((said, part): OutgoingRecord => {
    const event = identifiedEvent(said, stack.identity);
    const value = stack.serdes.intake.encode(eventToIntakeWire(event));
    const own = events.length === 1 ? slip : slipOfPart(slip, part);
    return {
      topic: TOPICS.events,
      partition: partitionOfCustomer(stack, event.customerId),
      key: new TextEncoder().encode(event.customerId),
      value,
      headers: signedRedriveHeader(own, value, stack.markerOf),
    };
  });
  return { letter, kind: 'sent', records, endsHere: records.length !== 1 };
}

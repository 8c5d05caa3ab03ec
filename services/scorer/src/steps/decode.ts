import { ContractFault, type DeadLetterReason, isDeadLetterReason } from '@strata/contracts';
import { customersOf, type LogRecord, type RecordCoordinates } from '@strata/domain';
import { SerdeFault, type TopicRecord } from '@strata/pipeline';

/** A record with what it says, or with why it says nothing. */
export interface DecodedRecord {
  readonly original: TopicRecord;
  readonly at: RecordCoordinates;
  readonly content:
    | { readonly kind: 'record'; readonly record: LogRecord; readonly customers: readonly string[] }
    | {
        readonly kind: 'poison';
        readonly reason: DeadLetterReason;
        readonly detail: string | null;
      };
}

/**
 * The next cut of a batch: as many records as one commit may hold. It ends early where ticks name more customers than
 * one load should fetch; a single record is never split. An erasure begins a cut: what was told of its customer before
 * has to be committed, and published, before it is folded.
 */
export function decodeRecords(
  records: readonly TopicRecord[],
  cut: {
    from: number;
    recordsMax: number;
    customersMax: number;
    read: (record: TopicRecord) => LogRecord;
  },
): DecodedRecord[] {
  const decoded: DecodedRecord[] = [];
  let customers = 0;
  for (const original of records.slice(cut.from, cut.from + cut.recordsMax)) {
    const next = decodeRecord(original, cut.read);
    const named = next.content.kind === 'record' ? next.content.customers.length : 0;
    if (decoded.length > 0 && (customers + named > cut.customersMax || isErasure(next))) break;
    customers += named;
    decoded.push(next);
  }
  return decoded;
}

export function isErasure({ content }: DecodedRecord): boolean {
  if (content.kind !== 'record') return false;
  return content.record.kind === 'erased' || content.record.kind === 'alias-erased';
}

function decodeRecord(
  original: TopicRecord,
  read: (record: TopicRecord) => LogRecord,
): DecodedRecord {
  const { partition, offset, appendedAt } = original;
  const at = { partition, offset, appendedAt };
  try {
    const record = read(original);
    return { original, at, content: { kind: 'record', record, customers: customersOf(record) } };
  } catch (error) {
    return { original, at, content: poisonOf(error) };
  }
}

/** What the bytes are to blame for is a dead letter; anything else is a fault of ours and stops the process. */
function poisonOf(error: unknown): DecodedRecord['content'] {
  if (error instanceof ContractFault) {
    return { kind: 'poison', reason: error.reason, detail: error.field };
  }
  if (!(error instanceof SerdeFault)) throw error;
  const reason = isDeadLetterReason(error.reason) ? error.reason : 'bad-avro';
  return { kind: 'poison', reason, detail: null };
}

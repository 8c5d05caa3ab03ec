import type { CustomerState } from './customer-state.ts';
import { eraseCustomer, forgetName } from './erase-steps.ts';
import { type MarkerOf, unkeyedMarker } from './erasures.ts';
import type { FoldResult, PartitionState } from './fold-types.ts';
import { FoldWork } from './fold-work.ts';
import { lateLiveNote } from './going-live.ts';
import { isRepeatedHandOver } from './hand-over.ts';
import { answerLink, askLink, endLink } from './link-steps.ts';
import {
  customersOf,
  type EventRecord,
  type Forwarded,
  type LogRecord,
  type RecordCoordinates,
} from './log-record.ts';
import { answerMerge, askMerge, endMerge, takePart, takesAlias } from './merge-steps.ts';
import { evolvePartition } from './partition-state.ts';

export interface FoldInput {
  readonly partition: PartitionState;
  /** At least the customers of the record (`customersOf`) that exist. */
  readonly customers: ReadonlyMap<string, CustomerState>;
  readonly record: LogRecord;
  readonly at: RecordCoordinates;
  /** Has to be keyed, and always the same, where the state is stored. */
  readonly markerOf?: MarkerOf;
}

/**
 * The whole of Strata's truth: (state, record) -> state and outputs. No wall clock, no randomness, no I/O; the same
 * log gives the same outputs with the same ids, whoever folds it and however it is cut into batches.
 */
export function fold(input: FoldInput): FoldResult {
  const { record, at } = input;
  const partition = evolvePartition(input.partition, record, at);
  const work = new FoldWork(partition, at, input.markerOf ?? unkeyedMarker);
  if (isRepeat(work, input)) return work.result();
  // Ticks and sweeps name many, and do nothing to an alias.
  const namesMany = record.kind === 'tick' || record.kind === 'sweep';
  const named = namesMany ? undefined : customersOf(record)[0];
  const known = named === undefined ? undefined : input.customers.get(named);
  if (takesAlias(work, record, known)) return work.result();
  switch (record.kind) {
    case 'event':
    case 'forwarded':
      takeEvent(work, record, known);
      break;
    case 'tick':
    case 'sweep':
      for (const customerId of record.customerIds) {
        work[record.kind](customerId, input.customers.get(customerId));
      }
      break;
    case 'referral-made':
      work.referralMade(record, known);
      break;
    case 'referral-converted':
      work.referralConverted(record, known);
      break;
    case 'referral-ended':
    case 'referrer-erased':
      forgetName(work, record, known);
      break;
    case 'override-set':
    case 'override-cleared':
      work.override(record, known);
      break;
    case 'erased':
    case 'alias-erased':
      eraseCustomer(work, record, known);
      break;
    case 'merge-asked':
      askMerge(work, record, known);
      break;
    case 'merge-requested':
      answerMerge(work, record, known);
      break;
    case 'merge-handed':
      takePart(work, record, known);
      break;
    case 'merge-refused':
      endMerge(work, record, known);
      break;
    case 'link-requested':
      answerLink(work, record, known);
      break;
    case 'link-ended':
      endLink(work, record, known);
      break;
    default:
      // What concerns the partition as a whole has been done.
      break;
  }
  return work.result();
}

/** Whether the partition has had the record already, as its own state says. */
function isRepeat(work: FoldWork, { partition, record }: FoldInput): boolean {
  const isAgain = isRepeatedHandOver(partition, record);
  const late = record.kind === 'went-live' ? lateLiveNote(partition, record) : null;
  const note = isAgain ? 'repeated-hand-over' : late;
  if (note !== null) work.note(note);
  return note !== null;
}

/** What was forwarded counts for the survivor, whatever id it came under. */
function takeEvent(
  work: FoldWork,
  record: EventRecord | Forwarded,
  known: CustomerState | undefined,
): void {
  const { clockAt } = record;
  const event =
    record.kind === 'event' ? record.event : { ...record.event, customerId: record.customerId };
  if (event.type === 'link') askLink(work, { event, clockAt }, known);
  else work.event({ event, clockAt }, known);
}

import { type CustomerState, hasAcceptedEvent, NEW_CUSTOMER } from './customer-state.ts';
import { type Erasure, type MarkerOf, withErasure } from './erasures.ts';
import type { FoldNote, FoldRefusal, HandOver, PartitionState } from './fold-types.ts';
import type { Instant } from './instant.ts';
import { LEDGER_LISTS } from './ledger/ledger-lists.ts';
import type {
  AliasErased,
  Erased,
  RecordCoordinates,
  ReferralEnded,
  ReferrerErased,
} from './log-record.ts';
import { isPending, namesOf } from './merging.ts';
import { clockFor } from './partition-state.ts';
import { farewells, withoutName } from './referrals.ts';

/**
 * The steps of an erasure: the customer's own partition takes it out and keeps a marker; the partitions of its aliases
 * do the same; and those whose customers hold one of its names take the name out.
 */

/** What these steps need of the working memory of a record. */
export interface EraseWork {
  partition: PartitionState;
  readonly at: RecordCoordinates;
  readonly markerOf: MarkerOf;
  note(note: FoldNote): void;
  refuse(refusal: { readonly reason: FoldRefusal; readonly detail: string }): void;
  retire(customerId: string, reason: 'erased' | 'merged'): void;
  handOver(handOvers: readonly HandOver[]): void;
  keepQuietly(customerId: string, state: CustomerState): void;
  forget(customerId: string): void;
}

/** Whether what is dated `at` belongs to a life of the customer that has been erased; it is noted. */
export function isErased(
  work: Pick<EraseWork, 'partition' | 'markerOf' | 'note'>,
  { customerId, at }: { readonly customerId: string; readonly at: Instant },
): boolean {
  // Most records are dated later than all erasures, and need no marker.
  if (at > work.partition.erasures.latestAt) return false;
  const erasure = erasureOf(work, customerId);
  if (erasure === null || at > erasure.at) return false;
  work.note('erased');
  return true;
}

/** Who was erased and comes again is new, but its tier changes go on counting where readers know the last one. */
export function newcomer(
  work: Pick<EraseWork, 'partition' | 'markerOf'>,
  customerId: string,
): CustomerState {
  const erasure = erasureOf(work, customerId);
  return erasure === null ? NEW_CUSTOMER : { ...NEW_CUSTOMER, seq: erasure.seq };
}

/**
 * Takes everything about a customer out. Nothing is settled, so that no output about it lies behind this record but
 * that it is gone. The name of an alias is the survivor's affair, and who is being merged is two customers still.
 */
export function eraseCustomer(
  work: EraseWork,
  record: Erased | AliasErased,
  known: CustomerState | undefined,
): void {
  const { customerId, id } = record;
  const before = erasureOf(work, customerId);
  if (before?.ids.includes(id) === true) {
    work.note('repeat');
    // What lies before it in the intake came again with it. A person's word bears no date by which it would be known.
    if (known !== undefined && !hasAcceptedEvent(known) && !isPending(known))
      leave(work, record, { known, at: before.at });
    return;
  }
  if (known !== undefined && isPending(known)) {
    work.refuse({ reason: 'merge-in-progress', detail: 'customerId' });
    return;
  }
  const { offset, appendedAt: recordedAt } = work.at;
  const reach = record.kind === 'alias-erased' ? record.at : recordedAt;
  const at = erasedUpTo(work.partition, known, reach);
  const seq = known?.seq ?? before?.seq ?? 0;
  const decision = { marker: work.markerOf(customerId), at, recordedAt, offset, seq, id };
  const erasures = withErasure(work.partition.erasures, decision);
  work.partition = { ...work.partition, erasures };
  if (known === undefined) return;
  leave(work, record, { known, at });
  // Readers know a tier of it, and have to forget it.
  if (known.seq > (before?.seq ?? 0)) work.retire(customerId, 'erased');
}

function leave(
  work: EraseWork,
  { customerId, id }: Pick<Erased, 'customerId' | 'id'>,
  { known, at }: { readonly known: CustomerState; readonly at: Instant },
): void {
  work.forget(customerId);
  work.handOver(farewells(known, namesOf(customerId, known), at));
  for (const { customerId: alias } of known.absorbed ?? []) {
    const content = { kind: 'alias-erased', id, customerId: alias, at } as const;
    work.handOver([{ addressee: alias, content }]);
  }
}

/** Takes a name out that another customer's erasure, its purchase or its merge has left behind. Nothing is settled. */
export function forgetName(
  work: EraseWork,
  record: ReferralEnded | ReferrerErased,
  known: CustomerState | undefined,
): void {
  const after = known && withoutName(known, record);
  if (after === undefined || after === known) {
    work.note('never-matched');
    return;
  }
  const { referrerId, referredId } = record;
  work.keepQuietly(record.kind === 'referral-ended' ? referrerId : referredId, after);
}

function erasureOf(
  { partition: { erasures }, markerOf }: Pick<EraseWork, 'partition' | 'markerOf'>,
  customerId: string,
): Erasure | null {
  if (erasures.byMarker.size === 0) return null;
  return erasures.byMarker.get(markerOf(customerId)) ?? null;
}

/**
 * The clock, and in data time too the instant at which it was decided: what happened before is what was to be forgotten,
 * read already or not. And the last that is known: an event may be dated a little ahead of the clock, and arrive twice.
 */
function erasedUpTo(
  partition: PartitionState,
  known: CustomerState | undefined,
  reach: Instant,
): Instant {
  const clock = clockFor(partition, known?.clock ?? Number.NEGATIVE_INFINITY, undefined);
  const ends = LEDGER_LISTS.map((list) => known?.ledger[list].at(-1)?.at ?? 0);
  return Math.max(clock, reach, ...ends);
}

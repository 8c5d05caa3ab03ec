import { type CustomerState, hasAcceptedEvent, NEW_CUSTOMER } from './customer-state.ts';
import type { FoldNote, FoldRefusal, HandOver, PartitionState } from './fold-types.ts';
import type { Instant } from './instant.ts';
import { isKnown } from './ledger/entry-list.ts';
import type {
  LinkRequested,
  LogRecord,
  MergeAsked,
  MergeHanded,
  MergeRefusal,
  MergeRefused,
  MergeRequested,
  RecordCoordinates,
} from './log-record.ts';
import {
  aliasOf,
  forwardedTo,
  isPending,
  mergeKeyOf,
  partsOf,
  pendingOf,
  released,
  reserved,
  united,
  withPart,
  withPending,
} from './merging.ts';
import { activeSet, clockFor } from './partition-state.ts';
import { baseCurrencyOf } from './policy/population.ts';
import { pendingCorrections, reconverted } from './rates/reconvert.ts';
import { overrideAt } from './tier/override.ts';

/**
 * The steps of a merge of two customers, in two partitions or in one. The survivor is reserved, the other's partition is
 * asked, and answers in one step: by the parts of the other's state, whose place an alias takes, or by a refusal. Whoever
 * is reserved or an alias refuses, so of two merges that meet one at most comes about, and aliases never form a circle.
 */

/** What a record made of a customer, on whom the rules are to be asked. */
export interface DecidingStep {
  readonly before: CustomerState;
  readonly after: CustomerState;
  /** Told by another partition: no event of the customer's own. */
  readonly isHandOver?: boolean;
  readonly correctedOrderAt?: Instant | null;
  readonly cause?: 'event' | 'merge';
}

/** What these steps need of the working memory of a record. */
export interface MergeWork {
  readonly partition: PartitionState;
  readonly at: RecordCoordinates;
  note(note: FoldNote): void;
  refuse(refusal: { readonly reason: FoldRefusal; readonly detail: string }): void;
  retire(customerId: string, reason: 'erased' | 'merged'): void;
  handOver(handOvers: readonly HandOver[]): void;
  /** Everything due up to the instant, decided. */
  settled(customerId: string, state: CustomerState, clock: Instant): CustomerState;
  trimmed(state: CustomerState, clock: Instant): CustomerState;
  existing(customerId: string, state: CustomerState): CustomerState;
  decided(customerId: string, step: DecidingStep): CustomerState;
  keep(customerId: string, state: CustomerState): void;
  keepQuietly(customerId: string, state: CustomerState): void;
}

/** Whether the record was about an alias, and went on to its survivor or was refused. */
export function takesAlias(
  work: MergeWork,
  record: LogRecord,
  known: CustomerState | undefined,
): boolean {
  if (known?.alias === undefined) return false;
  const handOvers = forwardedTo(known.alias, record);
  if (handOvers !== null) {
    work.note('forwarded');
    work.handOver(handOvers);
    return true;
  }
  const isDecision = record.kind === 'override-set' || record.kind === 'override-cleared';
  if (!isDecision && record.kind !== 'erased') return false;
  work.refuse({ reason: 'already-merged', detail: 'customerId' });
  return true;
}

/** The survivor's partition reserves it and asks the other's. */
export function askMerge(
  work: MergeWork,
  record: MergeAsked,
  known: CustomerState | undefined,
): void {
  const { id, survivorId, otherId, reason, actor } = record;
  if (known !== undefined && isKnown(known.ledger, mergeKeyOf(record))) {
    work.note('repeat');
    return;
  }
  // Links may be under way: a survivor takes any number of them.
  const isBusy = known?.reservation !== undefined;
  const refusal = survivorId === otherId ? 'merge-with-itself' : unfitOf(known, isBusy);
  if (known === undefined || refusal !== null) {
    work.refuse({ reason: refusal ?? 'unknown-customer', detail: 'customerId' });
    return;
  }
  const clock = clockFor(work.partition, known.clock, undefined);
  const settled = work.settled(survivorId, known, clock);
  work.keep(survivorId, reserved(settled, record, { clock, offset: work.at.offset }));
  const content = { kind: 'merge-requested', id, survivorId, otherId, reason, actor } as const;
  work.handOver([{ addressee: otherId, content }]);
}

/** The other's partition hands over what it has, or says why not. Either way the survivor hears of it. */
export function answerMerge(
  work: MergeWork,
  record: MergeRequested,
  known: CustomerState | undefined,
): void {
  const { id, survivorId, otherId } = record;
  const merge = { id, survivorId, otherId };
  const refusal = unfitOf(known, known !== undefined && isPending(known));
  if (known === undefined || refusal !== null) {
    const content = {
      kind: 'merge-refused',
      ...merge,
      reason: refusal ?? 'unknown-customer',
    } as const;
    work.handOver([{ addressee: survivorId, content }]);
    return;
  }
  joinInto(work, record, known);
}

/** One becomes an alias, and hands over what it has: where it has nothing but its name, that is told, and no more. */
export function joinInto(
  work: MergeWork,
  record: MergeRequested | LinkRequested,
  known: CustomerState,
): void {
  const { id, survivorId, otherId, reason, actor } = record;
  const isSomebody = hasAcceptedEvent(known);
  const clock = clockFor(work.partition, known.clock, undefined);
  const settled = isSomebody
    ? { ...work.trimmed(work.settled(otherId, known, clock), clock), clock }
    : known;
  const parts = partsOf(settled);
  work.handOver(
    parts.map((state, index) => {
      const part = { part: index + 1, parts: parts.length, state };
      return {
        addressee: survivorId,
        content: { kind: 'merge-handed', id, survivorId, otherId, ...part },
      };
    }),
  );
  // In data time nobody has moved the clock yet, perhaps.
  const at = record.kind === 'link-requested' && !isSomebody ? record.at : clock;
  work.keep(otherId, aliasOf(settled, { mergeId: id, survivorId, at, reason, actor }));
  if (isSomebody) work.retire(otherId, 'merged');
}

/** Why a customer can take no part in a merge now. */
function unfitOf(state: CustomerState | undefined, isBusy: boolean): MergeRefusal | null {
  if (state?.alias !== undefined) return 'already-merged';
  if (state === undefined || !hasAcceptedEvent(state)) return 'unknown-customer';
  return isBusy ? 'merge-in-progress' : null;
}

/** Keeps a part of the other's state; with the last the two are one, and the rules are asked about who they are now. */
export function takePart(
  work: MergeWork,
  record: MergeHanded,
  known: CustomerState | undefined,
): void {
  const { id, survivorId, part, parts } = record;
  const before = known ?? NEW_CUSTOMER;
  const pending = pendingOf(before, id);
  const taken = pending === undefined ? null : withPart(pending, record);
  if (taken === null) {
    work.note('unasked-hand-over');
    return;
  }
  if (part < parts) {
    work.keep(survivorId, withPending(before, taken));
    return;
  }
  const { handed } = taken;
  if (!hasAcceptedEvent(before) && !hasAcceptedEvent(handed)) {
    takeName(work, record, { before, handed });
    return;
  }
  const clock = clockFor(work.partition, before.clock, handed.clock);
  const settled = work.trimmed(work.settled(survivorId, before, clock), clock);
  const other = work.trimmed(convertedHere(work.partition, handed), clock);
  if (overrideAt(other.override, clock) !== null) work.note('override-dropped');
  const { offset } = work.at;
  const one = united({ ...settled, clock }, other, { ...record, at: clock, offset });
  work.handOver(one.handOvers);
  const after = work.existing(survivorId, one.state);
  work.keep(
    survivorId,
    work.decided(survivorId, { before: settled, after, isHandOver: true, cause: 'merge' }),
  );
}

/** Nothing has happened to either yet: there is no clock to move and nobody to grade. */
function takeName(
  work: MergeWork,
  record: MergeHanded,
  { before, handed }: { readonly before: CustomerState; readonly handed: CustomerState },
): void {
  const link = before.links?.find(({ mergeId }) => mergeId === record.id);
  const at = link?.at ?? work.partition.clock;
  if (handed.override !== null) work.note('override-dropped');
  const one = united(before, handed, { ...record, at, offset: work.at.offset });
  work.handOver(one.handOvers);
  work.keepQuietly(record.survivorId, one.state);
}

/** The other's partition may not have had a correction of rates that the survivor has passed. */
function convertedHere(partition: PartitionState, other: CustomerState): CustomerState {
  const set = activeSet(partition);
  if (set === null) return other;
  const { ledgerHorizonMs } = partition;
  const into = { baseCurrency: baseCurrencyOf(set), ledgerHorizonMs };
  return pendingCorrections(partition.rates, other).reduce(
    (state, correction) => reconverted(state, correction, into),
    other,
  );
}

/** The survivor is free again, and who asked for the merge learns why it came to nothing. */
export function endMerge(
  work: MergeWork,
  { id, survivorId, reason }: MergeRefused,
  known: CustomerState | undefined,
): void {
  if (known?.reservation?.mergeId !== id) {
    work.note('unasked-hand-over');
    return;
  }
  work.keep(survivorId, released(known, id));
  work.refuse({ reason, detail: 'otherId' });
}

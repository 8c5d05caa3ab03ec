import { asTold } from './as-told.ts';
import { catchUp } from './calibration/catch-up.ts';
import type { LedgerEvent } from './customer-event.ts';
import { type CustomerState, hasAcceptedEvent, type PromotionEntry } from './customer-state.ts';
import { decide, type Telling } from './decide.ts';
import { decideOverride } from './decide-override.ts';
import { type EraseWork, isErased, newcomer } from './erase-steps.ts';
import type { MarkerOf } from './erasures.ts';
import type {
  FoldNote,
  FoldRefusal,
  FoldResult,
  HandOver,
  Output,
  PartitionState,
  RetiredOutput,
} from './fold-types.ts';
import type { Instant } from './instant.ts';
import { applyEvent, keysOf, type LedgerEntryContext } from './ledger/apply-event.ts';
import { isKnown } from './ledger/entry-list.ts';
import { orderOf, ordersOf } from './ledger/orders.ts';
import { trimmed } from './ledger/trim.ts';
import type {
  OverrideRecord,
  RecordCoordinates,
  ReferralConverted,
  ReferralMade,
} from './log-record.ts';
import type { DecidingStep, MergeWork } from './merge-steps.ts';
import { namesOf } from './merging.ts';
import { overridden, overrideKeyOf, overrideRefusal } from './override-record.ts';
import { activeSet, clockFor, setOf, yardstickAt, yardstickFor } from './partition-state.ts';
import { grade, type Yardstick } from './policy/grading.ts';
import type { Policy } from './policy/policy.ts';
import { baseCurrencyOf, policyFor, policyNamed } from './policy/population.ts';
import type { BaseAmount } from './rates/convert.ts';
import { moneyOf } from './rates/money-of.ts';
import {
  becameExisting,
  handOversOfEvent,
  referralEnded,
  withConversion,
  withNamed,
  withoutNamed,
  withReferrer,
} from './referrals.ts';
import { refusalOf } from './refusal.ts';
import { dueAfter } from './tier/advance.ts';
import { termsOf } from './tier/terms.ts';
import type { TierChange } from './tier/tier-change.ts';

/** An event that happened, and in data time the clock that it brings. */
export interface LedgerRecord {
  readonly event: LedgerEvent;
  readonly clockAt?: Instant | undefined;
}

/** Of an event that brings no money. */
const NOTHING: BaseAmount = { amountMinor: 0 };

/** The working memory of one record: what each kind of it does to its customer. */
export class FoldWork implements MergeWork, EraseWork {
  partition: PartitionState;
  readonly at: RecordCoordinates;
  readonly markerOf: MarkerOf;
  readonly #customers = new Map<string, CustomerState | null>();
  readonly #dueAt = new Map<string, Instant | null>();
  readonly #outputs: Output[] = [];
  readonly #handOvers: HandOver[] = [];
  readonly #notes: FoldNote[] = [];

  readonly #idOfNext = (): string => this.#nextId();
  readonly #emit = (change: TierChange): void => {
    this.#outputs.push(asTold(this.partition, change));
  };

  constructor(partition: PartitionState, at: RecordCoordinates, markerOf: MarkerOf) {
    this.partition = partition;
    this.at = at;
    this.markerOf = markerOf;
  }

  result(): FoldResult {
    return {
      partition: this.partition,
      customers: this.#customers,
      dueAt: this.#dueAt,
      outputs: this.#outputs,
      handOvers: this.#handOvers,
      notes: this.#notes,
    };
  }

  note(note: FoldNote): void {
    this.#notes.push(note);
  }

  handOver(handOvers: readonly HandOver[]): void {
    this.#handOvers.push(...handOvers);
  }

  refuse(refusal: { readonly reason: FoldRefusal; readonly detail: string }): void {
    this.#outputs.push({ kind: 'dead-letter', id: this.#nextId(), ...refusal });
  }

  retire(customerId: string, reason: RetiredOutput['reason']): void {
    this.#outputs.push({ kind: 'retired', id: this.#nextId(), customerId, reason });
  }

  /** An early tick changes nothing but the hint that called for it. */
  tick(customerId: string, state: CustomerState | undefined): void {
    if (state === undefined) return;
    const clock = clockFor(this.partition, state.clock, undefined);
    const settled = this.settled(customerId, state, clock);
    if (settled.seq === state.seq) {
      this.note('early-tick');
      this.#dueAt.set(customerId, this.#due(customerId, settled));
      return;
    }
    this.keep(customerId, settled);
  }

  /** Kept also where no tier changes: so nobody is left who has not passed, and everybody is due when it is due now. */
  sweep(customerId: string, state: CustomerState | undefined): void {
    if (state === undefined || !hasAcceptedEvent(state)) return;
    const clock = clockFor(this.partition, state.clock, undefined);
    this.keep(customerId, this.settled(customerId, state, clock));
  }

  override(record: OverrideRecord, known: CustomerState | undefined): void {
    const { customerId } = record;
    const before = known ?? newcomer(this, customerId);
    const clock = clockFor(this.partition, before.clock, record.clockAt);
    const settled = this.settled(customerId, before, clock);
    if (isKnown(settled.ledger, overrideKeyOf(record))) {
      this.note('repeat');
      this.#keepClock(customerId, { before, settled, clock });
      return;
    }
    const refusal = overrideRefusal(this.partition, record, settled);
    if (refusal !== null) {
      this.refuse(refusal);
      this.#keepClock(customerId, { before, settled, clock });
      return;
    }
    const { offset, partition } = this.at;
    const { isEnd, state } = overridden(settled, record, { clock, offset });
    const yardstick = yardstickFor(this.partition, state, clock);
    if (state.standing === null || yardstick === null) {
      this.keep(customerId, hasAcceptedEvent(state) ? { ...state, clock } : state);
      return;
    }
    const grading = grade(state.ledger, yardstick, customerId);
    const deciding = { ...this.#telling(customerId, clock), grading };
    const recorded = { ref: `${partition}:${offset}`, offset, isEnd };
    this.keep(customerId, decideOverride(deciding, { ...state, clock }, recorded));
  }

  event({ event, clockAt }: LedgerRecord, known: CustomerState | undefined): void {
    if (isErased(this, { customerId: event.customerId, at: event.occurredAt })) return;
    const before = known ?? newcomer(this, event.customerId);
    const partition = this.partition;
    const clock = clockFor(partition, before.clock, clockAt ?? event.occurredAt);
    const settled = this.trimmed(this.settled(event.customerId, before, clock), clock);
    const keys = keysOf(event);
    const { eventKey, orderKey } = keys;
    if (isKnown(settled.ledger, eventKey)) {
      this.note('repeat');
      this.#keepClock(event.customerId, { before, settled, clock });
      return;
    }
    const order = orderKey === null ? null : orderOf(settled.ledger, orderKey);
    const set = activeSet(partition);
    const baseCurrency = set === null ? null : baseCurrencyOf(set);
    const money = moneyOf(event, baseCurrency, partition.rates);
    const refusal = refusalOf({ partition, order, event, clock, money });
    if (refusal !== null) {
      this.refuse(refusal);
      this.#keepClock(event.customerId, { before, settled, clock });
      return;
    }
    if (event.occurredAt > clock) this.note('future-event');
    const amount = money.kind === 'amount' ? money.amount : NOTHING;
    const now = settled.clock === clock ? settled : { ...settled, clock };
    this.keep(event.customerId, this.#applied(event, now, { order, amount, keys }));
  }

  /** Whoever was named may be unknown still. Nothing is settled: being named moves no clock and no tier. */
  referralMade(record: ReferralMade, known: CustomerState | undefined): void {
    const { referrerId, referredId, at } = record;
    if (isErased(this, { customerId: referredId, at })) {
      this.handOver([referralEnded(record, null)]);
      return;
    }
    const before = known ?? newcomer(this, referredId);
    if (namesOf(referredId, before).has(referrerId)) return;
    const { state, handOvers } = withReferrer(before, record);
    this.handOver(handOvers);
    if (state !== before) this.keepQuietly(referredId, state);
  }

  /** Applied as an event of the instant of the conversion would be. Who is unknown has been erased since. */
  referralConverted(record: ReferralConverted, known: CustomerState | undefined): void {
    if (known === undefined) {
      this.note('never-matched');
      return;
    }
    const { referrerId, referredId, at } = record;
    if (isErased(this, { customerId: referrerId, at })) return;
    const before = withoutNamed(known, referredId);
    if (before !== known) this.keepQuietly(referrerId, before);
    if (namesOf(referrerId, before).has(referredId)) return;
    const partition = this.partition;
    const clock = clockFor(partition, before.clock, at);
    const settled = this.trimmed(this.settled(referrerId, before, clock), clock);
    const ledger = withConversion(settled.ledger, referredId, { at, offset: this.at.offset });
    if (ledger === null) {
      this.note('repeat');
      this.#keepClock(referrerId, { before, settled, clock });
      return;
    }
    const after = { ...settled, clock, ledger };
    this.keep(referrerId, this.decided(referrerId, { before: settled, after, isHandOver: true }));
  }

  #applied(
    event: LedgerEvent,
    state: CustomerState,
    brought: Pick<LedgerEntryContext, 'order' | 'amount' | 'keys'>,
  ): CustomerState {
    const { offset } = this.at;
    const step = applyEvent(state.ledger, event, { offset, ...brought });
    if (step.refundExcessMinor > 0) this.note('refund-excess');
    this.handOver(handOversOfEvent(event));
    const { customerId } = event;
    const named = withNamed({ ...state, ledger: step.ledger }, event);
    const next = this.existing(customerId, named);
    const { correctedOrderAt } = step;
    return this.decided(customerId, { before: state, after: next, correctedOrderAt });
  }

  /** A customer is existing from the first record on that leaves an order which is not cancelled. */
  existing(customerId: string, state: CustomerState): CustomerState {
    if (state.isExisting || ordersOf(state.ledger).every((it) => it.isCancelled)) return state;
    const { state: existing, handOvers } = becameExisting(state, customerId);
    this.handOver(handOvers);
    return existing;
  }

  /** By the policy of the active set that grades the customer as the record left it; nobody's standing is its own. */
  decided(customerId: string, step: DecidingStep): CustomerState {
    const { before, after, isHandOver = false, correctedOrderAt = null, cause = 'event' } = step;
    const { offset, partition } = this.at;
    const set = activeSet(this.partition);
    if (set === null) return after;
    const { isExisting, ledger } = after;
    const graded = { isExisting, ledger, setId: set.id };
    const yardstick = yardstickFor(this.partition, graded, after.clock);
    if (yardstick === null) return { ...after, setId: set.id, standing: null };
    const grading = grade(after.ledger, yardstick, customerId);
    return decide({ ...this.#telling(customerId, after.clock), grading }, after, {
      ref: `${partition}:${offset}`,
      offset,
      correctedOrderAt,
      horizonMs: this.partition.ledgerHorizonMs,
      isHandOver,
      cause,
      formerPolicy: this.#policyOf(before)?.name ?? null,
      gradingOf: (promotion) =>
        grade(after.ledger, this.#yardstickOf(promotion, yardstick), customerId),
    });
  }

  /** The policy by which a customer has its standing; null for one that has none. */
  #policyOf(state: CustomerState): Policy | null {
    const { setId, standing } = state;
    if (setId === null || standing === null) return null;
    return policyFor(setOf(this.partition, setId), state);
  }

  /** Promotions do not outlive a change of policy, so that of then has the name of the present one. */
  #yardstickOf({ setId, at }: PromotionEntry, { policy: { name } }: Yardstick): Yardstick {
    const policy = policyNamed(setOf(this.partition, setId), name);
    if (policy === null) throw new TypeError(`Policy set ${setId} holds no policy ${name}`);
    return yardstickAt(this.partition, { policy, setId }, at);
  }

  /** Before the record applies: what has waited for longer than the horizon may not meet its order any more. */
  trimmed(state: CustomerState, clock: Instant): CustomerState {
    const { ledger, neverMatched } = trimmed(state.ledger, clock, this.partition.ledgerHorizonMs);
    for (let i = 0; i < neverMatched; i++) this.note('never-matched');
    return ledger === state.ledger ? state : { ...state, ledger };
  }

  settled(customerId: string, state: CustomerState, clock: Instant): CustomerState {
    const telling = this.#telling(customerId, clock);
    return catchUp(this.partition, telling, { state, until: clock });
  }

  #telling(customerId: string, decidedAt: Instant): Telling {
    return { customerId, decidedAt, nextId: this.#idOfNext, emit: this.#emit };
  }

  #nextId(): string {
    return `${this.at.partition}.${this.at.offset}.${this.#outputs.length}`;
  }

  /**
   * A record that is not applied changes nothing but, in data time, the clock that it brought along: or an earlier tick
   * would show in later instants. Who is only named, or waited for by an override, has no clock yet that it could move.
   */
  #keepClock(
    customerId: string,
    at: { before: CustomerState; settled: CustomerState; clock: Instant },
  ): void {
    const { before, settled, clock } = at;
    const isMoved =
      hasAcceptedEvent(before) && clock > Math.max(before.clock, this.partition.clock);
    if (!isMoved && settled.seq === before.seq) return;
    this.keep(customerId, { ...settled, clock });
  }

  /** For a change that moves neither a tier nor the instant at which one could move. */
  keepQuietly(customerId: string, state: CustomerState): void {
    this.#customers.set(customerId, state);
  }

  forget(customerId: string): void {
    this.#customers.set(customerId, null);
    this.#dueAt.set(customerId, null);
  }

  keep(customerId: string, state: CustomerState): void {
    this.#customers.set(customerId, state);
    this.#dueAt.set(customerId, this.#due(customerId, state));
  }

  #due(customerId: string, state: CustomerState): Instant | null {
    const { ledger, standing, clock } = state;
    if (standing === null) return null;
    const yardstick = yardstickFor(this.partition, state, clock);
    if (yardstick === null) return null;
    return dueAfter(termsOf(grade(ledger, yardstick, customerId), state), standing, clock);
  }
}

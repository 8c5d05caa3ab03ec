import type { CustomerEvent } from './customer-event.ts';
import type { CustomerState } from './customer-state.ts';
import type { Instant } from './instant.ts';
import type { AnnounceFrom, CalibrationRecord } from './policy/activation.ts';
import type { PolicySet } from './policy/policy.ts';
import type { RateTable } from './rates/rate-table.ts';
import type { Override } from './tier/override.ts';

/** Where a record lies in the customer log, and when the broker appended it. */
export interface RecordCoordinates {
  readonly partition: number;
  readonly offset: number;
  readonly appendedAt: Instant;
}

export const TIME_MODES = ['wall', 'data'] as const;
/** `wall`: the clock is the broker's append time. `data`: the clock moves only with the events and the clock marks. */
export type TimeMode = (typeof TIME_MODES)[number];

/** The first record of every partition: what holds for the whole life of the stack. */
export interface StackOpened {
  readonly kind: 'stack-opened';
  readonly time: TimeMode;
  /** Partitions of the customer log. */
  readonly partitions: number;
  readonly ledgerHorizonDays: number;
  /** Which key customers' ids are replaced by; absent where they stand as they came. No decision depends on it. */
  readonly pseudonymKeyId?: string;
}

/** `clockAt` is set in data time and is the event's own instant. */
export interface EventRecord {
  readonly kind: 'event';
  readonly event: CustomerEvent;
  readonly clockAt?: Instant;
}

/** From here on this partition grades by `set`. Written by the partition's owner when it finds the set published and not active here. */
export interface PolicyActivated {
  readonly kind: 'policy-activated';
  readonly set: PolicySet;
  /** Place of the publication in the policies topic, from 1; absent where nobody published it, as in a backtest. */
  readonly number?: number;
  /** Absent: everything. */
  readonly announceFrom?: AnnounceFrom;
}

/** Data time only: moves the clock of everybody in the partition; who is due is settled by the ticks behind it. */
export interface ClockMark {
  readonly kind: 'clock';
  readonly at: Instant;
}

/**
 * Data time ends: from here on the clock of this partition is the broker's. One in each partition, all with one instant;
 * a further one does nothing.
 */
export interface WentLive {
  readonly kind: 'went-live';
  readonly at: Instant;
  /** What of the changes that fell due up to `at` is announced: from so many steps of the ladder on; 0 all, null none. */
  readonly announceFrom: AnnounceFrom;
}

/** From here on the outputs of this partition are numbered anew. It changes no state. */
export interface EpochBegan {
  readonly kind: 'epoch-began';
  readonly epoch: number;
  /** Added to each customer's own count, so that its numbers go on above those that were published. */
  readonly customerSeqBase: number;
  /** By which version of the fold the state was built anew. */
  readonly foldVersion: number;
}

/** Names customers that looked due. It carries no time: an early tick does nothing. At most 1,000 ids. */
export interface Tick {
  readonly kind: 'tick';
  readonly customerIds: readonly string[];
}

/** From here on this partition grades by these quantile borders. Customers follow when they are next touched. */
export interface Calibrated extends CalibrationRecord {
  readonly kind: 'calibrated';
}

/**
 * Names customers who have not passed the last activation or calibration yet, so that they do. When it is folded changes
 * nothing about what comes of it.
 */
export interface Sweep {
  readonly kind: 'sweep';
  /** Number of the newest publication that this is for. */
  readonly through: number;
  /** At most 1,000. */
  readonly customerIds: readonly string[];
  /** Everybody has been named. */
  readonly isLast: boolean;
}

/** From here on amounts in other currencies are converted by these rates, too. What was converted before stays. */
export interface RatesPublished {
  readonly kind: 'rates-published';
  readonly table: RateTable;
}

/** The same, and what the ledgers hold that the table covers is converted again. Customers follow when next touched. */
export interface RatesCorrected {
  readonly kind: 'rates-corrected';
  readonly table: RateTable;
}

/** Which output of which partition a record is that one partition writes into another. */
export interface HandOverOrigin {
  readonly partition: number;
  readonly epoch: number;
  /** Counts what the source partition hands over, from 1, without a gap. */
  readonly number: number;
}

/** Tells the partition of a customer that another one has named it. */
export interface ReferralMade {
  readonly kind: 'referral-made';
  readonly referrerId: string;
  readonly referredId: string;
  /** When the referral happened, as its source says. */
  readonly at: Instant;
  readonly from: HandOverOrigin;
}

/** Tells the partition of who named a customer that it has bought. */
export interface ReferralConverted {
  readonly kind: 'referral-converted';
  readonly referrerId: string;
  readonly referredId: string;
  /** The clock of the referred customer when it became existing. */
  readonly at: Instant;
  readonly from: HandOverOrigin;
}

/** A person's decision, by its own id: the same one again is a repeat. */
interface OverrideDecision {
  readonly id: string;
  readonly customerId: string;
  /** Data time only, and only where the record brings a clock of its own. */
  readonly clockAt?: Instant;
}

/** A person limits a customer's tier; this replaces the override before. */
export interface OverrideSet extends OverrideDecision {
  readonly kind: 'override-set';
  readonly override: Override;
}

/** A person takes the override back; who and why stays in the log. */
export interface OverrideCleared extends OverrideDecision {
  readonly kind: 'override-cleared';
  readonly reason: string;
  readonly actor: string;
}

export type OverrideRecord = OverrideSet | OverrideCleared;

/** Two customers who turned out to be one, and who says so. The id is the decision's: the same one again is a repeat. */
interface MergeOf {
  readonly id: string;
  /** Who goes on, with everything of both. */
  readonly survivorId: string;
  /** Who becomes a second name of the survivor. */
  readonly otherId: string;
}

/** In the survivor's partition: the survivor is reserved, and the other's partition is asked. */
export interface MergeAsked extends MergeOf {
  readonly kind: 'merge-asked';
  readonly reason: string;
  readonly actor: string;
}

/** In the other's partition: it answers by the parts of the other's state, or by a refusal. */
export interface MergeRequested extends MergeOf {
  readonly kind: 'merge-requested';
  readonly reason: string;
  readonly actor: string;
  readonly from: HandOverOrigin;
}

/** In the survivor's partition: a part of the other's state. The parts come in their order; with the last the two are one. */
export interface MergeHanded extends MergeOf {
  readonly kind: 'merge-handed';
  /** From 1 to `parts`. */
  readonly part: number;
  readonly parts: number;
  /** Without a standing. The ledger lies in the parts, list by list; everything else in the first. */
  readonly state: CustomerState;
  readonly from: HandOverOrigin;
}

export const MERGE_REFUSALS = [
  'merge-with-itself',
  'unknown-customer',
  'already-merged',
  'merge-in-progress',
] as const;
/** `already-merged`: an alias. `merge-in-progress`: reserved for another merge. */
export type MergeRefusal = (typeof MERGE_REFUSALS)[number];

/** In the survivor's partition: the other takes no part in this merge, and the survivor is free again. */
export interface MergeRefused extends MergeOf {
  readonly kind: 'merge-refused';
  readonly reason: MergeRefusal;
  readonly from: HandOverOrigin;
}

/** In the partition of an id that is linked: it answers as a merge does, or that there is nothing to do. */
export interface LinkRequested extends MergeOf {
  readonly kind: 'link-requested';
  /** When it was linked, as its source says. */
  readonly at: Instant;
  readonly reason: string;
  readonly actor: string;
  readonly from: HandOverOrigin;
}

/** In the survivor's partition: a link comes to nothing, or had come about before. */
export interface LinkEnded extends MergeOf {
  readonly kind: 'link-ended';
  /** Null where there was nothing to do. */
  readonly reason: MergeRefusal | null;
  readonly from: HandOverOrigin;
}

/** An event of an alias, in the partition of the customer of whom it is an alias. */
export interface Forwarded {
  readonly kind: 'forwarded';
  /** Whom it counts for. */
  readonly customerId: string;
  /** As it came in: under the customer id of then, with its own (source, eventId). */
  readonly event: CustomerEvent;
  readonly clockAt?: Instant;
  readonly from: HandOverOrigin;
}

/** Tells the partition of who named a customer that nobody waits there under this id: it had bought before, or is gone. */
export interface ReferralEnded {
  readonly kind: 'referral-ended';
  readonly referrerId: string;
  readonly referredId: string;
  readonly at: Instant;
  /** Of whom the named one is part now, and who waits in its stead; null where nobody waits. */
  readonly renamedTo: string | null;
  readonly from: HandOverOrigin;
}

/** Tells the partition of a customer that who had named it is erased. */
export interface ReferrerErased {
  readonly kind: 'referrer-erased';
  readonly referrerId: string;
  readonly referredId: string;
  /** The instant of the erasure. */
  readonly at: Instant;
  readonly from: HandOverOrigin;
}

/** In the partition of an alias: the customer of whom it is one is erased, and so is the alias. */
export interface AliasErased {
  readonly kind: 'alias-erased';
  readonly id: string;
  readonly customerId: string;
  /** Up to when the erasure reaches. */
  readonly at: Instant;
  readonly from: HandOverOrigin;
}

/** A person has everything about a customer forgotten. By its own id: the same decision again is a repeat. */
export interface Erased {
  readonly kind: 'erased';
  readonly id: string;
  readonly customerId: string;
  readonly reason: string;
  readonly actor: string;
}

/** What the fold of one partition writes into another. */
export type HandOverRecord =
  | ReferralMade
  | ReferralConverted
  | ReferralEnded
  | ReferrerErased
  | AliasErased
  | MergeRequested
  | MergeHanded
  | MergeRefused
  | LinkRequested
  | LinkEnded
  | Forwarded;

export type LogRecord =
  | StackOpened
  | EventRecord
  | PolicyActivated
  | Calibrated
  | RatesPublished
  | RatesCorrected
  | ClockMark
  | WentLive
  | EpochBegan
  | Tick
  | Sweep
  | OverrideRecord
  | MergeAsked
  | Erased
  | HandOverRecord;

export const TICK_CUSTOMERS_MAX = 1_000;

/** The customers whose state a record reads and may change. */
export function customersOf(record: LogRecord): readonly string[] {
  switch (record.kind) {
    case 'event':
      return [record.event.customerId];
    case 'tick':
    case 'sweep':
      return record.customerIds;
    case 'referral-made':
    case 'referrer-erased':
      return [record.referredId];
    case 'referral-converted':
    case 'referral-ended':
      return [record.referrerId];
    case 'override-set':
    case 'override-cleared':
    case 'erased':
    case 'alias-erased':
    case 'forwarded':
      return [record.customerId];
    case 'merge-asked':
    case 'merge-handed':
    case 'merge-refused':
    case 'link-ended':
      return [record.survivorId];
    case 'merge-requested':
    case 'link-requested':
      return [record.otherId];
    case 'stack-opened':
    case 'policy-activated':
    case 'calibrated':
    case 'rates-published':
    case 'rates-corrected':
    case 'clock':
    case 'went-live':
    case 'epoch-began':
      return [];
  }
}

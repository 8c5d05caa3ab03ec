import type { Calibration } from './calibration/calibration.ts';
import type { CustomerEvent } from './customer-event.ts';
import type { Instant } from './instant.ts';
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
}

/** Data time only: moves the clock of everybody in the partition; who is due is settled by the ticks behind it. */
export interface ClockMark {
  readonly kind: 'clock';
  readonly at: Instant;
}

/** Names customers that looked due. It carries no time: an early tick does nothing. At most 1,000 ids. */
export interface Tick {
  readonly kind: 'tick';
  readonly customerIds: readonly string[];
}

/** From here on this partition grades by these quantile borders. Customers follow when they are next touched. */
export interface Calibrated {
  readonly kind: 'calibrated';
  readonly calibration: Calibration;
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

export type LogRecord =
  | StackOpened
  | EventRecord
  | PolicyActivated
  | Calibrated
  | RatesPublished
  | RatesCorrected
  | ClockMark
  | Tick
  | ReferralMade
  | ReferralConverted
  | OverrideRecord;

export const TICK_CUSTOMERS_MAX = 1_000;

/** The customers whose state a record reads and may change. */
export function customersOf(record: LogRecord): readonly string[] {
  switch (record.kind) {
    case 'event':
      return [record.event.customerId];
    case 'tick':
      return record.customerIds;
    case 'referral-made':
      return [record.referredId];
    case 'referral-converted':
      return [record.referrerId];
    case 'override-set':
    case 'override-cleared':
      return [record.customerId];
    case 'stack-opened':
    case 'policy-activated':
    case 'calibrated':
    case 'rates-published':
    case 'rates-corrected':
    case 'clock':
      return [];
  }
}

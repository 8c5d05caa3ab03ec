import type { Instant, Severity } from '@strata/domain';
import type { BuyingRhythm } from './buying-rhythm.ts';

/** People of one habit: how often they buy, and for how much. */
export interface Habit {
  /** Of all customers of the trade. */
  readonly share: number;
  readonly rhythm: BuyingRhythm;
  /** Of one customer's orders the median differs, by a log-normal of this median over customers. */
  readonly medianMinor: number;
}

/** A business that sells goods, as its events show it. Shares are probabilities per order where nothing else is said. */
export interface Trade {
  readonly startAt: Instant;
  /** What would arrive at this instant or later is not part of the data. */
  readonly endAt: Instant;
  readonly habits: readonly [Habit, ...Habit[]];
  readonly channels: readonly string[];
  readonly categories: readonly string[];
  readonly engagementKinds: readonly string[];
  /** Most engagements in the days before an order. */
  readonly engagementsMax: number;
  readonly severities: readonly Severity[];
  /** Of a survey from 0 to 10. */
  readonly lowestOpinion: number;
  /** Of customers, those whose attributes are known, and what the attributes may be. */
  readonly introduced: number;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly secondPart: number;
  readonly refund: number;
  readonly cancellation: number;
  readonly complaint: number;
  readonly feedback: number;
  /** Of orders after which the customer recommends the business to another one; absent: nobody does. */
  readonly referral?: number;
  /** Days from the start on which the whole trade sells cheaply: half of the orders of the weeks before wait for them. */
  readonly festivalDays?: readonly number[];
}

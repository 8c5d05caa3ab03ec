import type { AttributeValue, Severity } from './customer-event.ts';
import type { Hash64 } from './hash64.ts';
import type { Instant } from './instant.ts';
import type { OriginalAmount } from './rates/convert.ts';
import type { Override } from './tier/override.ts';

/** `offset` is the log offset of the record that brought the entry: the evidence. */
export interface LedgerEntry {
  /** Hash of (source, eventId): the same one again is a repeat. */
  readonly eventKey: Hash64;
  readonly at: Instant;
  readonly offset: number;
}

export interface OrderPart extends LedgerEntry {
  readonly orderKey: Hash64;
  /** In the base currency. */
  readonly amountMinor: number;
  /** Absent where the amount was in the base currency already. */
  readonly original?: OriginalAmount;
  /** Hashes, because only whether they are equal counts; absent where the purchase named none. */
  readonly category?: Hash64;
  readonly channel?: Hash64;
}

/** `orderKey` null: a refund without order, negative revenue at its own instant. */
export interface RefundEntry extends LedgerEntry {
  readonly orderKey: Hash64 | null;
  readonly amountMinor: number;
  readonly original?: OriginalAmount;
}

/** A cancellation or reinstatement of an order; the largest (at, source, eventId) of an order's holds. */
export interface OrderVerdict extends LedgerEntry {
  readonly orderKey: Hash64;
  readonly isCancelled: boolean;
  readonly source: string;
  readonly eventId: string;
}

export interface TicketEntry extends LedgerEntry {
  /** Hash of (source, ticketId). */
  readonly ticketKey: Hash64;
  /** Null: a resolution. */
  readonly severity: Severity | null;
  /** How satisfied a resolution left the customer, 0 to 100 in thousandths; absent where nobody asked. */
  readonly percentMilli?: number;
}

/** An opinion: 0 for the worst, 100 for the best of its scale, in thousandths. */
export interface FeedbackEntry extends LedgerEntry {
  readonly percentMilli: number;
}

export interface EngagementEntry extends LedgerEntry {
  readonly weightMilli: number;
}

/** One attribute of a profile event; of an attribute's entries the largest (at, source, eventId) holds. */
export interface AttributeEntry extends LedgerEntry {
  readonly name: string;
  readonly value: AttributeValue;
  readonly source: string;
  readonly eventId: string;
}

/** A stage that an opportunity reached; the largest (at, source, eventId) of a customer's holds. */
export interface OpportunityEntry extends LedgerEntry {
  readonly stage: string;
  readonly source: string;
  readonly eventId: string;
}

/**
 * What is kept of the counted orders that have left the ledger, however many they were: enough for recency, tenure, and
 * the transactions of customer value, which are UTC days.
 */
export interface OlderOrders {
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Distinct UTC days. */
  readonly days: number;
  /** In minor units, after refunds. */
  readonly spendMinor: number;
  /** The part of it spent on the first of the days. */
  readonly firstDaySpendMinor: number;
  /** Those of the days on which an order still in the ledger was made too, ascending: they must not count twice. */
  readonly sharedDays: readonly number[];
}

/** Everything inside the horizon that can still move a value. Each list is in the order of (at, offset). */
export interface Ledger {
  readonly parts: readonly OrderPart[];
  readonly refunds: readonly RefundEntry[];
  readonly verdicts: readonly OrderVerdict[];
  readonly tickets: readonly TicketEntry[];
  readonly engagements: readonly EngagementEntry[];
  readonly feedbacks: readonly FeedbackEntry[];
  /** What still holds of the profile, however old, and what has changed inside the horizon; so with the opportunities. */
  readonly attributes: readonly AttributeEntry[];
  readonly opportunities: readonly OpportunityEntry[];
  /** Customers whom this one named and who have bought: when they became existing. */
  readonly referrals: readonly LedgerEntry[];
  /** Events that move no value, kept for a week only to know their repeats. */
  readonly traces: readonly LedgerEntry[];
  /** The counted orders that have left the ledger, as a sum; null when none has. */
  readonly olderOrders: OlderOrders | null;
}

/** A promotion that a late correction can still disprove. */
export interface PromotionEntry {
  /** Id of the tier change. */
  readonly id: string;
  readonly at: Instant;
  readonly fromTier: string;
  readonly toTier: string;
  /** The policy set by which it was decided. */
  readonly setId: string;
}

/** Where the customer stands in the life of tiers. */
export interface Standing {
  readonly tier: string;
  /** The last change of tier. */
  readonly since: Instant;
  /** Since when the score has been under the tier's `leave`, null when it is not. */
  readonly graceSince: Instant | null;
  /** After a landing at the base: no promotion before the customer's next event. */
  readonly isBlocked: boolean;
  /** An at-risk event was sent for the present episode. */
  readonly isWarned: boolean;
  /** Since the last assignment or demotion, oldest first. */
  readonly promotions: readonly PromotionEntry[];
}

/** Somebody named this customer, who has not bought yet. */
export interface PendingReferral {
  readonly referrerId: string;
  /** When the referral happened; the earliest of several. */
  readonly at: Instant;
}

/** This customer turned out to be another one, and is part of it since. */
export interface Alias {
  readonly mergeId: string;
  readonly survivorId: string;
  /** The clock of this customer then. */
  readonly at: Instant;
  readonly reason: string;
  readonly actor: string;
}

/** A merge that this customer is to survive and that has not ended yet: until then it takes part in no other. */
export interface Reservation {
  readonly mergeId: string;
  readonly otherId: string;
  /** How many parts of the other's state have come. */
  readonly received: number;
  /** What they hold together; null before the first. */
  readonly handed: CustomerState | null;
}

/** A link that has not come about yet: what is linked is asked, and may be busy with a merge of its own. */
export interface PendingLink extends Reservation {
  /** When it was linked, as its source says. */
  readonly at: Instant;
  readonly reason: string;
  readonly actor: string;
  /** How often it was asked. */
  readonly tries: number;
}

/** Who is part of this customer since a merge. */
export interface Absorbed {
  readonly mergeId: string;
  readonly customerId: string;
  /** The clock of this customer then. */
  readonly at: Instant;
}

export interface CustomerState {
  /** Everything due up to and including this instant is settled. */
  readonly clock: Instant;
  /** `customerSeq` of the last event emitted; 0 for none. */
  readonly seq: number;
  /** An order once counted as bought. Never goes back. */
  readonly isExisting: boolean;
  /** The customer's clock when it became existing; null until then. */
  readonly existingSince: Instant | null;
  /** Who named this customer before it was existing. */
  readonly referredBy: readonly PendingReferral[];
  /** Customers whom this one named and of whom nobody has told yet what became of it: they keep its name. */
  readonly named: readonly string[];
  /** The policy set of the last evaluation, null before the first. */
  readonly setId: string | null;
  readonly standing: Standing | null;
  /** The first `assigned` as an existing customer; anniversaries of joining count from it. */
  readonly joinedAt: Instant | null;
  /** What a person decided last, also when it is out of force; null when nothing, or when it was cleared. */
  readonly override: Override | null;
  readonly ledger: Ledger;
  /** Number of the last correction of rates by which the ledger was converted again; absent before the first. */
  readonly ratesNumber?: number;
  /** Nothing else of the state says anything then. */
  readonly alias?: Alias;
  readonly reservation?: Reservation;
  /** Links that are under way, by any number of them at once: like a reservation they keep it from joining another. */
  readonly links?: readonly PendingLink[];
  /** Everybody who ever merged into this customer, and into those; absent where nobody did. */
  readonly absorbed?: readonly Absorbed[];
}

export const EMPTY_LEDGER: Ledger = {
  parts: [],
  refunds: [],
  verdicts: [],
  tickets: [],
  engagements: [],
  feedbacks: [],
  attributes: [],
  opportunities: [],
  referrals: [],
  traces: [],
  olderOrders: null,
};

export const NEW_CUSTOMER: CustomerState = {
  clock: Number.NEGATIVE_INFINITY,
  seq: 0,
  isExisting: false,
  existingSince: null,
  referredBy: [],
  named: [],
  setId: null,
  standing: null,
  joinedAt: null,
  override: null,
  ledger: EMPTY_LEDGER,
};

/** False of somebody who was only named by another customer, or who is an alias: nothing of its own is there. */
export function hasAcceptedEvent({ clock }: CustomerState): boolean {
  return clock !== Number.NEGATIVE_INFINITY;
}

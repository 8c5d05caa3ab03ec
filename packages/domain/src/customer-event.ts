import type { Instant } from './instant.ts';

/** The events of the intake contract. Money is an integer in minor units with an ISO 4217 code. */
interface EventBase {
  readonly source: string;
  /** Unique per source: the same pair again is the same event. */
  readonly eventId: string;
  readonly customerId: string;
  /** When it happened, as the source says. */
  readonly occurredAt: Instant;
  readonly channel?: string;
}

export interface Money {
  readonly minor: number;
  readonly currency: string;
}

/** An order is (customerId, orderSource, orderId); `orderSource` is filled with `source` where the event names none. */
interface AboutOrder {
  readonly orderSource: string;
  readonly orderId: string;
}

export interface Purchase extends EventBase, AboutOrder {
  readonly type: 'purchase';
  readonly amount: Money;
  readonly category?: string;
}

/** Without an order it is negative revenue at its own instant. */
export interface Refund extends EventBase, Partial<AboutOrder> {
  readonly type: 'refund';
  readonly amount: Money;
}

export interface OrderCancelled extends EventBase, AboutOrder {
  readonly type: 'order-cancelled';
}

export interface OrderReinstated extends EventBase, AboutOrder {
  readonly type: 'order-reinstated';
}

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Complaint extends EventBase {
  readonly type: 'complaint';
  readonly ticketId: string;
  readonly severity: Severity;
}

export interface ComplaintResolved extends EventBase {
  readonly type: 'complaint-resolved';
  readonly ticketId: string;
  readonly satisfaction?: number;
}

export interface Feedback extends EventBase {
  readonly type: 'feedback';
  readonly score: number;
  readonly scale: number;
}

export interface Engagement extends EventBase {
  readonly type: 'engagement';
  readonly kind: string;
  /** At most 3 decimals. */
  readonly weight: number;
}

export interface Referral extends EventBase {
  readonly type: 'referral';
  readonly referredCustomerId: string;
}

export interface Interaction extends EventBase {
  readonly type: 'interaction';
  readonly kind: string;
  readonly ownerId?: string;
  readonly purpose?: string;
}

export interface Opportunity extends EventBase {
  readonly type: 'opportunity';
  readonly stage: string;
  readonly amount?: Money;
}

export type AttributeValue = string | number | readonly string[];

export interface Profile extends EventBase {
  readonly type: 'profile';
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Somebody known by another id is this customer: from here on what comes under that id counts for it. */
export interface Link extends EventBase {
  readonly type: 'link';
  /** The other id, such as that of a device, of a guest, or of the customer in another system. */
  readonly linkedId: string;
  /** The system that numbers `linkedId`, where that is not `source`. Only on the way in. */
  readonly linkedSource?: string;
  readonly reason?: string;
  /** Who says so; the source where nobody is named. */
  readonly actor?: string;
}

/** What happens to a customer. A link only says who it is. */
export type LedgerEvent =
  | Purchase
  | Refund
  | OrderCancelled
  | OrderReinstated
  | Complaint
  | ComplaintResolved
  | Feedback
  | Engagement
  | Referral
  | Interaction
  | Opportunity
  | Profile;

export type CustomerEvent = LedgerEvent | Link;

export type CustomerEventType = CustomerEvent['type'];

export const CUSTOMER_EVENT_TYPES = [
  'purchase',
  'refund',
  'order-cancelled',
  'order-reinstated',
  'complaint',
  'complaint-resolved',
  'feedback',
  'engagement',
  'referral',
  'interaction',
  'opportunity',
  'profile',
  'link',
] as const satisfies readonly CustomerEventType[];

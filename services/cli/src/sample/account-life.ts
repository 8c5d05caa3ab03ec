import { type AttributeValue, DAY_MS, type Instant } from '@strata/domain';
import type { CustomerFeed } from './customer-feed.ts';
import type { SeededRandom } from './seeded-random.ts';

const PER_HOUR_MS = 3_600_000;

/** Working hours of a day that is counted from the start of the data. */
export function inOfficeHours(startAt: Instant, day: number, random: SeededRandom): Instant {
  return startAt + Math.floor(day) * DAY_MS + random.between(9, 18) * PER_HOUR_MS;
}

export function sendProfile(
  feed: CustomerFeed,
  at: Instant,
  attributes: Readonly<Record<string, AttributeValue>>,
): void {
  feed.send(at, (base) => ({ ...base, type: 'profile', source: 'crm', attributes }));
}

export function sendStage(
  feed: CustomerFeed,
  at: Instant,
  { stage, minor }: { readonly stage: string; readonly minor: number },
): void {
  feed.send(at, (base) => ({
    ...base,
    type: 'opportunity',
    source: 'crm',
    stage,
    amount: { minor, currency: 'CNY' },
  }));
}

export interface Contact {
  readonly kind: string;
  readonly ownerId: string;
  readonly purpose: string;
}

export function sendContact(feed: CustomerFeed, at: Instant, contact: Contact): void {
  feed.send(at, (base) => ({ ...base, type: 'interaction', source: 'crm', ...contact }));
}

export interface Sale {
  readonly orderId: string;
  readonly minor: number;
  readonly category: string;
  readonly channel: string;
  /** The system that booked it. */
  readonly source: string;
}

export function sendSale(feed: CustomerFeed, at: Instant, sale: Sale): void {
  const { orderId, minor, category, channel, source } = sale;
  feed.send(at, (base) => ({
    ...base,
    type: 'purchase',
    source,
    channel,
    orderSource: source,
    orderId,
    amount: { minor, currency: 'CNY' },
    category,
  }));
}

/** Part of a sale given back: goods returned, a fee reversed. */
export function sendPartBack(
  feed: CustomerFeed,
  at: Instant,
  { orderId, source, minor }: Pick<Sale, 'orderId' | 'source' | 'minor'>,
): void {
  feed.send(at, (base) => ({
    ...base,
    type: 'refund',
    source,
    orderSource: source,
    orderId,
    amount: { minor, currency: 'CNY' },
  }));
}

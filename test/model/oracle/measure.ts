import type { Instant } from '@strata/domain';

import { shareOfWalletAt } from './attributes.ts';
import { clvAt, pAliveAt } from './customer-value.ts';
import type { NaiveDimension } from './grammar.ts';
import type { History } from './history.ts';
import { potentialAt } from './potential.ts';
import {
  averageOrderAt,
  breadthAt,
  channelShareAt,
  firstOrderAt,
  lastOrderAt,
  ordersAt,
  purchaseDaysAt,
  revenueAt,
} from './purchases.ts';
import { complaintsAt, engagementAt, meanAt, referralsAt } from './voice.ts';

export interface MeasuredBy {
  readonly dimension: NaiveDimension;
  /** Days are those of the policy's zone. */
  readonly timeZone: string;
}

/**
 * What a dimension is at one instant, counted over the whole history: exact, in millionths of its unit (durations: in
 * milliseconds). Only what is dated at or before the instant is looked at, save what corrects an order: refunds and
 * cancellations of an order act whenever they are dated, from the record that brought them.
 */
export function valueOf(
  { dimension, timeZone }: MeasuredBy,
  history: History,
  at: Instant,
): bigint | null {
  switch (dimension.of) {
    case 'recency':
      return since(lastOrderAt(history, at), at);
    case 'tenure':
      return since(firstOrderAt(history, at), at);
    case 'orders':
      return million(ordersAt(history, at, dimension.windowMs));
    case 'purchase_days':
      return million(purchaseDaysAt(history, at, { windowMs: dimension.windowMs, timeZone }));
    case 'revenue':
      return million(revenueAt(history, at, dimension.windowMs));
    case 'average_order':
      return averageOrderAt(history, at, dimension.windowMs);
    case 'engagement':
      return engagementAt(history, at, dimension.windowMs);
    case 'complaints':
      return complaintsAt(history, at, dimension);
    case 'feedback':
    case 'satisfaction':
      return meanAt(history, at, { of: dimension.of, windowMs: dimension.windowMs });
    case 'referrals':
      return million(referralsAt(history, at, dimension.windowMs));
    case 'categories':
      return million(breadthAt(history, at, { of: 'category', windowMs: dimension.windowMs }));
    case 'channels':
      return million(breadthAt(history, at, { of: 'channel', windowMs: dimension.windowMs }));
    case 'channel_share':
      return channelShareAt(history, at, dimension);
    case 'share_of_wallet':
      return shareOfWalletAt(history, at);
    case 'potential':
      return potentialAt(history, at, dimension);
    case 'p_alive':
      return pAliveAt(history, at, dimension);
    case 'clv':
      return clvAt(history, at, dimension);
  }
}

const million = (value: number): bigint => BigInt(value) * 1_000_000n;

const since = (from: Instant | null, at: Instant): bigint | null =>
  from === null ? null : BigInt(at - from);

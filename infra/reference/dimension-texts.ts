import type { DimensionKind } from '../../packages/domain/src/index.ts';

/** What each kind of dimension measures, and in which unit its value, its steps and the events show it. */
export const DIMENSION_TEXTS: Readonly<
  Record<DimensionKind, { readonly unit: string; readonly text: string }>
> = {
  recency: { unit: 'whole days', text: 'Time since the last counted order.' },
  orders: { unit: 'orders', text: 'Counted orders in the window.' },
  purchase_days: { unit: 'days', text: 'Distinct local days with a counted order.' },
  revenue: { unit: 'minor units', text: 'Sales after refunds.' },
  complaints: { unit: 'weight', text: 'Tickets, each weighed by its severity.' },
  engagement: { unit: 'weight', text: 'Sum of the weights of engagement events.' },
  average_order: {
    unit: 'minor units, 3 decimals',
    text: '`revenue` over `orders` of the window. No value without an order.',
  },
  feedback: {
    unit: '0 to 100, 3 decimals',
    text: 'Mean of 100 x score / scale of the feedback in the window. No value without any.',
  },
  satisfaction: {
    unit: '0 to 100, 3 decimals',
    text: 'Mean of 100 x satisfaction / 5 of the resolutions in the window that say one. No value without any.',
  },
  referrals: {
    unit: 'count',
    text: 'Customers named by this one who bought, each at the instant it became existing.',
  },
  categories: {
    unit: 'count',
    text: 'Different categories bought. Parts that were fully refunded name none.',
  },
  channels: { unit: 'count', text: 'Different channels bought through, counted like categories.' },
  tenure: {
    unit: 'whole days; `at_least` is a duration',
    text: 'Time since the first counted order ever. No value without any. It needs steps or a `cap`.',
  },
  p_alive: {
    unit: '0 to 1, 6 decimals',
    text: 'The chance that the customer has not stopped buying (BG/NBD). No value without a counted order, or before a calibration.',
  },
  clv: {
    unit: 'minor units, whole',
    text: 'Discounted value of the purchases to come within `horizon` (BG/NBD and Gamma-Gamma). No value without a counted order, or before a calibration.',
  },
  channel_share: {
    unit: 'percent, 3 decimals',
    text: 'Of the orders whose earliest part names a channel, those that name `channel`. No value without any.',
  },
  share_of_wallet: {
    unit: '0 to 1, 3 decimals',
    text: 'The attribute `shareOfWallet` of the newest profile. No value without one. It has no window.',
  },
  potential: {
    unit: '0 to 100, 3 decimals',
    text: '100 x fit x engagement x stage, each from 0 to 1; a factor that is left out is 1. At least one is needed.',
  },
};

import type { Ledger, LedgerEntry } from '../customer-state.ts';

export type LedgerListName = {
  [K in keyof Ledger]-?: NonNullable<Ledger[K]> extends readonly LedgerEntry[] ? K : never;
}[keyof Ledger];

/** By name in a record, so that a list that is missing here does not compile. */
const LISTS: Readonly<Record<LedgerListName, true>> = {
  parts: true,
  refunds: true,
  verdicts: true,
  tickets: true,
  engagements: true,
  attributes: true,
  opportunities: true,
  feedbacks: true,
  referrals: true,
  traces: true,
};

/** Every list of a ledger, for what is done to all of them alike. */
export const LEDGER_LISTS = Object.keys(LISTS) as readonly LedgerListName[];

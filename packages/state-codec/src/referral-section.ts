import type { CustomerState, Instant, LedgerEntry, PendingReferral } from '@strata/domain';

import type { CustomerSection } from './customer-section.ts';
import { readEntries, writeEntries } from './ledger-codec.ts';

/** Customers whom this one named and who have bought. */
export const referralSection: CustomerSection = {
  id: 4,
  isEmpty: ({ ledger }) => ledger.referrals.length === 0,
  write(writer, { ledger }, clock) {
    writeEntries(writer, { entries: ledger.referrals, clock, writeRest: () => {} });
  },
  read(reader, state, clock) {
    const referrals = readEntries(
      reader,
      clock,
      (_, { eventKey, at, offset }): LedgerEntry => ({ eventKey, at, offset }),
    );
    return { ...state, ledger: { ...state.ledger, referrals } };
  },
};

/** Who named a customer that has not bought yet. */
export const referredBySection: CustomerSection = {
  id: 5,
  isEmpty: ({ referredBy }) => referredBy.length === 0,
  write(writer, { referredBy }, clock) {
    writer.unsigned(referredBy.length);
    for (const { referrerId, at } of referredBy) {
      writer.text(referrerId);
      writer.signed(at - clock);
    }
  },
  read(reader, state, clock) {
    const referredBy: PendingReferral[] = [];
    for (let left = reader.count(); left > 0; left--) {
      const referrerId = reader.text();
      referredBy.push({ referrerId, at: reader.signed() + clock });
    }
    return { ...state, referredBy };
  },
};

/** Customers whom this one named and of whom it waits to be told. */
export const namedSection: CustomerSection = {
  id: 55,
  isEmpty: ({ named }) => named.length === 0,
  write(writer, { named }) {
    writer.unsigned(named.length);
    for (const customerId of named) writer.text(customerId);
  },
  read(reader, state) {
    const named: string[] = [];
    for (let left = reader.count(); left > 0; left--) named.push(reader.text());
    return { ...state, named };
  },
};

/** Since when a customer is existing, where that is not the instant of its first order. */
export const existingSinceSection: CustomerSection = {
  id: 6,
  isEmpty: ({ existingSince, ...state }) =>
    existingSince === null || existingSince === usualExistingSince(state),
  write(writer, { existingSince, ...state }) {
    writer.signed((existingSince ?? 0) - usualExistingSince(state));
  },
  read(reader, state) {
    return { ...state, existingSince: reader.signed() + usualExistingSince(state) };
  },
};

/** In data time, and in every state of layout 1, where it was not kept. */
export function usualExistingSince({
  ledger,
  clock,
}: Pick<CustomerState, 'ledger' | 'clock'>): Instant {
  return ledger.parts[0]?.at ?? ledger.olderOrders?.lastAt ?? (Number.isFinite(clock) ? clock : 0);
}

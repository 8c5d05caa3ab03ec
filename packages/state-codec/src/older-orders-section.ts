import type { CustomerState, OlderOrders } from '@strata/domain';

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { CustomerSection } from './customer-section.ts';

/** What is known of the counted orders that have left the ledger, beside the instant of the last, which the body holds. */
export const olderOrdersSection: CustomerSection = {
  id: 40,
  isEmpty: ({ ledger }) => ledger.olderOrders === null || isLone(ledger.olderOrders),
  write(writer: ByteWriter, { ledger }: CustomerState): void {
    const older = ledger.olderOrders as OlderOrders;
    writer.unsigned(older.lastAt - older.firstAt);
    writer.unsigned(older.days);
    writer.signed(older.spendMinor);
    writer.signed(older.firstDaySpendMinor);
    writer.unsigned(older.sharedDays.length);
    let before = 0;
    for (const day of older.sharedDays) {
      writer.signed(day - before);
      before = day;
    }
  },
  read(reader: ByteReader, state: CustomerState): CustomerState {
    const lastAt = state.ledger.olderOrders?.lastAt ?? 0;
    const firstAt = lastAt - reader.unsigned();
    const days = reader.unsigned();
    const spendMinor = reader.signed();
    const firstDaySpendMinor = reader.signed();
    const sharedDays: number[] = [];
    let before = 0;
    for (let left = reader.count(); left > 0; left--) {
      before += reader.signed();
      sharedDays.push(before);
    }
    const spends = { spendMinor, firstDaySpendMinor };
    const olderOrders: OlderOrders = { firstAt, lastAt, days, ...spends, sharedDays };
    return { ...state, ledger: { ...state.ledger, olderOrders } };
  },
};

/** What the body alone already says. */
function isLone(older: OlderOrders): boolean {
  const isOneDay = older.firstAt === older.lastAt && older.days === 1;
  const hasSpend = older.spendMinor !== 0 || older.firstDaySpendMinor !== 0;
  return isOneDay && !hasSpend && older.sharedDays.length === 0;
}

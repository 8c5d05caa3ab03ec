import type { TicketEntry } from '@strata/domain';

import { damaged } from './byte-reader.ts';
import type { CustomerSection } from './customer-section.ts';
import { readEntries, writeEntries } from './ledger-codec.ts';

/** Feedback, an entry each. */
export const feedbackSection: CustomerSection = {
  id: 2,
  isEmpty: ({ ledger }) => ledger.feedbacks.length === 0,
  write(writer, { ledger }, clock) {
    const entries = ledger.feedbacks;
    writeEntries(writer, {
      entries,
      clock,
      writeRest: (_, { percentMilli }) => writer.signed(percentMilli),
    });
  },
  read(reader, state, clock) {
    const feedbacks = readEntries(reader, clock, (_, { eventKey, at, offset }) => {
      return { eventKey, at, offset, percentMilli: reader.signed() };
    });
    return { ...state, ledger: { ...state.ledger, feedbacks } };
  },
};

/** Which ticket entries say how satisfied a resolution left the customer: each by its distance from the one before. */
export const satisfactionSection: CustomerSection = {
  id: 3,
  isEmpty: ({ ledger }) => !ledger.tickets.some(hasOpinion),
  write(writer, { ledger }) {
    writer.unsigned(ledger.tickets.filter(hasOpinion).length);
    let after = -1;
    for (const [index, { percentMilli }] of ledger.tickets.entries()) {
      if (percentMilli === undefined) continue;
      writer.unsigned(index - after - 1);
      writer.signed(percentMilli);
      after = index;
    }
  },
  read(reader, state) {
    const tickets = [...state.ledger.tickets];
    let index = -1;
    for (let left = reader.count(); left > 0; left--) {
      index += reader.unsigned() + 1;
      const ticket = tickets[index];
      if (ticket === undefined) throw damaged('a satisfaction belongs to no ticket');
      tickets[index] = { ...ticket, percentMilli: reader.signed() };
    }
    return { ...state, ledger: { ...state.ledger, tickets } };
  },
};

function hasOpinion({ percentMilli }: TicketEntry): boolean {
  return percentMilli !== undefined;
}

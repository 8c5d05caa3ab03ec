import type { Absorbed, CustomerState, PendingLink, Reservation } from '@strata/domain';

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { CustomerSection } from './customer-section.ts';

/** A whole state inside another one: all but its first byte. */
export interface StateBody {
  write(writer: ByteWriter, state: CustomerState): void;
  read(reader: ByteReader): CustomerState;
}

const NOTHING = 0;
const STATE = 1;

/** Of whom a customer is an alias. Its instant stands by itself: an alias has no clock. */
export const aliasSection: CustomerSection = {
  id: 60,
  isEmpty: ({ alias }) => alias === undefined,
  write(writer, { alias }) {
    if (alias === undefined) return;
    writer.text(alias.mergeId);
    writer.text(alias.survivorId);
    writer.signed(alias.at);
    writer.text(alias.reason);
    writer.text(alias.actor);
  },
  read(reader, state) {
    const [mergeId, survivorId] = [reader.text(), reader.text()];
    const at = reader.signed();
    const alias = { mergeId, survivorId, at, reason: reader.text(), actor: reader.text() };
    return { ...state, alias };
  },
};

/** Who merged into this customer. */
export const absorbedSection: CustomerSection = {
  id: 61,
  isEmpty: ({ absorbed }) => absorbed === undefined,
  write(writer, { absorbed = [] }, clock) {
    writer.unsigned(absorbed.length);
    for (const { mergeId, customerId, at } of absorbed) {
      writer.text(mergeId);
      writer.text(customerId);
      writer.signed(at - clock);
    }
  },
  read(reader, state, clock) {
    const absorbed: Absorbed[] = [];
    for (let left = reader.count(); left > 0; left--) {
      const [mergeId, customerId] = [reader.text(), reader.text()];
      absorbed.push({ mergeId, customerId, at: reader.signed() + clock });
    }
    return { ...state, absorbed };
  },
};

/** The merge that a customer waits for, with what has come of the other one. */
export function reservationSection(body: StateBody): CustomerSection {
  return {
    id: 62,
    isEmpty: ({ reservation }) => reservation === undefined,
    write(writer, { reservation }) {
      if (reservation !== undefined) writeReservation(writer, reservation, body);
    },
    read: (reader, state) => ({ ...state, reservation: readReservation(reader, body) }),
  };
}

/** The links that a customer waits for. Their instants stand by themselves: it may have no clock. */
export function linksSection(body: StateBody): CustomerSection {
  return {
    id: 63,
    isEmpty: ({ links }) => links === undefined,
    write(writer, { links = [] }) {
      writer.unsigned(links.length);
      for (const link of links) {
        writeReservation(writer, link, body);
        writer.signed(link.at);
        writer.text(link.reason);
        writer.text(link.actor);
        writer.unsigned(link.tries);
      }
    },
    read(reader, state) {
      const links: PendingLink[] = [];
      for (let left = reader.count(); left > 0; left--) {
        const reservation = readReservation(reader, body);
        const at = reader.signed();
        const [reason, actor] = [reader.text(), reader.text()];
        links.push({ ...reservation, at, reason, actor, tries: reader.unsigned() });
      }
      return { ...state, links };
    },
  };
}

function writeReservation(writer: ByteWriter, reservation: Reservation, body: StateBody): void {
  const { mergeId, otherId, received, handed } = reservation;
  writer.text(mergeId);
  writer.text(otherId);
  writer.unsigned(received);
  writer.byte(handed === null ? NOTHING : STATE);
  if (handed !== null) body.write(writer, handed);
}

function readReservation(reader: ByteReader, body: StateBody): Reservation {
  const [mergeId, otherId] = [reader.text(), reader.text()];
  const received = reader.unsigned();
  const handed = reader.byte() === NOTHING ? null : body.read(reader);
  return { mergeId, otherId, received, handed };
}

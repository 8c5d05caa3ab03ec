import type { AttributeEntry, AttributeValue, OpportunityEntry } from '@strata/domain';

import { type ByteReader, damaged } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { CustomerSection } from './customer-section.ts';
import { type EntryHead, readEntries, writeEntries } from './ledger-codec.ts';

/** The stored numbers of the kinds of attribute value: append only. */
const TEXT = 0;
const NUMBER = 1;
const LIST = 2;

/** What profile events said. */
export const attributesSection: CustomerSection = {
  id: 20,
  isEmpty: ({ ledger }) => ledger.attributes.length === 0,
  write(writer, { ledger }, clock) {
    writeEntries(writer, { entries: ledger.attributes, clock, writeRest: writeAttribute });
  },
  read(reader, state, clock) {
    const attributes = readEntries(reader, clock, readAttribute);
    return { ...state, ledger: { ...state.ledger, attributes } };
  },
};

/** The stages that opportunities reached. */
export const opportunitiesSection: CustomerSection = {
  id: 21,
  isEmpty: ({ ledger }) => ledger.opportunities.length === 0,
  write(writer, { ledger }, clock) {
    writeEntries(writer, { entries: ledger.opportunities, clock, writeRest: writeOpportunity });
  },
  read(reader, state, clock) {
    const opportunities = readEntries(reader, clock, readOpportunity);
    return { ...state, ledger: { ...state.ledger, opportunities } };
  },
};

function writeAttribute(writer: ByteWriter, entry: AttributeEntry): void {
  writer.text(entry.source);
  writer.text(entry.eventId);
  writer.text(entry.name);
  writeValue(writer, entry.value);
}

function readAttribute(
  reader: ByteReader,
  { eventKey, at, offset }: Readonly<EntryHead>,
): AttributeEntry {
  const source = reader.text();
  const eventId = reader.text();
  return { eventKey, at, offset, source, eventId, name: reader.text(), value: readValue(reader) };
}

/** A number goes by its shortest text, which is exact. */
function writeValue(writer: ByteWriter, value: AttributeValue): void {
  if (typeof value === 'object') {
    writer.byte(LIST);
    writer.unsigned(value.length);
    for (const text of value) writer.text(text);
    return;
  }
  writer.byte(typeof value === 'number' ? NUMBER : TEXT);
  // -0 and 0 are one value.
  writer.text(String(value));
}

function readValue(reader: ByteReader): AttributeValue {
  const kind = reader.byte();
  if (kind === LIST) return Array.from({ length: reader.count() }, () => reader.text());
  if (kind !== TEXT && kind !== NUMBER) throw damaged('an attribute has an unknown kind of value');
  const text = reader.text();
  return kind === TEXT ? text : Number(text);
}

function writeOpportunity(writer: ByteWriter, entry: OpportunityEntry): void {
  writer.text(entry.source);
  writer.text(entry.eventId);
  writer.text(entry.stage);
}

function readOpportunity(
  reader: ByteReader,
  { eventKey, at, offset }: Readonly<EntryHead>,
): OpportunityEntry {
  const source = reader.text();
  const eventId = reader.text();
  return { eventKey, at, offset, source, eventId, stage: reader.text() };
}

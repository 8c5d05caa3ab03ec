import type {
  EngagementEntry,
  Hash64,
  Instant,
  Ledger,
  LedgerEntry,
  OlderOrders,
  OrderPart,
  OrderVerdict,
  RefundEntry,
  Severity,
  TicketEntry,
} from '@strata/domain';

import { type ByteReader, damaged } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** The stored numbers of the severities, from 1: append only. Zero stands for a resolution. */
const SEVERITY_NUMBERS = ['low', 'medium', 'high', 'critical'] as const satisfies Severity[];

/** What every entry starts with. One object per list is filled anew for each entry. */
export interface EntryHead {
  eventKey: Hash64;
  at: Instant;
  offset: number;
}

export function writeLedger(writer: ByteWriter, ledger: Ledger, clock: Instant): void {
  if (ledger.olderOrders !== null) writer.signed(ledger.olderOrders.lastAt - clock);
  writeEntries(writer, { entries: ledger.parts, clock, writeRest: writePart });
  writeEntries(writer, { entries: ledger.refunds, clock, writeRest: writeRefund });
  writeEntries(writer, { entries: ledger.verdicts, clock, writeRest: writeVerdict });
  writeEntries(writer, { entries: ledger.tickets, clock, writeRest: writeTicket });
  writeEntries(writer, { entries: ledger.engagements, clock, writeRest: writeEngagement });
  writeEntries(writer, { entries: ledger.traces, clock, writeRest: () => {} });
}

export function readLedger(reader: ByteReader, clock: Instant, hasOlderOrder: boolean): Ledger {
  const olderOrders = hasOlderOrder ? loneOrder(reader.signed() + clock) : null;
  return {
    parts: readEntries(reader, clock, readPart),
    refunds: readEntries(reader, clock, readRefund),
    verdicts: readEntries(reader, clock, readVerdict),
    tickets: readEntries(reader, clock, readTicket),
    engagements: readEntries(reader, clock, readEngagement),
    feedbacks: [],
    attributes: [],
    opportunities: [],
    referrals: [],
    traces: readEntries(reader, clock, readTrace),
    olderOrders,
  };
}

/** Layout 1 knew of what had left only when its last order was; the section of layout 2 says the rest. */
function loneOrder(at: Instant): OlderOrders {
  const spends = { spendMinor: 0, firstDaySpendMinor: 0 };
  return { firstAt: at, lastAt: at, days: 1, ...spends, sharedDays: [] };
}

export interface EntriesToWrite<T> {
  readonly entries: readonly T[];
  readonly clock: Instant;
  readonly writeRest: (writer: ByteWriter, entry: T) => void;
}

/** The first entry is told from the clock and offset 0, each other one from the entry before it. */
export function writeEntries<T extends Readonly<EntryHead>>(
  writer: ByteWriter,
  { entries, clock, writeRest }: EntriesToWrite<T>,
): void {
  writer.unsigned(entries.length);
  let at = clock;
  let offset = 0;
  for (const entry of entries) {
    writer.hash(entry.eventKey);
    writer.signed(entry.at - at);
    writer.signed(entry.offset - offset);
    writeRest(writer, entry);
    at = entry.at;
    offset = entry.offset;
  }
}

export function readEntries<T>(
  reader: ByteReader,
  clock: Instant,
  readOne: (reader: ByteReader, head: Readonly<EntryHead>) => T,
): T[] {
  const entries: T[] = [];
  const head: EntryHead = { eventKey: '' as Hash64, at: clock, offset: 0 };
  for (let left = reader.count(); left > 0; left--) {
    head.eventKey = reader.hash();
    head.at += reader.signed();
    head.offset += reader.signed();
    entries.push(readOne(reader, head));
  }
  return entries;
}

function writePart(writer: ByteWriter, part: OrderPart): void {
  // Many sources name an order and its one purchase by the same id, and then the two keys are one.
  const isOwnOrder = part.orderKey === part.eventKey;
  writer.flagged(part.amountMinor, isOwnOrder);
  if (!isOwnOrder) writer.hash(part.orderKey);
}

function readPart(reader: ByteReader, { eventKey, at, offset }: Readonly<EntryHead>): OrderPart {
  const isOwnOrder = reader.peekFlag();
  const amountMinor = reader.flagged();
  return { eventKey, at, offset, orderKey: isOwnOrder ? eventKey : reader.hash(), amountMinor };
}

function writeRefund(writer: ByteWriter, refund: RefundEntry): void {
  writer.byte(refund.orderKey === null ? 0 : 1);
  if (refund.orderKey !== null) writer.hash(refund.orderKey);
  writer.signed(refund.amountMinor);
}

function readRefund(
  reader: ByteReader,
  { eventKey, at, offset }: Readonly<EntryHead>,
): RefundEntry {
  const orderKey = readFlag(reader) ? reader.hash() : null;
  return { eventKey, at, offset, orderKey, amountMinor: reader.signed() };
}

function writeVerdict(writer: ByteWriter, verdict: OrderVerdict): void {
  writer.byte(verdict.isCancelled ? 1 : 0);
  writer.hash(verdict.orderKey);
  writer.text(verdict.source);
  writer.text(verdict.eventId);
}

function readVerdict(
  reader: ByteReader,
  { eventKey, at, offset }: Readonly<EntryHead>,
): OrderVerdict {
  const isCancelled = readFlag(reader);
  const orderKey = reader.hash();
  const source = reader.text();
  return { eventKey, at, offset, orderKey, isCancelled, source, eventId: reader.text() };
}

function writeTicket(writer: ByteWriter, ticket: TicketEntry): void {
  writer.byte(ticket.severity === null ? 0 : SEVERITY_NUMBERS.indexOf(ticket.severity) + 1);
  writer.hash(ticket.ticketKey);
}

function readTicket(
  reader: ByteReader,
  { eventKey, at, offset }: Readonly<EntryHead>,
): TicketEntry {
  const stored = reader.byte();
  const severity = stored === 0 ? null : SEVERITY_NUMBERS[stored - 1];
  if (severity === undefined) throw damaged('a severity has an unknown number');
  return { eventKey, at, offset, ticketKey: reader.hash(), severity };
}

function writeEngagement(writer: ByteWriter, engagement: EngagementEntry): void {
  writer.signed(engagement.weightMilli);
}

function readEngagement(
  reader: ByteReader,
  { eventKey, at, offset }: Readonly<EntryHead>,
): EngagementEntry {
  return { eventKey, at, offset, weightMilli: reader.signed() };
}

function readTrace(_: ByteReader, { eventKey, at, offset }: Readonly<EntryHead>): LedgerEntry {
  return { eventKey, at, offset };
}

function readFlag(reader: ByteReader): boolean {
  const value = reader.byte();
  if (value > 1) throw damaged('a flag is neither 0 nor 1');
  return value === 1;
}

import type { OrderPart, OriginalAmount, RefundEntry } from '@strata/domain';

import { type ByteReader, damaged } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { CustomerSection } from './customer-section.ts';

type Entry = OrderPart | RefundEntry;

/** Which parts and refunds came in another currency: each by its distance from the one before, with what it was. */
export const originalSection: CustomerSection = {
  id: 35,
  isEmpty: ({ ledger, ratesNumber }) =>
    ratesNumber === undefined && !ledger.parts.some(isForeign) && !ledger.refunds.some(isForeign),
  write(writer, { ledger, ratesNumber = 0 }) {
    writer.unsigned(ratesNumber);
    writeOriginals(writer, ledger.parts);
    writeOriginals(writer, ledger.refunds);
  },
  read(reader, state) {
    const ratesNumber = reader.unsigned();
    const parts = withOriginals(reader, state.ledger.parts);
    const refunds = withOriginals(reader, state.ledger.refunds);
    const ledger = { ...state.ledger, parts, refunds };
    return ratesNumber === 0 ? { ...state, ledger } : { ...state, ledger, ratesNumber };
  },
};

function isForeign({ original }: Entry): boolean {
  return original !== undefined;
}

function writeOriginals(writer: ByteWriter, entries: readonly Entry[]): void {
  writer.unsigned(entries.filter(isForeign).length);
  let after = -1;
  for (const [index, { original }] of entries.entries()) {
    if (original === undefined) continue;
    writer.unsigned(index - after - 1);
    writer.unsigned(original.minor);
    writer.text(original.currency);
    writer.text(original.rate);
    writer.signed(original.rateDay);
    after = index;
  }
}

function withOriginals<T extends Entry>(reader: ByteReader, entries: readonly T[]): readonly T[] {
  const all = [...entries];
  let index = -1;
  for (let left = reader.count(); left > 0; left--) {
    index += reader.unsigned() + 1;
    const entry = all[index];
    if (entry === undefined) throw damaged('an original amount belongs to no entry');
    all[index] = { ...entry, original: readOriginal(reader) };
  }
  return all;
}

function readOriginal(reader: ByteReader): OriginalAmount {
  const minor = reader.unsigned();
  const currency = reader.text();
  const rate = reader.text();
  return { minor, currency, rate, rateDay: reader.signed() };
}

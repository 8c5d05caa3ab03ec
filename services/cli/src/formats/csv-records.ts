import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { OpenedInput } from './open-input.ts';

/** One record, which may span several lines of text. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly raw: string;
}

/** A message of a few screens fits; a quote that is never closed must not take the rest of the file into memory. */
const RECORD_BYTES_MAX = 1_048_576;

export interface CsvReader {
  readonly onRecord: (record: CsvRecord) => void;
  /** A record whose quotes make no sense. */
  readonly onBroken: (raw: string) => void;
}

/** Reads RFC 4180 text with LF or CRLF. The number of columns is the caller's to check. */
export async function eachCsvRecord(stream: Readable, reader: CsvReader): Promise<void> {
  const parser = parse({
    bom: true,
    raw: true,
    relax_column_count: true,
    // A quote inside a bare field is a letter like others: records must not be cut in two by it.
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: RECORD_BYTES_MAX,
    on_skip: (_fault, raw) => {
      reader.onBroken(raw ?? '');
      return undefined;
    },
  });
  const target = new Writable({
    objectMode: true,
    write(chunk: { record: string[]; raw: string }, _encoding, done) {
      reader.onRecord({ fields: chunk.record, raw: chunk.raw });
      done();
    },
  });
  await pipeline(stream, parser, target);
}

/** Where each wanted column stands in the records of a file. */
export type Columns<C extends string> = Readonly<Record<C, number>>;

/** The places of the wanted columns by the header; the names that are missing otherwise. */
export function columnsOf<C extends string>(
  header: readonly string[],
  wanted: readonly C[],
): { readonly columns: Columns<C> } | { readonly missing: readonly C[] } {
  const names = header.map((name) => name.trim());
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) return { missing };
  return {
    columns: Object.fromEntries(wanted.map((name) => [name, names.indexOf(name)])) as Columns<C>,
  };
}

/** A record of a file with a header: its number from 1, its wanted columns by name. */
export interface NamedRecord<C extends string> {
  readonly number: number;
  readonly field: (column: C) => string;
  readonly raw: string;
}

export interface NamedReader<C extends string> {
  readonly wanted: readonly C[];
  readonly onRecord: (record: NamedRecord<C>) => void;
  /** A record with broken quotes or another number of columns than the header. */
  readonly onBroken: (number: number, raw: string) => void;
  readonly onMissing: (columns: readonly C[]) => Error;
}

/** Reads a CSV file whose first record is the header. */
export async function eachNamedRecord<C extends string>(
  input: OpenedInput,
  reader: NamedReader<C>,
): Promise<void> {
  let columns: Columns<C> | null = null;
  let width = 0;
  let number = 0;
  await eachCsvRecord(input.stream, {
    onBroken: (raw) => reader.onBroken(++number, raw),
    onRecord: ({ fields, raw }) => {
      if (columns === null) {
        const found = columnsOf(fields, reader.wanted);
        if ('missing' in found) throw reader.onMissing(found.missing);
        columns = found.columns;
        width = fields.length;
        return;
      }
      number++;
      if (fields.length !== width) {
        reader.onBroken(number, raw);
        return;
      }
      const places = columns;
      reader.onRecord({ number, raw, field: (column) => fields[places[column]] ?? '' });
    },
  });
}

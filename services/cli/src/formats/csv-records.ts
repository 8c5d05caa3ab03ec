import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';

/** One record, which may span several lines of text. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly raw: string;
}

/** A message of a few screens fits; a quote that is never closed must not take the rest of the file into memory. */
const RECORD_BYTES_MAX = 1_048_576;

export interface CsvReader {
  readonly separator: string;
  readonly onRecord: (record: CsvRecord) => void;
  /** A record whose quotes make no sense. */
  readonly onBroken: (raw: string) => void;
}

/** Reads RFC 4180 text with LF or CRLF. The number of columns is the caller's to check. */
export async function eachCsvRecord(stream: Readable, reader: CsvReader): Promise<void> {
  const parser = parse({
    bom: true,
    delimiter: reader.separator,
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
      try {
        reader.onRecord({ fields: chunk.record, raw: chunk.raw });
        done();
      } catch (fault) {
        done(fault as Error);
      }
    },
  });
  await pipeline(stream, parser, target);
}

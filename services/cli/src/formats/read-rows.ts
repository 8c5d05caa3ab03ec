import { type Readable, Transform } from 'node:stream';
import {
  ContractFault,
  type DeadLetterReason,
  type JsonObject,
  parseSourceJson,
  parseStrictJson,
} from '@strata/contracts';
import type { Layout, SourceInput } from '@strata/source-map';
import { eachCsvRecord } from './csv-records.ts';
import { eachLine } from './file-lines.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** An order of some hundred lines fits. */
const LINE_BYTES_MAX = 1_048_576;

export interface RowReader {
  /** Told once, before the first record. */
  readonly onLayout: (layout: Layout) => void;
  readonly onRow: (content: readonly string[] | JsonObject, raw: Uint8Array | string) => void;
  /** A record that has no columns or is no object. */
  readonly onBroken: (
    why: { readonly reason: DeadLetterReason; readonly field: string | null },
    raw: Uint8Array | string,
  ) => void;
}

const BAD_ROW = { reason: 'bad-row', field: null } as const;

/** Reads the records of a file as its map says they lie there. Blank lines are none. */
export async function eachRow(
  stream: Readable,
  { input, isAsIs }: { readonly input: SourceInput; readonly isAsIs: boolean },
  reader: RowReader,
): Promise<void> {
  const bytes = decoded(stream, input.encoding);
  if (input.format === 'ndjson') {
    reader.onLayout({ kind: 'objects' });
    await eachObject(bytes, isAsIs ? parseStrictJson : parseSource, reader);
    return;
  }
  const cells = new CellReader(input, reader);
  if (input.separator === 'spaces') {
    await eachTextLine(bytes, (line) => {
      const text = line.toString('utf8').trim();
      if (text !== '') cells.record(text.split(/\s+/), Uint8Array.from(line));
    });
    return;
  }
  await eachCsvRecord(bytes, {
    separator: input.separator,
    onRecord: ({ fields, raw }) => cells.record(fields, raw),
    onBroken: (raw) => reader.onBroken(BAD_ROW, raw),
  });
}

/** Finds out what the columns are called, and holds every record against them. */
class CellReader {
  readonly #input: SourceInput;
  readonly #reader: RowReader;
  #width: number | null = null;

  constructor(input: SourceInput, reader: RowReader) {
    this.#input = input;
    this.#reader = reader;
  }

  record(fields: readonly string[], raw: Uint8Array | string): void {
    if (this.#width === null) {
      const { names, isHeader } = this.#columnsBy(fields);
      this.#width = names.length;
      this.#reader.onLayout({ kind: 'columns', names });
      if (isHeader) return;
    }
    if (fields.length === this.#width) this.#reader.onRow(fields, raw);
    else this.#reader.onBroken(BAD_ROW, raw);
  }

  #columnsBy(first: readonly string[]): { names: readonly string[]; isHeader: boolean } {
    const { header, columns } = this.#input;
    const written = first.map((name) => name.trim());
    const isHeader =
      header === 'required' ||
      (header === 'optional' && columns?.every((name) => written.includes(name)) === true);
    if (isHeader) return { names: written, isHeader };
    return { names: columns ?? first.map((_, index) => `column ${index + 1}`), isHeader };
  }
}

async function eachObject(
  stream: Readable,
  parse: (line: Uint8Array) => JsonObject,
  reader: RowReader,
): Promise<void> {
  await eachTextLine(stream, (line) => {
    if (isBlank(line)) return;
    // The chunk that the line is a view of must not stay in memory for a refused line.
    const raw = Uint8Array.from(line);
    try {
      reader.onRow(parse(line), raw);
    } catch (fault) {
      if (!(fault instanceof ContractFault)) throw fault;
      reader.onBroken(fault, raw);
    }
  });
}

const parseSource = (line: Uint8Array): JsonObject => parseSourceJson(line, LINE_BYTES_MAX);

async function eachTextLine(stream: Readable, onLine: (line: Buffer) => void): Promise<void> {
  let isFirst = true;
  await eachLine(stream, (line) => {
    const hasMark = isFirst && line.subarray(0, 3).equals(BYTE_ORDER_MARK);
    isFirst = false;
    onLine(hasMark ? line.subarray(3) : line);
  });
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09);
}

/** Text of other encodings as UTF-8; bytes that are no letter of theirs become U+FFFD, which no id may hold. */
function decoded(stream: Readable, encoding: string): Readable {
  if (encoding === 'utf-8') return stream;
  const decoder = new TextDecoder(encoding);
  const target = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(decoder.decode(chunk, { stream: true })));
    },
    flush(done) {
      done(null, Buffer.from(decoder.decode()));
    },
  });
  stream.on('error', (fault) => target.destroy(fault));
  return stream.pipe(target);
}

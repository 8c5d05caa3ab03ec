import type { Readable } from 'node:stream';
import { minimisation, readIntakeEvent } from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import {
  type Draft,
  type MappedRow,
  openRows,
  type RowMapper,
  type SourceMap,
  type SourcePart,
  type SourceRow,
  type Tables,
} from '@strata/source-map';
import { CliFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import type { FileFormat, FileRefusal, FormatInput, FormatSink } from './file-format.ts';
import { findFiles } from './find-files.ts';
import { formatTexts } from './format-texts.ts';
import { eachRow } from './read-rows.ts';

const RULES = minimisation();

/** The files that a map describes, read by the same rules as its topic would be. */
export function formatOfMap(map: SourceMap, language: Language): FileFormat {
  return {
    name: map.name,
    currency: map.isOneCurrency ? map.currency : null,
    readsStdin: !map.hasPlaceIds && !map.isFolder,
    files: (path) => findFiles(map, path, language),
    read: (input, sink) =>
      eachMappedRow({ map, input, language }, (place, mapped) => finish(place, mapped, sink)),
  };
}

export interface MapReading {
  readonly map: SourceMap;
  readonly input: FormatInput;
  readonly language: Language;
  /** Told of each file, once its columns are known. */
  readonly onFile?: (file: string, mapper: RowMapper) => void;
  /** Stops reading a file that nothing joins behind so many records. */
  readonly rowsMax?: number;
}

/** Where a row stands, and what a dead letter of it would say. */
export type RowPlace = Omit<FileRefusal, 'reason' | 'field'>;

type OnMapped = (place: RowPlace, mapped: MappedRow) => void;

/** Reads the files of a map in their order. Each row is told once: rows that are kept, when nothing joined them in the end. */
export async function eachMappedRow(reading: MapReading, onMapped: OnMapped): Promise<void> {
  const { map, input, language } = reading;
  const paths = await findFiles(map, input.path, language);
  const tables: Tables = new Map();
  const files = new Map<string, OpenFile>();
  const tell = (row: SourceRow, mapped: MappedRow): void => onMapped(placeOf(row, files), mapped);
  for (const [index, part] of map.parts.entries()) {
    const opened = await input.open(paths[index] ?? input.path);
    // The name without the packing: packed or not, the ids that are places in the file are the same.
    const origin = opened.name.replace(/\.gz$/, '');
    const file = { name: opened.name, origin, columns: null };
    files.set(origin, file);
    await readPart({ part, stream: opened.stream, file, tables }, reading, tell).catch((fault) => {
      if (!(fault instanceof EnoughRows)) throw fault;
    });
  }
  for (const table of tables.values()) for (const { row, end } of table.unused()) tell(row, end);
}

/** What places of rows are told by. */
interface OpenFile {
  readonly name: string;
  readonly origin: string;
  columns: readonly string[] | null;
}

interface PartReading {
  readonly part: SourcePart;
  readonly stream: Readable;
  readonly file: OpenFile;
  readonly tables: Tables;
}

class EnoughRows extends Error {}

async function readPart(
  { part, stream, file, tables }: PartReading,
  { map, input, language, onFile, rowsMax = Infinity }: MapReading,
  tell: (row: SourceRow, mapped: MappedRow) => void,
): Promise<void> {
  const { origin } = file;
  let mapper: RowMapper | null = null;
  let record = 0;
  const nextPlace = (raw: SourceRow['raw']): Omit<SourceRow, 'content'> => {
    if (record >= rowsMax && part.keep === null) throw new EnoughRows();
    record += 1;
    return { origin, record: String(record), raw };
  };
  await eachRow(stream, part, {
    onLayout: (layout) => {
      if (layout.kind === 'columns') file.columns = layout.names;
      mapper = openRows(map, part, { layout, timeZone: input.timeZone, tables });
      requireColumns(file.name, mapper, language);
      onFile?.(file.name, mapper);
    },
    onRow: (content, raw) => {
      const row = { content, ...nextPlace(raw) };
      const mapped = mapper?.apply(row) ?? NOT_OPEN;
      if (mapped.kind !== 'kept') tell(row, mapped);
    },
    onBroken: ({ reason, field }, raw) => {
      tell({ content: [], ...nextPlace(raw) }, { kind: 'refused', reason, field });
    },
  });
}

const NOT_OPEN: MappedRow = { kind: 'refused', reason: 'bad-row', field: null };

function requireColumns(file: string, { missing }: RowMapper, language: Language): void {
  if (missing.length === 0) return;
  const sentence = formatTexts(language).lacksColumns(file, missing.join(', '));
  throw new CliFault('STRATA_CLI_BROKEN_FILE', sentence);
}

function finish(place: RowPlace, mapped: MappedRow, sink: FormatSink): void {
  if (mapped.kind === 'skipped') sink.skip(mapped.reason);
  else if (mapped.kind === 'refused') {
    const { reason, field } = mapped;
    sink.refuse({ ...place, reason, field });
  } else if (mapped.kind === 'events') {
    const result = eventsOf(mapped.drafts);
    if ('reason' in result) {
      sink.refuse({ ...place, ...result });
      return;
    }
    for (let part = mapped.accept(); part > 0; part -= 1) sink.part();
    sink.events(result.events);
  }
}

/** A row becomes all of its events or none. */
export function eventsOf(
  drafts: readonly Draft[],
): { readonly events: readonly CustomerEvent[] } | Pick<FileRefusal, 'reason' | 'field'> {
  const events: CustomerEvent[] = [];
  for (const { fields, instants, columnOf } of drafts) {
    const result = readIntakeEvent(fields, { instants, rules: RULES });
    if (result.kind === 'event') events.push(result.event);
    else {
      const { reason, field } = result;
      return { reason, field: field === null ? null : columnOf(field) };
    }
  }
  return { events };
}

function placeOf({ origin, record, raw }: SourceRow, files: Map<string, OpenFile>): RowPlace {
  const { name = origin, columns = null } = files.get(origin) ?? {};
  return {
    file: name,
    record: Number(record),
    raw: typeof raw === 'string' ? Buffer.from(raw) : raw,
    columns,
  };
}

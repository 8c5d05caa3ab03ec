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

interface Reading {
  readonly map: SourceMap;
  readonly input: FormatInput;
  readonly sink: FormatSink;
  readonly language: Language;
  readonly tables: Tables;
  /** The files by what rows call them. */
  readonly files: Map<string, Pick<FileRefusal, 'file' | 'columns'>>;
}

/** The files that a map describes, read by the same rules as its topic would be. */
export function formatOfMap(map: SourceMap, language: Language): FileFormat {
  return {
    name: map.name,
    currency: map.isOneCurrency ? map.currency : null,
    readsStdin: !map.hasPlaceIds && !map.isFolder,
    files: (path) => findFiles(map, path, language),
    async read(input, sink) {
      const reading = { map, input, sink, language, tables: new Map(), files: new Map() };
      const paths = await findFiles(map, input.path, language);
      for (const [index, part] of map.parts.entries()) {
        await readPart(part, paths[index] ?? input.path, reading);
      }
      for (const table of reading.tables.values()) {
        for (const { row, end } of table.unused()) finish(row, end, reading);
      }
    },
  };
}

async function readPart(part: SourcePart, path: string, reading: Reading): Promise<void> {
  const { map, input, sink, tables, files } = reading;
  const file = await input.open(path);
  // The name without the packing: packed or not, the ids that are places in the file are the same.
  const origin = file.name.replace(/\.gz$/, '');
  files.set(origin, { file: file.name, columns: null });
  let mapper: RowMapper | null = null;
  let record = 0;
  await eachRow(file.stream, part, {
    onLayout: (layout) => {
      if (layout.kind === 'columns') files.set(origin, { file: file.name, columns: layout.names });
      mapper = openRows(map, part, { layout, timeZone: input.timeZone, tables });
      requireColumns(file.name, mapper, reading);
    },
    onRow: (content, raw) => {
      record += 1;
      const row = { content, origin, record: String(record), raw };
      const mapped = mapper?.apply(row);
      if (mapped !== undefined) finish(row, mapped, reading);
    },
    onBroken: ({ reason, field }, raw) => {
      record += 1;
      const row = { content: [], origin, record: String(record), raw };
      sink.refuse(refusalOf(row, { reason, field }, reading));
    },
  });
}

function requireColumns(file: string, { missing }: RowMapper, { language }: Reading): void {
  if (missing.length === 0) return;
  const sentence = formatTexts(language).lacksColumns(file, missing.join(', '));
  throw new CliFault('STRATA_CLI_BROKEN_FILE', sentence);
}

function finish(row: SourceRow, mapped: MappedRow, reading: Reading): void {
  const { sink } = reading;
  switch (mapped.kind) {
    case 'kept':
      return;
    case 'skipped':
      return sink.skip(mapped.reason);
    case 'refused':
      return sink.refuse(refusalOf(row, mapped, reading));
    case 'events': {
      const result = eventsOf(mapped.drafts);
      if ('reason' in result) return sink.refuse(refusalOf(row, result, reading));
      for (let part = mapped.accept(); part > 0; part -= 1) sink.part();
      return sink.events(result.events);
    }
  }
}

type Refusal = Pick<FileRefusal, 'reason' | 'field'>;

/** A row becomes all of its events or none. */
function eventsOf(
  drafts: readonly Draft[],
): { readonly events: readonly CustomerEvent[] } | Refusal {
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

function refusalOf(
  { origin, record, raw }: SourceRow,
  { reason, field }: Refusal,
  { files }: Reading,
): FileRefusal {
  return {
    file: files.get(origin)?.file ?? origin,
    record: Number(record),
    reason,
    field,
    raw: typeof raw === 'string' ? Buffer.from(raw) : raw,
    columns: files.get(origin)?.columns ?? null,
  };
}

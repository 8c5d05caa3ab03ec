import { Readable } from 'node:stream';
import type { DeadLetterReason } from '@strata/contracts';
import {
  type Layout,
  openRows,
  type SourceMap,
  type SourcePart,
  type SourceRow,
} from '@strata/source-map';
import { FILE_FORMATS, shippedMap } from '../formats/map-files.ts';
import { eventsOf } from '../formats/map-format.ts';
import { eachRow } from '../formats/read-rows.ts';
import type { Language } from '../language.ts';
import type { FileRow, ReadRow, RowReading } from './way-back.ts';

interface RowOptions {
  /** A mended map, which is asked for the rows of its format instead of the one that ships. */
  readonly map: SourceMap | null;
  /** The zone of times that have none; null for that of the map. */
  readonly timeZone: string | null;
  readonly language: Language;
}

/** Reads rows of files again, each by itself, by the map of its format as it is today. */
export function rowReader({ map, timeZone, language }: RowOptions): ReadRow {
  const maps = new Map<string, SourceMap | null>();
  if (map !== null) maps.set(map.name, map);
  return async (row) => {
    let own = maps.get(row.format);
    if (own === undefined) {
      own = FILE_FORMATS.includes(row.format) ? shippedMap(row.format, language) : null;
      maps.set(row.format, own);
    }
    const part = own === null ? null : partOf(own, row);
    return own === null || part === null ? ALONE : readBy(own, part, { row, timeZone });
  };
}

const ALONE: RowReading = { kind: 'alone' };

/** A row that joins others, or that others join, says nothing without them. */
function partOf(map: SourceMap, { file }: FileRow): SourcePart | null {
  const name = file?.replace(/\.gz$/, '').replace(/\.[^.]*$/, '') ?? null;
  const part =
    map.parts.find(({ files }) => name !== null && files?.includes(name) === true) ??
    (map.parts.length === 1 ? map.parts[0] : undefined);
  return part === undefined || part.joins.length > 0 || part.keep !== null ? null : part;
}

async function readBy(
  map: SourceMap,
  part: SourcePart,
  { row, timeZone }: { readonly row: FileRow; readonly timeZone: string | null },
): Promise<RowReading> {
  const { columns } = row;
  const input = { ...part.input, header: 'none', encoding: 'utf-8', columns } as const;
  let layout: Layout = { kind: 'objects' };
  let content: SourceRow['content'] | null = null;
  let broken: { reason: DeadLetterReason; field: string | null } | null = null;
  await eachRow(
    Readable.from([Buffer.from(row.bytes)]),
    { input, isAsIs: part.isAsIs },
    {
      onLayout: (found) => {
        layout = found;
      },
      onRow: (found) => {
        content = found;
      },
      onBroken: ({ reason, field }) => {
        broken = { reason, field };
      },
    },
  );
  if (broken !== null) return { kind: 'refused', ...(broken as Broken) };
  if (content === null) return ALONE;
  const origin = row.file?.replace(/\.gz$/, '') ?? map.name;
  const mapper = openRows(map, part, { layout, timeZone, tables: new Map() });
  const mapped = mapper.apply({ content, origin, record: String(row.record), raw: row.bytes });
  switch (mapped.kind) {
    case 'kept':
      return ALONE;
    case 'skipped':
      return { kind: 'events', events: [] };
    case 'refused':
      return mapped;
    case 'events': {
      const result = eventsOf(mapped.drafts);
      return 'events' in result
        ? { kind: 'events', events: result.events }
        : { kind: 'refused', ...result };
    }
  }
}

type Broken = { readonly reason: DeadLetterReason; readonly field: string | null };

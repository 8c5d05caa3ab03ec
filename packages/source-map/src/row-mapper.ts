import type { JsonObject } from '@strata/contracts';
import { type Draft, eventMapper } from './event-mapper.ts';
import { joiner, keeperOf, type Tables } from './joins.ts';
import type { RowEnd } from './kept-table.ts';
import type { Binding } from './reference.ts';
import { endFinder } from './row-end.ts';
import { RowFault } from './row-fault.ts';
import type { SourceMap, SourcePart } from './source-map.ts';
import type { Layout, Scope, SourceRow } from './source-row.ts';

/** What became of a row. Every row ends in exactly one of these. */
export type MappedRow =
  | {
      readonly kind: 'events';
      readonly drafts: readonly Draft[];
      /** Called once the drafts have passed their contracts: how many kept rows are part of them. */
      readonly accept: () => number;
    }
  /** It waits for the rows of later files that join it. */
  | { readonly kind: 'kept' }
  | RowEnd;

export interface RowMapper {
  readonly apply: (row: SourceRow) => MappedRow;
  /** Columns that the map names and the file does not have. */
  readonly missing: readonly string[];
  /** Columns that the map does not look at. */
  readonly unused: readonly string[];
}

export interface MapperOptions {
  readonly layout: Layout;
  /** The zone of times that have none; null for that of the map. */
  readonly timeZone: string | null;
  /** What was kept of the files before, by name; gets what this one keeps. */
  readonly tables: Tables;
}

const UTC = 'UTC';
const UNMAPPED: RowEnd = { kind: 'refused', reason: 'unmapped-row', field: null };
const KEPT: MappedRow = { kind: 'kept' };
const NO_PARTS = (): number => 0;

/** Makes ready to map the rows of one file or topic; what the map says of columns is looked up once. */
export function openRows(map: SourceMap, part: SourcePart, options: MapperOptions): RowMapper {
  const { layout } = options;
  const binding: Binding = {
    layout,
    tables: part.joins.map(({ table }) => table),
    empty: new Set(part.input.empty),
    missing: new Set(),
    used: new Set(),
  };
  const apply = part.isAsIs ? asItIs : applier(map, part, { ...options, binding });
  const names = layout.kind === 'columns' ? layout.names : [];
  return {
    apply,
    missing: [...binding.missing],
    unused: names.filter((_, index) => !binding.used.has(index)),
  };
}

/** Rows that are objects of the contract already. */
function asItIs({ content }: SourceRow): MappedRow {
  const draft: Draft = {
    fields: content as JsonObject,
    instants: 'rfc3339',
    columnOf: (field) => field,
  };
  return { kind: 'events', drafts: [draft], accept: NO_PARTS };
}

function applier(
  map: SourceMap,
  part: SourcePart,
  options: MapperOptions & { readonly binding: Binding },
): (row: SourceRow) => MappedRow {
  const { binding, tables } = options;
  const { source, currency } = map;
  const timeZone = options.timeZone ?? map.timeZone ?? UTC;
  const context = { binding, source, currency, timeZone, shared: part.fields };
  const join = part.joins.length === 0 ? null : joiner(part.joins, { binding, tables });
  const keeper = part.keep === null ? null : keeperOf(part.keep, { binding, tables, currency });
  const endOf = endFinder(part.rules, binding);
  const mappers = part.events.map((event, index) =>
    eventMapper(event, { ...context, place: index + 1 }),
  );

  const mapRow = (scope: Scope): MappedRow => {
    const joined = join === null ? null : join(scope);
    if (joined !== null && 'kind' in joined) return joined;
    scope.joined = joined?.values ?? [];
    const end = endOf(scope);
    if (end !== null) return end;
    if (mappers.length === 0) {
      keeper?.(scope).hold();
      return KEPT;
    }
    const drafts: Draft[] = [];
    for (const mapEvent of mappers) mapEvent(scope, drafts);
    if (drafts.length === 0) return UNMAPPED;
    if (drafts.length > 1) requireOwnIds(drafts);
    const kept = keeper?.(scope);
    if (joined === null && kept === undefined) return { kind: 'events', drafts, accept: NO_PARTS };
    const accept = (): number => {
      kept?.keep();
      return joined?.use() ?? 0;
    };
    return { kind: 'events', drafts, accept };
  };

  return (row) => {
    try {
      return mapRow({ row, joined: [], item: undefined, index: 0 });
    } catch (fault) {
      if (!(fault instanceof RowFault)) throw fault;
      return { kind: 'refused', reason: fault.reason, field: fault.column };
    }
  };
}

/** Two events of one id would be one event and its repeat, and the second would be lost without a word. */
function requireOwnIds(drafts: readonly Draft[]): void {
  const ids = new Set(drafts.map(({ fields }) => fields['eventId']));
  if (ids.size < drafts.length) throw new RowFault('bad-field', 'eventId');
}

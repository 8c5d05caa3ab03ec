export type { Draft } from './event-mapper.ts';
export type { Tables } from './joins.ts';
export type { RowEnd } from './kept-table.ts';
export { parseSourceMap, type SourceMapResult } from './parse-source-map.ts';
export { type MappedRow, openRows, type RowMapper } from './row-mapper.ts';
export type { SourceInput, SourceMap, SourcePart } from './source-map.ts';
export type { Layout, SourceRow } from './source-row.ts';

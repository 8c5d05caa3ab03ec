import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StrataError } from '@strata/pipeline';
import { openRows, parseSourceMap, type RowMapper } from '@strata/source-map';
import { problemText } from '@strata/yaml-file';

/** How the records of other systems' topics become events, by topic. */
export type TopicMaps = ReadonlyMap<string, RowMapper>;

/**
 * Reads mapping files that name a topic: one file, or those of a folder, of which the ones without a topic are left
 * alone. What is wrong with one of them stops the start, before a record could be read by half of them.
 */
export function readTopicMaps(path: string | undefined): TopicMaps {
  const maps = new Map<string, RowMapper>();
  if (path === undefined) return maps;
  for (const file of filesAt(path)) {
    const result = parseSourceMap(readFileSync(file, 'utf8'), { file });
    if (!result.ok) {
      throw badMap(result.problems.map((problem) => problemText(problem, 'en')).join('\n'));
    }
    const { topic, parts } = result.map;
    if (topic === null) continue;
    if (maps.has(topic)) {
      throw badMap(
        `${basename(file)}: another mapping file reads the topic ${topic}, too; keep one.`,
      );
    }
    const layout = { kind: 'objects' } as const;
    maps.set(topic, openRows(result.map, parts[0], { layout, timeZone: null, tables: new Map() }));
  }
  if (maps.size === 0)
    throw badMap(`No mapping file at ${path} names a topic; add topic: NAME to one.`);
  return maps;
}

function filesAt(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
    return names.toSorted().map((name) => join(path, name));
  } catch (cause) {
    throw badMap(`The mapping files at ${path} cannot be read; check the path.`, cause);
  }
}

function badMap(message: string, cause?: unknown): StrataError {
  return new StrataError('STRATA_INGESTOR_BAD_MAP', message, { cause });
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceMap } from '@strata/source-map';
import { CliFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import { formatTexts } from './format-texts.ts';

const ENDINGS = ['.csv', '.csv.gz', '.ndjson', '.ndjson.gz', '.txt', '.txt.gz'] as const;

/** The file of each part of a map: the one that was named, or those of the folder by their names. */
export async function findFiles(
  map: SourceMap,
  path: string,
  language: Language,
): Promise<readonly string[]> {
  if (!map.isFolder) return [path];
  const texts = formatTexts(language);
  const wanted = map.parts.map(({ files }) => files ?? []);
  const present = await readdir(path).catch((fault: NodeJS.ErrnoException) => {
    const names = wanted.map(([first = '']) => first).join(', ');
    const sentence = fault.code === 'ENOENT' ? texts.noFile(path) : texts.needsFolder(path, names);
    throw new CliFault('STRATA_CLI_NO_FILE', sentence, fault);
  });
  return wanted.map((names) => {
    const endings = names.flatMap((name) => ENDINGS.map((ending) => name + ending));
    const found = endings.find((name) => present.includes(name));
    if (found !== undefined) return join(path, found);
    throw new CliFault('STRATA_CLI_NO_FILE', texts.folderLacks(path, names[0] ?? ''));
  });
}

import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSourceMap, type SourceMap } from '@strata/source-map';
import { type FileProblem, problemText } from '@strata/yaml-file';
import { CliFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import type { FileFormat } from './file-format.ts';
import { formatTexts } from './format-texts.ts';
import { formatOfMap } from './map-format.ts';

const SHIPPED = fileURLToPath(new URL('../../../../maps/', import.meta.url));
const EXTENSION = '.yaml';

/** The maps that come with the product: each is a format by its name. */
export const FILE_FORMATS: readonly string[] = readdirSync(SHIPPED)
  .filter((file) => file.endsWith(EXTENSION))
  .map((file) => basename(file, EXTENSION))
  .toSorted();

/** A mapping file that cannot be used: one line for each problem. */
export class MapFileFault extends CliFault {
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[], language: Language) {
    const lines = problems.map((problem) => problemText(problem, language));
    super('STRATA_CLI_BAD_MAP', lines.join('\n'));
    this.name = 'MapFileFault';
    this.problems = problems;
  }
}

/** A format by its name, as `--format` names it. */
export function fileFormat(name: string, language: Language): FileFormat {
  return formatOfMap(shippedMap(name, language), language);
}

export function shippedMap(name: string, language: Language): SourceMap {
  const file = `${name}${EXTENSION}`;
  return parsed(readFileSync(join(SHIPPED, file), 'utf8'), { file, language });
}

/** Reads a mapping file, or says line by line what is wrong with it. */
export async function readMapFile(
  path: string,
  { cwd, language }: { readonly cwd: string; readonly language: Language },
): Promise<SourceMap> {
  const texts = formatTexts(language);
  const text = await readFile(resolve(cwd, path), 'utf8').catch((fault: NodeJS.ErrnoException) => {
    const sentence =
      fault.code === 'ENOENT' ? texts.noFile(path) : texts.unreadable(path, fault.message);
    throw new CliFault('STRATA_CLI_NO_FILE', sentence, fault);
  });
  return parsed(text, { file: path, language });
}

function parsed(
  text: string,
  { file, language }: { readonly file: string; readonly language: Language },
): SourceMap {
  const result = parseSourceMap(text, { file });
  if (!result.ok) throw new MapFileFault(result.problems, language);
  return result.map;
}

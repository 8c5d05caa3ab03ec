import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { byText } from './markdown.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFile {
  /** From the root of the checkout. */
  readonly path: string;
  readonly text: string;
}

/** The TypeScript of packages and services that runs in production, in the order of paths. */
export function productionSources(): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (const group of ['packages', 'services']) {
    for (const name of readdirSync(join(ROOT, group)).toSorted(byText)) {
      if (name === 'testing') continue;
      const folder = join(ROOT, group, name, 'src');
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted(byText);
      for (const file of names) {
        if (!file.endsWith('.ts') || /\.(test|contract|d)\.ts$|^test-/.test(file)) continue;
        const path = join(folder, file);
        files.push({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') });
      }
    }
  }
  return files;
}

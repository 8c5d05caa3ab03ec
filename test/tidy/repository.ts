import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every file that git keeps or would keep, from the root of the checkout. */
export const FILES: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
  { cwd: ROOT, encoding: 'utf8' },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)))
  .toSorted();

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function filesThat(pattern: RegExp): readonly string[] {
  return FILES.filter((path) => pattern.test(path));
}

export interface Line {
  readonly text: string;
  /** `path:line`, as editors open it. */
  readonly place: string;
}

export function linesOf(path: string): readonly Line[] {
  return readText(path)
    .split('\n')
    .map((text, index) => ({ text, place: `${path}:${index + 1}` }));
}

export function isTestFile(path: string): boolean {
  return path.startsWith('test/') || /\.(test|contract)\.ts$/.test(path);
}

/** A checkout in a Docker build context has no git: these tests need one. */
if (FILES.length === 0) throw new Error('git lists no file: run the tidy tests in a git checkout.');

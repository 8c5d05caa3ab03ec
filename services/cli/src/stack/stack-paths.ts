import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: the services are started from it, and its caches lie in it. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Run-time data of the stack: `.strata/stack`, or where `STRATA_STACK_DIR` says. */
export function stackDir(env: Readonly<Record<string, string | undefined>>): string {
  return resolve(ROOT, env['STRATA_STACK_DIR'] ?? '.strata/stack');
}

const KEY_BYTES = 32;

/** The key that seals dead letters: made once for a stack, readable by its owner alone, kept as long as its data. */
export function sealingKeyText(dataDir: string): string {
  const path = join(dataDir, 'sealing.key');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  mkdirSync(dataDir, { recursive: true });
  const text = randomBytes(KEY_BYTES).toString('base64');
  writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
  return text;
}

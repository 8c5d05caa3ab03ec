import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AccessKey, type KeyKind, keyFileText, parseKeyFile } from '@strata/service-runtime';

/** The two files of a kind of keys in the data of a stack. */
export interface KeyFiles {
  /** Hashes of every key, and what it may, as the service reads them. */
  readonly keysFile: string;
  /** The token of the stack's own key, readable by its owner alone. */
  readonly ownKeyFile: string;
}

export function keyFiles(dataDir: string, kind: 'intake' | 'api'): KeyFiles {
  return {
    keysFile: join(dataDir, `${kind}-keys.json`),
    ownKeyFile: join(dataDir, `${kind}.key`),
  };
}

/** Makes the file of keys where a stack has none, with one key for its user. */
export function ensureKeys<K extends AccessKey>(
  files: KeyFiles,
  create: () => { readonly key: K; readonly token: string },
): KeyFiles {
  if (existsSync(files.keysFile)) return files;
  const { key, token } = create();
  mkdirSync(dirname(files.ownKeyFile), { recursive: true });
  writeFileSync(files.ownKeyFile, `${token}\n`, { mode: 0o600 });
  writeKeys(files.keysFile, [key]);
  return files;
}

/** Null where the stack has none, or not any more. */
export function ownKey({ ownKeyFile }: KeyFiles): string | null {
  try {
    return readFileSync(ownKeyFile, 'utf8').trim();
  } catch {
    return null;
  }
}

/** No key where there is no file yet. */
export function readKeys<K extends AccessKey>(kind: KeyKind<K>, file: string): readonly K[] {
  return existsSync(file) ? parseKeyFile(kind, readFileSync(file, 'utf8'), file) : [];
}

/** Written in place: a container has this very file mounted, and not its name. */
export function writeKeys<K extends AccessKey>(file: string, keys: readonly K[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, keyFileText(keys));
}

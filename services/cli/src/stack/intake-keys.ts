import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  ANY_SOURCE,
  type ApiKey,
  apiKeysText,
  createApiKey,
  parseApiKeys,
} from '@strata/service-runtime';

/** The key that a stack makes for its own user: it sends for every source, as much as the machine can. */
const LOCAL_NAME = 'local';
const LOCAL_QUOTA = { eventsPerSecond: 100_000, burst: 1_000_000 };

export interface IntakeKeyFiles {
  /** Hashes and quotas of every key, as the ingestor reads them. */
  readonly keysFile: string;
  /** The token of the stack's own key, readable by its owner alone. */
  readonly ownKeyFile: string;
}

export function intakeKeyFiles(dataDir: string): IntakeKeyFiles {
  return {
    keysFile: join(dataDir, 'intake-keys.json'),
    ownKeyFile: join(dataDir, 'intake.key'),
  };
}

/** Makes the file of keys where a stack has none, with one key for its user. */
export function ensureIntakeKeys(dataDir: string): IntakeKeyFiles {
  const files = intakeKeyFiles(dataDir);
  if (existsSync(files.keysFile)) return files;
  const { key, token } = createApiKey({ name: LOCAL_NAME, sources: [ANY_SOURCE], ...LOCAL_QUOTA });
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(files.ownKeyFile, `${token}\n`, { mode: 0o600 });
  writeIntakeKeys(files.keysFile, [key]);
  return files;
}

/** Null where the stack has none, or not any more. */
export function ownIntakeKey(dataDir: string): string | null {
  try {
    return readFileSync(intakeKeyFiles(dataDir).ownKeyFile, 'utf8').trim();
  } catch {
    return null;
  }
}

/** No key where there is no file yet. */
export function readIntakeKeys(file: string): readonly ApiKey[] {
  return existsSync(file) ? parseApiKeys(readFileSync(file, 'utf8'), file) : [];
}

/** Written in place: a container has this very file mounted, and not its name. */
export function writeIntakeKeys(file: string, keys: readonly ApiKey[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, apiKeysText(keys));
}

import { ANY_SOURCE, createIntakeKey } from '@strata/service-runtime';
import { ensureKeys, type KeyFiles, keyFiles, ownKey } from './key-files.ts';

/** The key that a stack makes for its own user: it sends for every source, as much as the machine can. */
const LOCAL_NAME = 'local';
const LOCAL_QUOTA = { eventsPerSecond: 100_000, burst: 1_000_000 };

export function intakeKeyFiles(dataDir: string): KeyFiles {
  return keyFiles(dataDir, 'intake');
}

export function ensureIntakeKeys(dataDir: string): KeyFiles {
  const wanted = { name: LOCAL_NAME, sources: [ANY_SOURCE], ...LOCAL_QUOTA };
  return ensureKeys(intakeKeyFiles(dataDir), () => createIntakeKey(wanted));
}

export function ownIntakeKey(dataDir: string): string | null {
  return ownKey(intakeKeyFiles(dataDir));
}

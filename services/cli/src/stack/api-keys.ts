import { API_SCOPES, createApiKey } from '@strata/service-runtime';
import { ensureKeys, type KeyFiles, keyFiles, ownKey } from './key-files.ts';

/** The key that a stack makes for its own user: it may everything, as much as the machine can. */
const LOCAL_NAME = 'local';
const LOCAL_QUOTA = { requestsPerSecond: 100_000, burst: 1_000_000 };

export function apiKeyFiles(dataDir: string): KeyFiles {
  return keyFiles(dataDir, 'api');
}

export function ensureApiKeys(dataDir: string): KeyFiles {
  const wanted = { name: LOCAL_NAME, scopes: API_SCOPES, ...LOCAL_QUOTA };
  return ensureKeys(apiKeyFiles(dataDir), () => createApiKey(wanted));
}

export function ownApiKey(dataDir: string): string | null {
  return ownKey(apiKeyFiles(dataDir));
}

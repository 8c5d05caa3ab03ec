import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keyFileText } from './access-key.ts';
import { API_KEYS, type ApiKey, createApiKey } from './api-keys.ts';
import { KeyRing } from './key-ring.ts';
import { createLogger } from './logger.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const crm = createApiKey({ name: 'crm', scopes: ['profiles:read'], burst: 100 });
const any = createApiKey({ name: 'any', scopes: ['changes:read'] });

function aRing(...keys: readonly ApiKey[]) {
  const folder = mkdtempSync(join(tmpdir(), 'strata-ring-'));
  const file = join(folder, 'keys.json');
  writeFileSync(file, keyFileText(keys));
  const rateOf = ({ requestsPerSecond: perSecond, burst }: ApiKey) => ({ perSecond, burst });
  const ring = new KeyRing(file, { kind: API_KEYS, rateOf, logger, nowMs: () => 0 });
  onTestFinished(() => {
    ring.close();
    rmSync(folder, { recursive: true });
  });
  const rewrite = (text: string): void => {
    writeFileSync(file, text);
    ring.reload();
  };
  return { ring, rewrite };
}

test('keys are read again, and a file that cannot be used changes nothing', () => {
  const { ring, rewrite } = aRing(crm.key);
  ring.find(crm.token)?.bucket.take(40, 0);
  rewrite(keyFileText([any.key, crm.key]));
  expect(ring.find(any.token)?.name).toBe('any');
  expect(ring.find(crm.token)?.bucket.take(0, 0).remaining).toBe(60);
  rewrite('{');
  expect(ring.find(any.token)?.name).toBe('any');
  rewrite(keyFileText([any.key]));
  expect(ring.find(crm.token)).toBeNull();
});

test('a key that was found is held only as long as it is the same', () => {
  const { ring, rewrite } = aRing(crm.key);
  const found = ring.find(crm.token);
  if (found === null) throw new Error('The key was not found.');
  expect(ring.holds(found)).toBe(true);
  rewrite(keyFileText([{ ...crm.key, scopes: ['changes:read'] }]));
  expect(ring.holds(found)).toBe(false);
  rewrite(keyFileText([any.key]));
  expect(ring.holds(found)).toBe(false);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey, keyFileText } from '@strata/service-runtime';
import { expect, onTestFinished, test } from 'vitest';
import { ConsoleStage } from '../../builders/index.ts';

const { key, token } = createApiKey({ name: 'crm', scopes: ['profiles:read'] });

test('everybody’s tier as CSV, by customer id, without who was erased', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-export-'));
  const apiKeysFile = join(folder, 'keys.json');
  writeFileSync(apiKeysFile, keyFileText([key]));
  const stage = await ConsoleStage.open();
  const { url } = await stage.start({ apiKeysFile });
  onTestFinished(async () => {
    await stage.stop();
    rmSync(folder, { recursive: true });
  });
  for (const id of ['c-2', 'c-10', '林"记', 'gone']) stage.buys(id, 0);
  stage.erase('gone');
  const ask = (method = 'GET') =>
    fetch(`${url}/v1/tiers.csv`, { method, headers: { authorization: `Bearer ${token}` } });
  await expect
    .poll(async () => (await (await fetch(`${url}/v1/status`)).json()) as object)
    .toMatchObject({ customers: 3, isCatchingUp: false });
  const response = await ask();
  expect(response.headers.get('content-type')).toContain('text/csv');
  expect(response.headers.get('strata-offsets')).toBe('0:5');
  const row = '普通客户,Bronze,,200,2025-01-01T00:00:00.000Z,,shop,3,1,2025-01-01T00:00:00.000Z';
  expect(await response.text()).toBe(
    [
      'customer_id,tier,tier_label_zh,tier_label_en,segment,score,since,protected_until,policy,policy_version,customer_seq,effective_at',
      `c-10,bronze,${row}`,
      `c-2,bronze,${row}`,
      `"林""记",bronze,${row}`,
      '',
    ].join('\n'),
  );
  const head = await ask('HEAD');
  expect([head.status, await head.text()]).toEqual([200, '']);
  const refused = await fetch(`${url}/v1/tiers.csv`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  });
  expect(refused.status).toBe(406);
});

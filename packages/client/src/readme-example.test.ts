import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(`${FOLDER}/README.md`, 'utf8');
const SECRET = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;

/** The example as it stands, but for a free port, which it prints. */
async function startExample(): Promise<string> {
  const example = /```ts\n([\s\S]+?)```/.exec(README)?.[1] ?? '';
  const listening = "listen(0, '127.0.0.1', function () { console.log(this.address().port); })";
  const code = example.replace("listen(9000, '127.0.0.1')", listening);
  expect(code).toContain(listening);
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: FOLDER,
    env: { PATH: process.env['PATH'], WEBHOOK_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return `http://127.0.0.1:${line.toString().trim()}/`;
}

test('the example of the README takes what is signed, and refuses what is not', async () => {
  const url = await startExample();
  const body = JSON.stringify({
    type: 'strata.tier.promoted',
    data: { id: '0.1.0', customerId: 'c1', customerSeq: 1, type: 'promoted', toTier: 'gold' },
  });
  const at = new Date();
  const headers = {
    'webhook-id': '0.1.0',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(SECRET).sign('0.1.0', at, body),
  };
  const post = async (text: string) =>
    (await fetch(url, { method: 'POST', headers, body: text })).status;
  expect(await post(body)).toBe(204);
  expect(await post(body)).toBe(204);
  expect(await post(body.replace('gold', 'base'))).toBe(401);
});

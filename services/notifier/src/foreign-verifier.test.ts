import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { type SignedHeaders, signWith } from './webhook-signature.ts';

/** What consumers without our client do: each of these has to take what we sign, and nothing else. */

const PAGE = new URL('../../../docs/delivery/verify.md', import.meta.url);
const SCRIPT = /```sh\n([\s\S]+?)```/.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? '';
const SECRET = `whsec_${Buffer.from('+/as base64 has them, and 32 bytes').toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

interface Sent {
  readonly headers: SignedHeaders;
  readonly body: string;
}

function verifiedByLibrary({ headers, body }: Sent): boolean {
  try {
    new Webhook(SECRET).verify(body, { ...headers });
    return true;
  } catch {
    return false;
  }
}

async function verifiedByShell({ headers, body }: Sent): Promise<boolean> {
  const shell = spawn('sh', ['-c', SCRIPT], {
    env: {
      PATH: process.env['PATH'],
      WEBHOOK_SECRET: SECRET,
      WEBHOOK_ID: headers['webhook-id'],
      WEBHOOK_TIMESTAMP: headers['webhook-timestamp'],
      WEBHOOK_SIGNATURE: headers['webhook-signature'],
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const [said, faults] = [text(shell.stdout), text(shell.stderr)];
  const ended = once(shell, 'close') as Promise<[number]>;
  // The script may end before it has read the body.
  shell.stdin.on('error', () => {});
  shell.stdin.end(body);
  const [code] = await ended;
  expect(await faults).toBe('');
  expect((await said).trim()).toMatch(code === 0 ? /^good$/ : /^(wrong|stale)$/);
  return code === 0;
}

function sign(body: string, { secret = SECRET, sentAtMs = Date.now() } = {}): Sent {
  return {
    headers: signWith([{ secret, endsAtMs: null }])({ id: '3.14.0', sentAtMs, body }),
    body,
  };
}

describe.each([
  { name: 'the package standardwebhooks', verified: verifiedByLibrary },
  { name: 'a shell with openssl', verified: verifiedByShell },
])('$name', ({ verified }) => {
  test.each([
    { why: 'plain', body: '{"type":"strata.tier.demoted"}' },
    { why: 'Chinese and astral characters', body: '{"customerId":"林记茶行 🍵"}' },
    { why: 'what shells and printf would change', body: '{"x":"%s \\\\n $HOME `id` \'\\"" }\n\n' },
    { why: 'large', body: JSON.stringify({ x: '茶'.repeat(100_000) }) },
    { why: 'empty', body: '' },
  ])('takes a body that is $why', async ({ body }) => {
    expect(await verified(sign(body))).toBe(true);
  });

  test('refuses a body that was altered by one byte', async () => {
    const sent = sign('{"toTier":"gold"}');
    expect(await verified({ ...sent, body: '{"toTier":"golD"}' })).toBe(false);
    expect(await verified({ ...sent, body: `${sent.body}\n` })).toBe(false);
  });

  test('refuses another secret, another id and another time', async () => {
    const sent = sign('{}');
    const { headers } = sent;
    const nextSecond = String(Number(headers['webhook-timestamp']) + 1);
    expect(await verified(sign('{}', { secret: OTHER_SECRET }))).toBe(false);
    for (const changes of [{ 'webhook-id': '3.14.1' }, { 'webhook-timestamp': nextSecond }]) {
      expect(await verified({ ...sent, headers: { ...headers, ...changes } })).toBe(false);
    }
  });

  test('refuses what was signed ten minutes ago', async () => {
    expect(await verified(sign('{}', { sentAtMs: Date.now() - 600_000 }))).toBe(false);
  });

  test.each([
    ['first', [SECRET, OTHER_SECRET]],
    ['last', [OTHER_SECRET, SECRET]],
  ])('finds its signature among several: %s', async (_, secrets) => {
    const sentAtMs = Date.now();
    const signatures = secrets.map(
      (secret) => sign('{}', { secret, sentAtMs }).headers['webhook-signature'],
    );
    const { headers, body } = sign('{}', { sentAtMs });
    const several = { ...headers, 'webhook-signature': signatures.join(' ') };
    expect(await verified({ headers: several, body })).toBe(true);
    expect(await verified({ headers: several, body: '{ }' })).toBe(false);
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TOPICS } from '@strata/contracts';
import { changeSubscription, contentChange } from '@strata/subscriptions';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aContext, anEmbeddedStack } from '../builders/command-context.ts';
import { CliFault, UsageFault } from '../cli-fault.ts';
import type { Command } from '../command.ts';
import type { EmbeddedStack } from '../embedded.ts';
import type { Language } from '../language.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { portsOf } from '../subscription/subscription-desk.ts';
import { importCommand } from './import.ts';
import { COMMANDS } from './index.ts';
import { replayCommand } from './replay.ts';

interface Received {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

let embedded: EmbeddedStack;
let url: string;
let received: Received[] = [];
let status = 204;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = request.headers as Record<string, string>;
    const body = Buffer.concat(chunks).toString();
    received.push({ id: headers['webhook-id'] ?? '', headers, body });
    response.writeHead(status).end();
  });
});

beforeAll(async () => {
  embedded = await anEmbeddedStack();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  await embedded.stop();
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  received = [];
  status = 204;
});

const commandOf = (name: string): Command => COMMANDS.find((it) => it.name === name) as Command;

async function run(
  name: string,
  argv: readonly string[],
  options: { input?: string; language?: Language; stack?: StackHandle } = {},
) {
  const { context, heard } = aContext({
    stack: embedded.stack,
    env: { USER: 'ann' },
    ...options,
  });
  const exitCode = await commandOf(name).execute(context, argv);
  return { ...heard, exitCode };
}

async function json(name: string, argv: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await run(name, [...argv, '--json'])).stdout) as Record<string, unknown>;
}

let bought = 0;
async function buy(customerId: string, minor: number): Promise<void> {
  bought += 1;
  const event = {
    type: 'purchase',
    source: 'shop',
    eventId: `e${bought}`,
    customerId,
    occurredAt: '2026-01-02T00:00:00Z',
    orderId: `o${bought}`,
    amount: { minor, currency: 'CNY' },
  };
  const { context } = aContext({ stack: embedded.stack, input: `${JSON.stringify(event)}\n` });
  await importCommand.execute(context, ['-', '--format', 'events']);
}

test('an endpoint that is added gets signed webhooks of what comes from then on, until it is removed', async () => {
  await buy('before', 500);
  const { stdout, stderr } = await run('subscription add', ['shop', '--url', url]);
  expect(stdout).toMatch(/^whsec_[A-Za-z0-9+/]+=*\n$/);
  expect(stderr).toContain('shown once');
  await buy('behind', 500);
  await expect.poll(() => received.length).toBeGreaterThan(0);
  const { headers, body } = received[0] as Received;
  expect(new Webhook(stdout.trim()).verify(body, headers)).toMatchObject({
    type: 'strata.tier.assigned',
    data: { customerId: 'behind' },
  });
  expect(received.some((it) => it.body.includes('"before"'))).toBe(false);
  expect((await run('subscription remove', ['shop'])).stdout).toContain('is removed');
  received = [];
  await buy('gone', 500);
  expect(await embedded.stack.lookAtDeliveries((queue) => queue.countAbout('gone'))).toBe(0);
  expect(received).toEqual([]);
});

test('what was said can be seen and changed, and the history names who and why, but no secret', async () => {
  const added = await json('subscription add', [
    'care',
    '--url',
    url,
    '--type',
    'promoted',
    '--type',
    'withdrawn',
    '--minimum-steps',
    '2',
    '--deliver',
    'latest',
    '--per-second',
    '2.5',
    '--reason',
    'care team',
  ]);
  expect(added).toMatchObject({ id: 'care', version: 1, deliver: 'latest', perSecond: 2.5 });
  const changed = await json('subscription change', [
    'care',
    '--type',
    'all',
    '--per-second',
    'none',
    '--operational',
    'yes',
  ]);
  expect(changed).toMatchObject({ version: 2, types: null, perSecond: null, operational: true });
  expect(changed).toMatchObject({ minimumSteps: 2, deliver: 'latest' });
  const listed = (await run('subscription list', [])).stdout;
  expect(listed).toMatch(/care +active +2 +latest/);
  const inChinese = (await run('subscription list', [], { language: 'zh' })).stdout;
  expect(inChinese).toContain('启用');
  const shown = (await run('subscription show', ['care'])).stdout;
  const history = JSON.parse((await run('subscription history', ['care', '--json'])).stdout) as {
    kind: string;
  }[];
  expect(history).toMatchObject([
    { kind: 'subscription-set', version: 1, actor: 'ann', reason: 'care team', isVoid: false },
    { kind: 'subscription-set', version: 2, actor: 'ann', reason: null },
  ]);
  const secret = String(added['secret']).slice('whsec_'.length);
  for (const text of [listed, shown, JSON.stringify(history)]) expect(text).not.toContain(secret);
  await run('subscription remove', ['care']);
});

test('the topic holds the secret sealed, and the customer of a replay', async () => {
  const { secret } = await json('subscription add', ['sealed', '--url', url]);
  const { replay } = await json('replay', ['sealed', '--customer', 'c-very-private']);
  const bytes: Buffer[] = [];
  const place = { topic: TOPICS.subscriptions, partition: 0, offset: 0 };
  for await (const batch of embedded.stack.reader.read(place)) {
    for (const { value } of batch) bytes.push(Buffer.from(value ?? []));
  }
  const whole = Buffer.concat(bytes);
  const raw = Buffer.from(String(secret).slice('whsec_'.length), 'base64');
  expect(whole.includes(String(secret))).toBe(false);
  expect(whole.includes(raw)).toBe(false);
  expect(whole.includes('c-very-private')).toBe(false);
  const history = (await run('subscription history', ['sealed', '--json'])).stdout;
  expect(history).toContain(String(replay));
  expect(history).not.toContain('c-very-private');
  await run('subscription remove', ['sealed']);
});

test('a paused or removed subscription goes on only as it may', async () => {
  await run('subscription add', ['held', '--url', url]);
  expect((await run('subscription pause', ['held'])).stdout).toContain('is paused');
  await expect(run('subscription pause', ['held'])).rejects.toThrow('is not active');
  await expect(run('subscription enable', ['held'])).rejects.toThrow('strata subscription resume');
  expect((await run('subscription resume', ['held'], { language: 'zh' })).stdout).toContain(
    '已恢复',
  );
  await run('subscription remove', ['held']);
  await expect(run('subscription show', ['held'])).rejects.toThrow('no subscription held');
  const again = await json('subscription add', ['held', '--url', url]);
  expect(again).toMatchObject({ version: 5, standing: 'active' });
  await expect(run('subscription add', ['held', '--url', url])).rejects.toThrow(CliFault);
  await run('subscription remove', ['held']);
});

test('a test reaches the endpoint and its outcome the terminal, good or bad', async () => {
  const { secret } = await json('subscription add', ['tested', '--url', url]);
  const good = await run('subscription test', ['tested']);
  expect(good.stdout).toMatch(/tested took the test in \d+ ms/);
  expect(good.exitCode).toBe(0);
  const { headers, body } = received[0] as Received;
  expect(new Webhook(String(secret)).verify(body, headers)).toMatchObject({ type: 'strata.test' });
  status = 500;
  const bad = await run('subscription test', ['tested'], { language: 'zh' });
  expect(bad.stdout).toContain('status-500');
  expect(bad.exitCode).toBe(1);
  await run('subscription remove', ['tested']);
});

test('two secrets sign until the overlap ends', async () => {
  const { secret } = await json('subscription add', ['rotated', '--url', url]);
  const rotated = await json('subscription rotate-secret', ['rotated', '--overlap', '1h']);
  expect(rotated['formerSecretEndsAt']).not.toBeNull();
  await run('subscription test', ['rotated']);
  const { headers, body } = received[0] as Received;
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  for (const one of [secret, rotated['secret']]) new Webhook(String(one)).verify(body, headers);
  const last = await json('subscription rotate-secret', ['rotated', '--overlap', '0']);
  expect(last['formerSecretEndsAt']).toBeNull();
  await run('subscription test', ['rotated']);
  const { headers: after } = received[1] as Received;
  expect(after['webhook-signature']?.split(' ')).toHaveLength(1);
  await run('subscription remove', ['rotated']);
});

test('who changes what somebody else changed at that moment is refused, with the remedy', async () => {
  await run('subscription add', ['raced', '--url', url]);
  const { stack } = embedded;
  let isRaced = false;
  const racing: StackHandle = {
    ...stack,
    writer: {
      ...stack.writer,
      send: async (records) => {
        if (!isRaced) {
          isRaced = true;
          const other = { id: 'raced', actor: 'bo', reason: null };
          const to = contentChange('raced', (content) => ({ ...content, concurrency: 3 }));
          await changeSubscription(portsOf(stack), other, to);
        }
        await stack.writer.send(records);
      },
    },
  };
  await expect(
    run('subscription change', ['raced', '--concurrency', '4'], { stack: racing }),
  ).rejects.toThrow('repeat your change');
  expect(await json('subscription show', ['raced'])).toMatchObject({ version: 2, concurrency: 3 });
  expect((await run('subscription history', ['raced'])).stdout).toContain(
    'subscription-set (void)',
  );
  await run('subscription remove', ['raced']);
});

test.each([
  { name: 'subscription add', argv: ['A b', '--url', 'https://a.example'], says: 'ID must be' },
  { name: 'subscription add', argv: ['a', '--url', 'nowhere'], says: '--url must be a whole' },
  {
    name: 'subscription add',
    argv: ['a', '--url', 'https://a.example', '--concurrency', 'many'],
    says: '--concurrency must be',
  },
  {
    name: 'subscription add',
    argv: ['a', '--url', 'https://a.example', '--type', 'up'],
    says: '--type must be of',
  },
  { name: 'subscription change', argv: ['a'], says: 'what to change' },
  { name: 'subscription rotate-secret', argv: ['a', '--overlap', '99d'], says: '30d at most' },
  { name: 'replay', argv: ['a'], says: '--since DATE' },
  { name: 'replay', argv: ['a', '--since', '2026-01-02', '--until', '2026-01-02'], says: 'behind' },
])('wrong use of $name: $says', async ({ name, argv, says }) => {
  const wrong = run(name, argv);
  await expect(wrong).rejects.toThrow(UsageFault);
  await expect(wrong).rejects.toThrow(says);
});

test('a stack that does not allow them takes no private addresses and no http', async () => {
  const stack = { ...embedded.stack, arePrivateAddressesAllowed: false };
  await expect(
    run('subscription add', ['a', '--url', 'https://127.0.0.1/hook'], { stack }),
  ).rejects.toThrow('private');
  await expect(
    run('subscription add', ['a', '--url', 'http://a.example/'], { stack, language: 'zh' }),
  ).rejects.toThrow('必须以 https://');
});

test('a replay is asked of a subscription that is there', async () => {
  const { context } = aContext({ stack: embedded.stack, env: { USER: 'ann' } });
  await expect(replayCommand.execute(context, ['nobody', '--given-up'])).rejects.toThrow(CliFault);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anEmbeddedStack, runCommand } from '../builders/command-context.ts';
import { UsageFault } from '../cli-fault.ts';
import type { Command } from '../command.ts';
import type { EmbeddedStack } from '../embedded.ts';
import type { Language } from '../language.ts';
import { eraseCommand } from './erase.ts';
import { importCommand } from './import.ts';
import { profilesCommand } from './profiles.ts';
import { whyCommand } from './why.ts';

let embedded: EmbeddedStack;
let folder: string;
/** Takes nothing, so that every delivery waits for its retry. */
let receiver: Server;

beforeAll(async () => {
  receiver = createServer((_request, response) => response.writeHead(503).end());
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'strata-erase-'));
  const subscriptions = join(folder, 'subscriptions.json');
  const { port } = receiver.address() as AddressInfo;
  const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  const url = `http://127.0.0.1:${port}/hook`;
  await writeFile(subscriptions, JSON.stringify([{ id: 'crm', url, secret }]));
  embedded = await anEmbeddedStack({ subscriptions });
});
afterAll(async () => {
  await embedded.stop();
  receiver.close();
  await rm(folder, { recursive: true });
});

const run = (
  command: Command,
  argv: readonly string[],
  { stdin, ...given }: { stdin?: string; language?: Language } = {},
): Promise<string> =>
  runCommand(command, argv, { ...given, input: stdin ?? '', stack: embedded.stack });

const purchase = (customerId: string, day: string, currency = 'CNY'): string =>
  `${JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: `${customerId} ${day} ${currency}`,
    customerId,
    occurredAt: `${day}T00:00:00Z`,
    orderId: `${customerId} ${day}`,
    amount: { minor: 500, currency },
  })}\n`;

const importing = ['-', '--format', 'events', '--until', '2026-01-10'];
const because = ['--reason', 'request 17', '--actor', 'ann'];

interface Told {
  readonly removed: Record<'states' | 'pages' | 'deadLetters' | 'deliveries', number>;
  readonly wasTold: boolean;
  readonly rawRecords: readonly { readonly topic: string; readonly why: string }[];
}

test('a receipt says what was removed where; then nobody knows the customer any more', async () => {
  const stdin = ['c1', 'c2'].map((it) => purchase(it, '2026-01-02')).join('');
  await run(importCommand, importing, { stdin: stdin + purchase('c1', '2026-01-03', 'XAU') });
  await expect
    .poll(() => embedded.stack.lookAtDeliveries((queue) => queue.counts()))
    .toMatchObject({ delayed: 2 });

  const said = JSON.parse(await run(eraseCommand, ['c1', ...because, '--json'])) as Told;
  expect(said).toMatchObject({
    customerId: 'c1',
    actor: 'ann',
    removed: { states: 1, pages: 0, deadLetters: 1, deliveries: 1 },
    wasTold: true,
    log: { topic: 'strata.customer-log.v1' },
  });
  expect(said.rawRecords.map(({ why }) => why)).toEqual(Array(9).fill('with-process'));

  expect(await run(whyCommand, ['c1'])).toContain('c1');
  await expect(run(whyCommand, ['c1', '--at', '2026-01-05'])).rejects.toThrow('was erased at');
  expect(await run(profilesCommand, [])).not.toContain(',c1,');
  expect(await run(profilesCommand, [])).toContain(',c2,');
  const page = await fetch(`${embedded.consoleUrl}/customers/c1`);
  await expect.poll(async () => page.status).toBe(404);

  await run(importCommand, importing, { stdin: purchase('c1', '2026-01-04') });
  expect(await run(profilesCommand, [])).not.toContain(',c1,');
  const again = JSON.parse(await run(eraseCommand, ['c1', ...because, '--json'])) as Told;
  expect(again.removed).toEqual({ states: 0, pages: 0, deadLetters: 0, deliveries: 0 });
});

test('the receipt of somebody unknown is in words, in either language', async () => {
  const said = await run(eraseCommand, ['c9', ...because]);
  expect(said).toMatch(/^c9 is erased\.\nIn the log: strata\.customer-log\.v1 \d+:\d+, at /);
  expect(said).toContain('Published: nothing');
  expect(said).toContain('  strata.customer-log.v1: gone when this process ends\n');
  const inChinese = await run(eraseCommand, ['c9', ...because], { language: 'zh' });
  expect(inChinese).toMatch(/^c9 已删除。\n日志位置：/);
});

test.each([
  { why: 'no actor', argv: ['c1', '--reason', 'r'] },
  { why: 'no reason', argv: ['c1', '--actor', 'ann'] },
  { why: 'a timeout that is no number', argv: ['c1', ...because, '--timeout', 'soon'] },
])('wrong use: $why', async ({ argv }) => {
  await expect(run(eraseCommand, argv)).rejects.toThrow(UsageFault);
});

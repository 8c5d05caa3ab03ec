import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anEmbeddedStack, runCommand } from '../builders/command-context.ts';
import { UsageFault } from '../cli-fault.ts';
import type { Command } from '../command.ts';
import { backtestCommand } from '../commands/backtest.ts';
import { importCommand } from '../commands/import.ts';
import type { EmbeddedStack } from '../embedded.ts';

let embedded: EmbeddedStack;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-log-'));
  embedded = await anEmbeddedStack({ partitions: 3 });
});
afterAll(async () => {
  await embedded.stop();
  await rm(folder, { recursive: true });
});

const run = (command: Command, argv: readonly string[]): Promise<string> =>
  runCommand(command, argv, { cwd: folder, stack: embedded.stack });

const purchase = (n: number): string =>
  `${JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: `e${n}`,
    customerId: `c${n % 9}`,
    occurredAt: new Date(Date.UTC(2026, 0, 1 + n)).toISOString(),
    orderId: `o${n}`,
    amount: { minor: 40_000, currency: 'CNY' },
  })}\n`;

async function changesOf(name: string): Promise<string[]> {
  const lines = (await readFile(join(folder, name), 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const change = JSON.parse(line) as Record<string, unknown>;
    const { customerId, customerSeq, type, fromTier, toTier, effectiveAt } = change;
    return JSON.stringify([customerId, customerSeq, type, fromTier, toTier, effectiveAt]);
  });
}

test('a backtest of the log is the backtest of the file that was imported, repeats and all', async () => {
  const lines = Array.from({ length: 50 }, (_, n) => purchase(n));
  await writeFile(join(folder, 'events.ndjson'), lines.join(''));
  const until = ['--until', '2027-06-30'];
  await run(importCommand, ['events.ndjson', '--format', 'events', ...until]);
  // Imported once more, everything lies there twice.
  await run(importCommand, ['events.ndjson', '--format', 'events', ...until]);
  await run(backtestCommand, ['--from-log', ...until, '--changes', 'log.ndjson']);
  const file = ['events.ndjson', '--format', 'events', ...until, '--changes', 'file.ndjson'];
  await run(backtestCommand, file);
  const found = await changesOf('log.ndjson');
  expect(found.length).toBeGreaterThan(20);
  expect(found).toEqual(await changesOf('file.ndjson'));
});

test.each([
  { argv: [], says: 'Give a FILE' },
  { argv: ['events.ndjson', '--format', 'events', '--from-log'], says: 'Give a FILE' },
  { argv: ['events.ndjson'], says: 'needs its --format' },
])('$argv is wrong use', async ({ argv, says }) => {
  const fault: unknown = await run(backtestCommand, argv).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(UsageFault);
  expect((fault as Error).message).toContain(says);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { anEmbeddedStack, runCommand } from '../builders/command-context.ts';
import { UsageFault } from '../cli-fault.ts';
import type { Command } from '../command.ts';
import type { EmbeddedStack } from '../embedded.ts';
import type { Language } from '../language.ts';
import { importCommand } from './import.ts';
import { overrideCommand } from './override.ts';
import { profilesCommand } from './profiles.ts';
import { whyCommand } from './why.ts';

let embedded: EmbeddedStack;

beforeAll(async () => {
  embedded = await anEmbeddedStack();
});
afterAll(() => embedded.stop());

const run = (
  command: Command,
  argv: readonly string[],
  { stdin, ...given }: { stdin?: string; language?: Language } = {},
): Promise<string> =>
  runCommand(command, argv, { ...given, input: stdin ?? '', stack: embedded.stack });

const purchase = (customerId: string, day: string): string =>
  `${JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: `${customerId} ${day}`,
    customerId,
    occurredAt: `${day}T00:00:00Z`,
    orderId: `${customerId} ${day}`,
    amount: { minor: 500, currency: 'CNY' },
  })}\n`;

test('a floor lifts at once, is told with who and why and until when, and ends by itself', async () => {
  const imported = ['-', '--format', 'events', '--until', '2026-01-10'];
  await run(importCommand, imported, { stdin: purchase('c1', '2026-01-02') });

  const said = await run(overrideCommand, [
    'c1',
    '--floor',
    'gold',
    '--until',
    '2026-02-01',
    '--reason',
    'yearly contract',
    '--actor',
    'ann',
  ]);
  expect(said).toBe('c1: not below gold, until 2026-02-01T00:00:00.000Z.\nTier now: gold.\n');

  const why = await run(whyCommand, ['c1']);
  expect(why).toMatch(
    /Set by hand: not below .*gold.*, until 2026-02-01T00:00:00\.000Z, by ann: yearly contract/,
  );
  expect(why).toMatch(/promotion: .*gold.*a manual override/);
  const inChinese = await run(whyCommand, ['c1'], { language: 'zh' });
  expect(inChinese).toMatch(
    /人工调整：不低于 .*，至 2026-02-01T00:00:00\.000Z，由 ann 设定：yearly contract/,
  );
  const before = await run(whyCommand, ['c1', '--at', '2026-01-05', '--json']);
  expect(JSON.parse(before)).toMatchObject({ override: null });

  await run(importCommand, ['-', '--format', 'events', '--until', '2026-06-01'], {
    stdin: purchase('c2', '2026-05-02'),
  });
  const after = JSON.parse(await run(whyCommand, ['c1', '--json'])) as {
    override: unknown;
    changes: { type: string; override: unknown }[];
  };
  expect(after.override).toBe(null);
  expect(after.changes.find((it) => it.type === 'promoted')?.override).toEqual({
    kind: 'floor',
    tier: 'gold',
    reason: 'yearly contract',
    actor: 'ann',
    until: '2026-02-01T00:00:00.000Z',
  });
  expect(after.changes.at(-1)).toMatchObject({ type: 'demoted', override: null });
});

test('a lock can be cleared, and a customer of whom nothing else is known has no row', async () => {
  const json = await run(overrideCommand, [
    'c3',
    '--lock',
    'silver',
    '--reason',
    'trial',
    '--actor',
    'bo',
    '--json',
  ]);
  expect(JSON.parse(json)).toMatchObject({ type: 'override-set', until: null, tierNow: null });
  expect(await run(profilesCommand, [])).not.toContain(',c3,');
  const cleared = await run(
    overrideCommand,
    ['c3', '--clear', '--reason', 'trial is over', '--actor', 'bo'],
    { language: 'zh' },
  );
  expect(cleared).toBe('c3：人工调整已撤销。\n');
});

test.each([
  { why: 'no kind', argv: ['c1', '--reason', 'r', '--actor', 'a'] },
  { why: 'two kinds', argv: ['c1', '--floor', 'gold', '--clear', '--reason', 'r', '--actor', 'a'] },
  { why: 'no actor', argv: ['c1', '--floor', 'gold', '--reason', 'r'] },
  {
    why: 'an end of a clearing',
    argv: ['c1', '--clear', '--reason', 'r', '--actor', 'a', '--until', '2026-01-01'],
  },
])('wrong use: $why', async ({ argv }) => {
  await expect(run(overrideCommand, argv)).rejects.toThrow(UsageFault);
});

test('a tier that the policy does not know is refused with those that it knows', async () => {
  await expect(
    run(overrideCommand, ['c1', '--floor', 'diamond', '--reason', 'r', '--actor', 'a']),
  ).rejects.toThrow('has a tier diamond. The tiers: bronze, silver, gold, platinum.');
});

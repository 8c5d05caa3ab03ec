import { afterAll, beforeAll, expect, test } from 'vitest';
import { anEmbeddedStack, runCommand } from '../builders/command-context.ts';
import { type CliFault, UsageFault } from '../cli-fault.ts';
import type { Command } from '../command.ts';
import type { EmbeddedStack } from '../embedded.ts';
import type { Language } from '../language.ts';
import { importCommand } from './import.ts';
import { mergeCommand } from './merge.ts';
import { profilesCommand } from './profiles.ts';
import { verifyCommand } from './verify.ts';
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
    amount: { minor: 90_000, currency: 'CNY' },
  })}\n`;

const importing = (until: string) => ['-', '--format', 'events', '--until', until];
const merge = (other: string, into: string): readonly string[] => [
  other,
  '--into',
  into,
  '--reason',
  'same phone',
  '--actor',
  'ann',
];

test('two customers become one, in profiles, in why and for what comes late', async () => {
  const names = ['a1', 'a2', 'a3', 'a4'];
  const stdin = names.map((name, i) => purchase(name, `2026-01-0${i + 1}`)).join('');
  await run(importCommand, importing('2026-01-10'), { stdin });

  const said = await run(mergeCommand, merge('a1', 'a2'));
  expect(said).toMatch(/^a1 is part of a2 now; .*\nTier now: \w+\.\n$/);
  const json = await run(mergeCommand, [...merge('a2', 'a3'), '--json']);
  expect(JSON.parse(json)).toMatchObject({ type: 'merge-asked', survivorId: 'a3', actor: 'ann' });
  await run(importCommand, importing('2026-01-11'), { stdin: purchase('a1', '2026-01-06') });

  const profiles = (await run(profilesCommand, [])).split('\n').slice(1, -1);
  const rows = profiles.map((line) => line.split(','));
  expect(rows.map((row) => row[1])).toEqual(['a3', 'a4']);
  expect(rows[0]?.[6]).toBe('4');

  const why = await run(whyCommand, ['a1']);
  expect(why).toMatch(/^a1 is part of a2 since 2026-01-10.*, by ann: same phone\n/);
  expect(why).toMatch(/\na2 is part of a3 since 2026-01-10.*, by ann: same phone\na3 is /);
  expect(why).toMatch(/Includes a2 since 2026-01-10.*, by ann: same phone/);
  expect(why).toMatch(/2026-01-10T00:00:00\.000Z {2}merge {2}a2 {2}\d+:\d+/);
  expect(why).toMatch(/2026-01-06T00:00:00\.000Z {2}purchase {2}shop\/a1 2026-01-06/);
  const inChinese = await run(whyCommand, ['a2'], { language: 'zh' });
  expect(inChinese).toMatch(/^a2 已于 2026-01-10.* 并入 a3，由 ann 决定：same phone/);
  const before = JSON.parse(
    await run(whyCommand, ['a1', '--at', '2026-01-05', '--json']),
  ) as object;
  expect(before).toMatchObject({ customerId: 'a1', aliases: [], merges: [] });
  const after = JSON.parse(await run(whyCommand, ['a1', '--json'])) as object;
  expect(after).toMatchObject({
    customerId: 'a3',
    aliases: [
      { customerId: 'a1', survivorId: 'a2', at: '2026-01-10T00:00:00.000Z' },
      { customerId: 'a2', survivorId: 'a3' },
    ],
    merges: [{ otherId: 'a2', reason: 'same phone' }],
  });

  const verified = JSON.parse(await run(verifyCommand, ['--from-log', '--json'])) as object;
  expect(verified).toMatchObject({ isSame: true });
});

test.each([
  { why: 'somebody unknown', argv: merge('nobody', 'a4'), says: 'accepted of nobody' },
  { why: 'into somebody unknown', argv: merge('a4', 'nobody'), says: 'accepted of nobody' },
  { why: 'an alias', argv: merge('a1', 'a4'), says: 'a1 is part of another customer already' },
  { why: 'into an alias', argv: merge('a4', 'a1'), says: 'a1 is part of another customer already' },
])('a merge of $why is refused, and says who and why', async ({ argv, says }) => {
  await expect(run(mergeCommand, argv)).rejects.toThrow(says);
  const fault = await run(mergeCommand, argv).catch((error: CliFault) => error.code);
  expect(fault).toBe('STRATA_CLI_MERGE_REFUSED');
});

test.each([
  { why: 'one customer', argv: merge('a4', 'a4') },
  { why: 'no actor', argv: merge('a4', 'a3').slice(0, -2) },
])('wrong use: $why', async ({ argv }) => {
  await expect(run(mergeCommand, argv)).rejects.toThrow(UsageFault);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aContext, anEmbeddedStack, type ContextChanges } from '../builders/command-context.ts';
import { runCli } from '../cli.ts';
import type { EmbeddedStack } from '../embedded.ts';
import { calibrateCommand } from './calibrate.ts';
import { importCommand } from './import.ts';
import { policyPublishCommand } from './policy-publish.ts';
import { profilesCommand } from './profiles.ts';

const COMMANDS = [calibrateCommand, importCommand, policyPublishCommand, profilesCommand];
const PEOPLE = 20;

const FIXED = `
policy: fixed
version: 1
base_currency: CNY
ladder: [low, high]
dimensions:
  orders: {of: orders, window: 90d, steps: [{at_least: 2, points: 1}]}
score: {orders: 1}
tiers:
  high: {enter: 1, leave: 1}
`;
const QUANTILES = `
policy: fifths
version: 1
base_currency: CNY
ladder: [low, high]
dimensions:
  monetary: {of: revenue, window: 90d, quantiles: {buckets: 2}, minimum_population: 10}
score: {monetary: 1}
tiers:
  high: {enter: 2, leave: 2}
calibration: {every: 7d, drift_limit: 0.2}
`;

let embedded: EmbeddedStack;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-calibrate-'));
  await writeFile(join(folder, 'fixed.yaml'), FIXED);
  await writeFile(join(folder, 'fifths.yaml'), QUANTILES);
  await writeFile(
    join(folder, 'many.yaml'),
    QUANTILES.replace('version: 1', 'version: 2').replace('population: 10', 'population: 99'),
  );
  embedded = await anEmbeddedStack({ partitions: 3 });
});
afterAll(async () => {
  await embedded.stop();
  await rm(folder, { recursive: true });
});

async function strata(argv: readonly string[], changes: ContextChanges = {}) {
  const { context, heard } = aContext({ cwd: folder, stack: embedded.stack, ...changes });
  const exitCode = await runCli(argv, context, COMMANDS);
  return { exitCode, ...heard };
}

/** Everybody buys for (number + 1) times `minor`. */
function purchases(day: string, minor: number): string {
  const rows = Array.from({ length: PEOPLE }, (_, n) =>
    JSON.stringify({
      type: 'purchase',
      source: 'shop',
      eventId: `${n} ${day}`,
      customerId: `c${n}`,
      occurredAt: `${day}T00:00:00Z`,
      orderId: `${n} ${day}`,
      amount: { minor: (n + 1) * minor, currency: 'CNY' },
    }),
  );
  return `${rows.join('\n')}\n`;
}

async function buy(day: string, minor: number, until: string): Promise<void> {
  const argv = ['import', '-', '--format', 'events', '--until', until];
  const { exitCode, stderr } = await strata(argv, { input: purchases(day, minor) });
  expect(exitCode, stderr).toBe(0);
}

function tiersIn(csv: string): readonly string[] {
  const [header = '', ...rows] = csv.trim().split('\n');
  const column = header.split(',').indexOf('tier');
  return rows.map((row) => row.split(',')[column] ?? '');
}

describe('./strata calibrate', () => {
  test('says what is missing before there is anything to calibrate', async () => {
    const none = await strata(['calibrate', '--yes']);
    expect(none).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('No policy is in force'),
    });
    expect((await strata(['policy', 'publish', 'fixed.yaml', '--yes'])).exitCode).toBe(0);
    const fixed = await strata(['calibrate', '--yes']);
    expect(fixed.stderr).toContain('there is nothing to calibrate');
    const empty = await strata(['calibrate', '--set', 'fifths.yaml', '--yes']);
    expect(empty).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nobody to calibrate by'),
    });
    const zh = await strata(['calibrate', '--set', 'f'.repeat(32)], { language: 'zh' });
    expect(zh.stderr).toContain('从未发布过编号为');
    for (const [argv, sentence] of [
      [['--announce-from', '-1'], '--announce-from'],
      [['--announce-from', '2', '--hold-back'], 'not both'],
    ] as const) {
      const wrong = await strata(['calibrate', ...argv]);
      expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(sentence) });
    }
  });

  test('comes before the policy that asks for it, which then grades by it from its first instant', async () => {
    await buy('2026-01-02', 100, '2026-01-10');
    const refused = await strata(['policy', 'publish', 'fifths.yaml', '--yes']);
    expect(refused.stderr).toContain('needs calibration');
    const made = await strata(['calibrate', '--set', 'fifths.yaml', '--yes']);
    expect(made.stderr).toContain('Reading customers');
    expect(made).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('monetary: 20 customers, buckets end at 1050'),
    });
    expect(made.stdout).toMatch(/Up to the offsets 0:\d+, 1:\d+, 2:\d+/);
    expect(made.stdout).toContain('It is the first one of this set');
    expect(made.stdout).toContain('the set will grade by it from its first instant');
    expect((await strata(['policy', 'publish', 'fifths.yaml', '--yes'])).exitCode).toBe(0);
    const tiers = tiersIn((await strata(['profiles'])).stdout);
    expect(tiers.filter((it) => it === 'high')).toHaveLength(PEOPLE / 2);
    const again = await strata(['calibrate', '--yes']);
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('very same') });
  });

  test('refuses where too few customers give a border, by place, and changes nothing', async () => {
    const { exitCode, stdout, stderr } = await strata([
      'calibrate',
      '--set',
      'many.yaml',
      '--yes',
      '--json',
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'dimensions.monetary: 20 customers have a value and minimum_population asks for 99',
    );
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'refused', lacking: [{ why: 'too-few' }] });
    expect((await strata(['policy', 'publish', 'many.yaml', '--yes'])).stderr).toContain(
      'needs calibration',
    );
  });

  test('asks at a terminal, takes no answer for a no, and publishes with --yes alone elsewhere', async () => {
    await buy('2026-01-11', 5, '2026-01-12');
    const tty = { stderr: { isTty: true } };
    const at = (input: string) => {
      const { context, heard } = aContext({ cwd: folder, stack: embedded.stack });
      const stderr = { ...context.stderr, ...tty.stderr };
      const stdin = Object.assign(Readable.from([Buffer.from(input)]), { isTTY: true });
      return runCli(['calibrate'], { ...context, stderr, stdin }, COMMANDS).then((exitCode) => {
        return { exitCode, ...heard };
      });
    };
    const no = await at('n\n');
    expect(no).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('[y/N]') });
    // The end of the input is a no.
    expect((await at('')).exitCode).toBe(1);
    expect(await strata(['calibrate'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--yes'),
    });
    const dry = await strata(['calibrate', '--dry-run']);
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Dry run') });
    expect(dry.stdout).toMatch(/monetary, end of bucket 1 +1050 +1102\.5 +\+5\.0 %/);
    expect(dry.stdout).toContain('Borders moved: 1 of 1');
    expect(dry.stdout).toContain('Customers moved: 0 of 20');
    const yes = await at('y\n');
    expect(yes).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Published as') });
    expect(yes.stderr).toContain('Moving everybody over');
  });

  test('waits until it is due, holds back what moved too far, and goes on with somebody’s word', async () => {
    const early = await strata(['calibrate', '--if-due', '--yes'], { language: 'zh' });
    expect(early).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('尚未到期') });
    await buy('2026-01-20', 100, '2026-01-21');
    const before = (await strata(['profiles'])).stdout;
    const held = await strata(['calibrate', '--if-due', '--yes', '--json']);
    expect(held).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('Held back') });
    const seen = JSON.parse(held.stdout) as Record<string, unknown>;
    expect(seen).toMatchObject({
      outcome: 'held',
      bordersMoved: 1,
      borders: [{ kind: 'quantile', name: 'monetary', part: '1', isDrift: true }],
      customersMoved: { graded: PEOPLE, moved: 5, up: 0, down: 5 },
    });
    expect((await strata(['profiles'])).stdout).toBe(before);
    const done = await strata(['calibrate', '--accept-drift', '--hold-back', '--yes', '--json']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({
      outcome: 'published',
      customersMoved: seen['customersMoved'],
    });
    const tiers = tiersIn((await strata(['profiles'])).stdout);
    expect(tiers.filter((it) => it === 'high')).toHaveLength(PEOPLE / 2);
  });
});

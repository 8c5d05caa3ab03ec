import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@strata/contracts';
import { DAY_MS } from '@strata/domain';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { aContext, anEmbeddedStack } from '../builders/command-context.ts';
import { UsageFault } from '../cli-fault.ts';
import type { Command } from '../command.ts';
import type { EmbeddedStack } from '../embedded.ts';
import type { Language } from '../language.ts';
import { publishRates } from '../stack/publish-rates.ts';
import { endsOf, waitUntilSettled } from '../stack/wait-until-settled.ts';
import { deadLettersListCommand } from './dead-letters-list.ts';
import { deadLettersRedriveCommand } from './dead-letters-redrive.ts';
import { deadLettersShowCommand } from './dead-letters-show.ts';
import { eraseCommand } from './erase.ts';
import { importCommand } from './import.ts';
import { mergeCommand } from './merge.ts';
import { profilesCommand } from './profiles.ts';

let embedded: EmbeddedStack;

beforeAll(async () => {
  embedded = await anEmbeddedStack({ onForbidden: 'refuse' });
  await run(importCommand, ['-', '--format', 'events', '--until', '2026-01-10'], {
    stdin: [
      // Twins: one in the currency that counts, one in a currency that nobody knows the worth of yet.
      lines('right', { minor: 70_000_000, currency: 'CNY' }, 3),
      lines('broken', { minor: 10_000_000, currency: 'USD' }, 3),
      lines('erased', { minor: 100, currency: 'USD' }, 1),
      lines('survivor', { minor: 100, currency: 'CNY' }, 1),
      lines('alias', { minor: 100, currency: 'CNY' }, 1),
      `${JSON.stringify({ type: 'purchase', source: 'shop', eventId: 'r1', customerId: 'row' })}\n`,
    ].join(''),
  });
  const bought = event('hobbyist', { minor: 1, currency: 'CNY' }, 0);
  await sendRaw(JSON.stringify({ ...bought, hobby: 'go' }));
});
afterAll(() => embedded.stop());

const event = (customerId: string, amount: Amount, n: number) => ({
  type: 'purchase',
  source: 'shop',
  eventId: `${customerId} ${n}`,
  customerId,
  occurredAt: `2026-01-0${n + 1}T08:00:00Z`,
  orderId: `${customerId} ${n}`,
  amount,
});

interface Amount {
  readonly minor: number;
  readonly currency: string;
}

const lines = (customerId: string, amount: Amount, count: number): string =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify(event(customerId, amount, n))}\n`).join(
    '',
  );

async function sendRaw(text: string): Promise<void> {
  const { stack } = embedded;
  const value = new TextEncoder().encode(text);
  const place = { topic: TOPICS.purchases, partition: 0 };
  await stack.writer.send([{ ...place, key: null, value, headers: {} }]);
  const intakeEnds = await endsOf(stack, TOPICS.purchases);
  await waitUntilSettled(stack, { intakeEnds, upToMs: null });
}

interface Said {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

async function run(
  command: Command,
  argv: readonly string[],
  { stdin, ...given }: { stdin?: string; language?: Language } = {},
): Promise<Said> {
  const { context, heard } = aContext({ ...given, input: stdin ?? '', stack: embedded.stack });
  const exitCode = await command.execute(context, argv);
  return { out: heard.stdout, err: heard.stderr, exitCode };
}

interface Listed {
  readonly total: number;
  readonly letters: readonly {
    readonly id: string;
    readonly reason: string;
    readonly topic: string;
    readonly redrives: number;
    readonly state: string;
  }[];
}

async function list(...argv: readonly string[]): Promise<Listed> {
  const { out } = await run(deadLettersListCommand, [...argv, '--json']);
  return JSON.parse(out) as Listed;
}

async function firstId(reason: string): Promise<string> {
  return (await list('--reason', reason)).letters[0]?.id ?? 'none';
}

test('lists letters by what they were refused for, without a word of what they said', async () => {
  const { out } = await run(deadLettersListCommand, []);
  expect(out).toMatch(/no-rate +amount\.currency USD +shop +purchase/);
  expect(out).toMatch(/forbidden-field +hobby +shop +purchase/);
  expect(out).not.toMatch(/broken|hobbyist|"row"/);
  expect((await list('--reason', 'no-rate')).total).toBe(4);
  expect((await list('--topic', 'file:events')).letters).toMatchObject([
    { reason: 'missing-field', redrives: 0, state: 'open' },
  ]);
  expect((await list('--source', 'desk')).total).toBe(0);
  expect((await list('--customer', 'broken', '--type', 'purchase')).total).toBe(3);
  expect((await list('--since', '2100-01-01')).total).toBe(0);
  expect((await list('--until', '2100-01-01', '--redrives', '0')).total).toBe(6);
  expect((await list('--limit', '2')).letters).toHaveLength(2);
  const counted = await run(deadLettersListCommand, ['--by', 'reason']);
  expect(counted.out).toMatch(/no-rate +4 +0\n/);
  const inChinese = await run(deadLettersListCommand, ['--by', 'source'], { language: 'zh' });
  expect(inChinese.out).toMatch(/来源 +死信 +已隔离\n/);
});

test('shows one letter with its remedy, and the original only when asked', async () => {
  const id = await firstId('forbidden-field');
  const shown = await run(deadLettersShowCommand, [id]);
  expect(shown.out).toContain('hobby is data that may not enter');
  expect(shown.out).toContain(`letter: ${id}\n`);
  expect(shown.out + shown.err).not.toContain('hobbyist');
  const unsealed = await run(deadLettersShowCommand, [id, '--unseal']);
  expect(unsealed.out).toContain('"customerId":"hobbyist"');
  expect(unsealed.err).toContain('personal data');
  const logged = await firstId('no-rate');
  const avro = JSON.parse(
    (await run(deadLettersShowCommand, [logged, '--unseal', '--json'])).out,
  ) as { original: { decoded: { record: string } } };
  expect(avro.original.decoded.record).toBe('strata.log.Purchase');
  await expect(run(deadLettersShowCommand, ['nobody'])).rejects.toThrow('no dead letter nobody');
});

test.each([
  { why: 'nothing chosen', argv: [] },
  { why: 'ids and filters', argv: ['a', '--reason', 'no-rate'] },
  { why: 'the quarantined without ids', argv: ['--quarantined', '--reason', 'no-rate'] },
  { why: 'a reason that does not exist', argv: ['--reason', 'norate'] },
  { why: 'a number that is none', argv: ['--redrives', 'many'] },
  { why: 'nobody said yes', argv: ['--reason', 'no-rate'] },
])('wrong use: $why', async ({ argv }) => {
  await expect(run(deadLettersRedriveCommand, argv)).rejects.toThrow(UsageFault);
});

const broken = ['--customer', 'broken'];

test('what is refused again replaces its letter, and rests in quarantine after three times', async () => {
  const dry = await run(deadLettersRedriveCommand, [...broken, '--dry-run']);
  expect(dry.out).toMatch(/would be refused again +3\n +no-rate +3\n/);
  expect(dry.out).toContain('No tier would change.');
  const before = (await list()).total;
  for (let time = 1; time <= 3; time += 1) {
    const { exitCode, out } = await run(deadLettersRedriveCommand, [...broken, '--yes', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      sent: 3,
      taken: 0,
      open: [],
      refused: Array(3).fill({ reason: 'no-rate', redrives: time }),
    });
  }
  const { letters, total } = await list(...broken);
  expect(total).toBe(3);
  expect(letters.map(({ state }) => state)).toEqual(Array(3).fill('quarantined'));
  expect((await list()).total).toBe(before);
  expect((await list('--quarantined')).total).toBe(3);
  const again = await run(deadLettersRedriveCommand, [...broken, '--yes', '--json']);
  expect(JSON.parse(again.out)).toMatchObject({
    sent: 0,
    kept: Array(3).fill({ why: 'quarantined' }),
  });
});

test('a row that is still wrong is refused here; a letter whose customer was erased is gone', async () => {
  const row = await run(deadLettersRedriveCommand, ['--topic', 'file:events', '--yes', '--json']);
  expect(JSON.parse(row.out)).toMatchObject({ sent: 0, refused: [{ reason: 'missing-field' }] });
  expect(row.exitCode).toBe(1);
  await run(eraseCommand, ['erased', '--reason', 'r', '--actor', 'ann', '--json']);
  expect((await list('--customer', 'erased')).total).toBe(0);
});

test('once rates are known a redrive does what the dry run said, as if the day had been right', async () => {
  const rows = [
    { day: new Date('2026-01-01').getTime() / DAY_MS, from: 'USD', to: 'CNY', rate: '7' },
  ];
  await publishRates(embedded.stack, rows, { kind: 'published', by: 'ann', nowMs: 0 });
  const ids = (await list(...broken)).letters.map(({ id }) => id);
  const chosen = [...ids, '--quarantined'];
  const dry = await run(deadLettersRedriveCommand, [...chosen, '--dry-run', '--json']);
  const told = JSON.parse(dry.out) as {
    customers: readonly { customerId: string; from: string | null; to: string }[];
  };
  expect(told).toMatchObject({ passing: 3, failing: [], tiers: [{ from: null, customers: 1 }] });
  expect(told.customers).toMatchObject([{ customerId: 'broken', from: null }]);
  expect((await list(...broken)).total).toBe(3);

  const { exitCode, out } = await run(deadLettersRedriveCommand, [...chosen, '--yes']);
  expect(out).toMatch(/sent again +3\n +taken +3\n/);
  expect(exitCode).toBe(0);
  expect((await list(...broken)).total).toBe(0);

  const profiles = (await run(profilesCommand, ['--at', '2026-01-10'])).out.split('\n');
  const of = (customerId: string): string | undefined =>
    profiles.find((line) => line.split(',')[1] === customerId)?.replace(customerId, '?');
  expect(of('broken')).toBe(of('right'));
  expect(of('broken')).toContain(`,${told.customers[0]?.to},`);
  await expect(run(deadLettersRedriveCommand, [...chosen, '--yes'])).rejects.toThrow(
    'redriven well',
  );
});

test('what came under a name that is another customer by now goes on to that one', async () => {
  await run(mergeCommand, ['alias', '--into', 'survivor', '--reason', 'r', '--actor', 'ann']);
  const inEuros = event('alias', { minor: 100, currency: 'EUR' }, 2);
  await sendRaw(JSON.stringify(inEuros));
  const chosen = ['--reason', 'no-rate', '--limit', '1'];
  const refused = await run(deadLettersRedriveCommand, [...chosen, '--yes', '--json']);
  expect(JSON.parse(refused.out)).toMatchObject({ sent: 1, refused: [{ redrives: 1 }], open: [] });
  const rows = [{ day: 20_000, from: 'EUR', to: 'CNY', rate: '8' }];
  await publishRates(embedded.stack, rows, { kind: 'published', by: 'ann', nowMs: 1 });
  const dry = await run(deadLettersRedriveCommand, [...chosen, '--dry-run', '--json']);
  expect(JSON.parse(dry.out)).toMatchObject({ sent: 1, passing: 1, failing: [] });
  const taken = await run(deadLettersRedriveCommand, [...chosen, '--yes', '--json']);
  expect(JSON.parse(taken.out)).toMatchObject({ sent: 1, taken: 1, open: [] });
  expect((await list('--reason', 'no-rate')).total).toBe(0);
});

const MAP = `
map: till
source: till
currency: CNY
time_zone: UTC
input: {format: csv}
events:
  - type: purchase
    customerId: customer
    occurredAt: {from: day, formats: [yyyy-MM-dd]}
    eventId: $record
    orderId: $record
    amount: {major: price}
`;

test('rows of a file are redriven by a mended map, each by itself, under the places they had', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'strata-redrive-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'till.csv');
  const [map, mended] = [join(folder, 'till.yaml'), join(folder, 'mended.yaml')];
  await writeFile(map, MAP);
  await writeFile(mended, MAP.replace('[yyyy-MM-dd]', '[yyyy-MM-dd, dd/MM/yyyy]'));
  // The header names other columns first than a map would guess: letters keep the names.
  await writeFile(
    file,
    'price,customer,day\n700000.00,till twin,2026-01-01\n700000.00,till broken,01/01/2026\n5.00,,02/01/2026\n',
  );
  await run(importCommand, [file, '--map', map]);
  const rows = ['--topic', 'file:till'];
  expect((await list(...rows)).letters.map(({ reason }) => reason)).toContain('bad-time');
  const dry = await run(deadLettersRedriveCommand, [
    ...rows,
    '--map',
    mended,
    '--dry-run',
    '--json',
  ]);
  expect(JSON.parse(dry.out)).toMatchObject({
    sent: 2,
    passing: 1,
    failing: [{ reason: 'no-customer' }],
  });
  const { out, exitCode } = await run(deadLettersRedriveCommand, [
    ...rows,
    '--map',
    mended,
    '--yes',
    '--json',
  ]);
  expect(JSON.parse(out)).toMatchObject({
    sent: 1,
    taken: 1,
    refused: [{ reason: 'no-customer' }],
  });
  expect(exitCode).toBe(1);
  expect((await list(...rows)).total).toBe(1);
  const profiles = (await run(profilesCommand, ['--at', '2026-01-10'])).out.split('\n');
  const of = (customerId: string): string | undefined =>
    profiles.find((line) => line.split(',')[1] === customerId)?.replace(customerId, '?');
  expect(of('till broken')).toBe(of('till twin'));
});

test('nothing that matches is nothing to do', async () => {
  const { out, exitCode } = await run(deadLettersRedriveCommand, ['--reason', 'too-deep', '--yes']);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/sent again +0\n/);
});

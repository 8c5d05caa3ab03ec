import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@strata/contracts';
import type { OutgoingRecord } from '@strata/pipeline';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { aContext, anEmbeddedStack } from '../builders/command-context.ts';
import type { Language } from '../language.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { importCommand } from './import.ts';
import { profilesCommand } from './profiles.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-import-'));
});
afterAll(() => rm(folder, { recursive: true }));

const inFolder = (stack: StackHandle | null, language: Language = 'en') =>
  aContext({ cwd: folder, language, ...(stack === null ? {} : { stack }) });

async function aStack(): Promise<StackHandle> {
  const embedded = await anEmbeddedStack();
  onTestFinished(() => embedded.stop());
  return embedded.stack;
}

const MAP = `
map: till
source: till
currency: CNY
input: {format: csv}
rules: [{when: {kind: training}, skip: training receipt}]
events:
  - type: purchase
    customerId: customer
    occurredAt: {from: day, formats: yyyy-MM-dd}
    orderId: receipt
    amount: {major: total}
`;

/** Rows without an id of their own: four equal ones a day for each of three customers, and dirt. */
async function aFile(days: number): Promise<void> {
  const rows = Array.from({ length: days }, (_, day) => {
    const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
    return ['c1', 'c2', 'c3'].flatMap((customer) =>
      Array.from({ length: 4 }, () => `${customer},${date},r-${customer}-${date},sale,10.00`),
    );
  }).flat();
  const dirt = [
    ',2026-01-01,r,sale,1',
    'c1,2026-01-01,r,sale,-1',
    'c1,,r,training,1',
    'c1,2026-01-01,r',
  ];
  await writeFile(join(folder, 'till.yaml'), MAP);
  await writeFile(
    join(folder, 'till.csv'),
    ['customer,day,receipt,kind,total', ...dirt, ...rows, ''].join('\n'),
  );
}

const IMPORT = ['till.csv', '--map', 'till.yaml', '--json'];

async function recordsIn({ reader, partitions }: StackHandle, topic: string): Promise<number> {
  const bounds = await reader.bounds(topic);
  return bounds.slice(0, partitions).reduce((sum, { start, end }) => sum + end - start, 0);
}

/** A writer that dies in a send of which one partition has got its records already. */
function dyingWriter(stack: StackHandle, sendsBefore: number): StackHandle {
  let sends = 0;
  const { writer } = stack;
  const send = async (records: readonly OutgoingRecord[]): Promise<void> => {
    if (records[0]?.topic !== TOPICS.events || sends++ < sendsBefore) return writer.send(records);
    await writer.send(records.filter(({ partition }) => partition === 0));
    throw new Error('killed');
  };
  return { ...stack, writer: { send, close: () => writer.close() } };
}

describe('an import that was killed and is started again', () => {
  test('goes on in each partition where it was, and nothing counts twice', async () => {
    await aFile(100);
    const whole = await aStack();
    await importCommand.execute(inFolder(whole).context, IMPORT);

    const stack = await aStack();
    const killed = importCommand.execute(inFolder(dyingWriter(stack, 1)).context, IMPORT);
    await expect(killed).rejects.toThrow('killed');
    const before = await recordsIn(stack, TOPICS.events);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(await recordsIn(whole, TOPICS.events));

    const again = inFolder(stack);
    await importCommand.execute(again.context, IMPORT);
    const accounts = JSON.parse(again.heard.stdout) as {
      published: number;
      alreadyPublished: number;
    };
    expect(accounts.alreadyPublished).toBeGreaterThan(0);
    expect(accounts.published + accounts.alreadyPublished).toBe(1_200);
    expect(await recordsIn(stack, TOPICS.events)).toBe(await recordsIn(whole, TOPICS.events));

    const [one, other] = [inFolder(whole), inFolder(stack)];
    await profilesCommand.execute(one.context, []);
    await profilesCommand.execute(other.context, []);
    expect(one.heard.stdout).toMatch(/c3,/);
    expect(other.heard.stdout).toBe(one.heard.stdout);
  });

  test('publishes all of it once more after it has ended, and the fold drops the repeats', async () => {
    await aFile(3);
    const stack = await aStack();
    const profiles = async (): Promise<string> => {
      const { context, heard } = inFolder(stack);
      await profilesCommand.execute(context, []);
      return heard.stdout;
    };
    await importCommand.execute(inFolder(stack).context, IMPORT);
    const first = await profiles();
    const again = inFolder(stack);
    await importCommand.execute(again.context, IMPORT);
    expect(JSON.parse(again.heard.stdout)).toMatchObject({ published: 36, alreadyPublished: 0 });
    expect(await profiles()).toBe(first);
    // The letters of its dirt replace those of the first time.
    expect(await profiles()).toMatch(/c1,/);
  });
});

describe('a dry run', () => {
  test('needs no stack, and says what would be refused: reason, field, count and places, no values', async () => {
    await aFile(2);
    const { context, heard } = inFolder(null);
    expect(await importCommand.execute(context, [...IMPORT, '--dry-run'])).toBe(0);
    expect(JSON.parse(heard.stdout)).toEqual({
      records: 28,
      asEvents: 24,
      asParts: 0,
      skipped: 1,
      refused: 3,
      repeats: 0,
      skippedByReason: { 'training receipt': 1 },
      refusedByReason: { 'no-customer': 1, 'bad-price': 1, 'bad-row': 1 },
      refusals: [
        { file: 'till.csv', reason: 'no-customer', field: 'customer', count: 1, firstRecords: [1] },
        { file: 'till.csv', reason: 'bad-price', field: 'total', count: 1, firstRecords: [2] },
        { file: 'till.csv', reason: 'bad-row', field: null, count: 1, firstRecords: [4] },
      ],
      events: 24,
      customers: 3,
      firstAt: '2026-01-01T00:00:00.000Z',
      lastAt: '2026-01-02T00:00:00.000Z',
      byType: { purchase: 24 },
    });
  });

  test('says so in Chinese', async () => {
    await aFile(1);
    const { context, heard } = inFolder(null, 'zh');
    await importCommand.execute(context, ['till.csv', '--map', 'till.yaml', '--dry-run']);
    expect(heard.stdout).toMatch(/training receipt\s+1/);
    expect(heard.stdout).toMatch(
      /till\.csv 中 1 条将成为死信，bad-price：第 2 条\n\s+total 不是有效的价格/,
    );
    expect(heard.stdout).toMatch(/未发布任何内容/);
  });

  test('moves no clock', async () => {
    const argv = [...IMPORT, '--dry-run', '--until', '2026-02-01'];
    await expect(importCommand.execute(inFolder(null).context, argv)).rejects.toThrow('no clock');
  });
});

test.each([
  { argv: ['till.csv'], says: /--format, or --map/ },
  { argv: ['till.csv', '--map', 'till.yaml', '--format', 'cdnow'], says: /--format, or --map/ },
  { argv: ['till.csv', '--map', 'nothing.yaml'], says: /There is no file 'nothing\.yaml'/ },
  {
    argv: ['till.csv', '--map', 'till.csv'],
    says: /till\.csv:1:\d+: .*not valid YAML|a mapping of keys is wanted/,
  },
  {
    argv: ['other.csv', '--map', 'till.yaml'],
    says: /The header of 'other\.csv' lacks kind, customer, day, receipt, total/,
  },
  { argv: ['-', '--map', 'till.yaml'], says: /cannot read from standard input/ },
])('$argv is refused before anything is read: $says', async ({ argv, says }) => {
  await aFile(1);
  await writeFile(join(folder, 'other.csv'), 'a,b\n1,2\n');
  const run = importCommand.execute(inFolder(null).context, [...argv, '--dry-run']);
  await expect(run).rejects.toThrow(says);
});

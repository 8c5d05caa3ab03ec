import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import type { Language } from '../language.ts';
import { backtestCommand } from './backtest.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-backtest-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function backtest(line: string, options: { stdin?: string; language?: Language } = {}) {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(
    ['backtest', ...line.split(' ')],
    {
      stdout: { write: (text) => void (stdout += text) },
      stderr: { isTty: false, write: (text) => void (stderr += text) },
      stdin: Readable.from([Buffer.from(options.stdin ?? '')]),
      env: {},
      cwd: folder,
      language: options.language ?? 'en',
      signal: new AbortController().signal,
      monotonicMs: () => 0,
    },
    [backtestCommand],
  );
  return { exitCode, stdout, stderr };
}

const purchase = (id: string, customerId: string, currency = 'CNY'): string =>
  `${JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: id,
    customerId,
    occurredAt: '2026-01-02T03:04:05.678Z',
    orderId: id,
    amount: { minor: 12_345, currency },
  })}\n`;

describe('files', () => {
  it('are sorted by customer bytewise, with events named by their ids', async () => {
    const stdin = purchase('e1', '😀') + purchase('e2', '�') + purchase('e3', 'a');
    const line = '- --format events --at 2026-02-01 --profiles p.csv --changes c.ndjson';
    expect((await backtest(line, { stdin })).exitCode).toBe(0);
    const changes = (await readFile(join(folder, 'c.ndjson'), 'utf8')).trim().split('\n');
    const parsed = changes.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(parsed.map((change) => change['customerId'])).toEqual(['a', '�', '😀']);
    expect(parsed[0]).toMatchObject({
      customerSeq: 1,
      type: 'assigned',
      fromTier: null,
      toTier: 'silver',
      cause: { kind: 'event', ref: 'e3' },
      evidence: ['e3'],
      effectiveAt: '2026-01-02T03:04:05.678Z',
    });
    expect(parsed[0]).not.toHaveProperty('seq');
    expect(parsed[0]).not.toHaveProperty('partition');
    const profiles = (await readFile(join(folder, 'p.csv'), 'utf8')).split('\n');
    expect(profiles.slice(1, 4).map((text) => text.split(',')[1])).toEqual(['a', '�', '😀']);
  });

  it('are refused before anything is read where they cannot be written', async () => {
    const line = '- --format events --profiles nowhere/p.csv';
    const { exitCode, stderr } = await backtest(line, { stdin: purchase('e1', 'a') });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('cannot be written');
    expect(stderr).not.toContain('Reading');
  });

  it('do not stay half-done, and do not replace what was there, when the run fails', async () => {
    await writeFile(join(folder, 'p.csv'), 'before');
    const { exitCode } = await backtest('- --format events --profiles p.csv', { stdin: 'x\n' });
    expect(exitCode).toBe(1);
    expect(await readdir(folder)).toEqual(['p.csv']);
    expect(await readFile(join(folder, 'p.csv'), 'utf8')).toBe('before');
  });
});

describe('the summary', () => {
  it('counts every record once, as JSON', async () => {
    const stdin = `${purchase('e1', 'a')}${purchase('e1', 'a')}nonsense\n${purchase('e2', 'b', 'USD')}`;
    const { stdout } = await backtest('- --format events --json', { stdin });
    expect(JSON.parse(stdout)).toMatchObject({
      file: {
        records: 4,
        recordsAsEvents: 3,
        recordsRefused: 1,
        repeats: 1,
        deadLetters: { 'not-json': 1 },
        events: 2,
      },
      runs: [
        {
          baseCurrency: 'CNY',
          customers: 1,
          changes: [{ type: 'assigned', cause: 'event', count: 1 }],
          deadLetters: { 'no-rate': 1 },
        },
      ],
    });
  });

  it('tells the tiers at each --at as well', async () => {
    const line = '- --format events --at 2026-01-03 --at 2026-01-01 --until 2027-06-01';
    const { stdout } = await backtest(line, { stdin: purchase('e1', 'a') });
    expect(stdout).toMatch(/Customers at 2026-01-03T00:00:00.000Z: 1\n( .*\n)* {2}Silver +1 /);
    expect(stdout).toMatch(/Customers at the end: 1\n( .*\n)* {2}Bronze +1 /);
  });

  it('takes the currency of the file for the preset, and speaks Chinese', async () => {
    const stdin = purchase('e1', 'a', 'JPY');
    const { stdout } = await backtest('- --format events', { stdin, language: 'zh' });
    expect(stdout).toContain('策略 shop，版本 1，以 JPY 计');
    expect(stdout).toContain('首次定级  1  由事件引起');
  });
});

describe('what cannot be done is said', () => {
  it.each([
    {
      line: '- --format events --at 2026-13-01',
      code: 2,
      says: "'2026-13-01' is no value for --at",
    },
    { line: '- --format events --time-zone Mars', code: 2, says: 'write an IANA zone' },
    {
      line: '- --format events --policy shop --policy shop --changes c',
      code: 2,
      says: 'one policy',
    },
    { line: '- --format events', code: 1, says: "'-' holds no record" },
    { line: 'gone.txt --format cdnow', code: 1, says: 'There is no file' },
  ])('$line', async ({ line, code, says }) => {
    const { exitCode, stdout, stderr } = await backtest(line);
    expect(exitCode).toBe(code);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
  });

  it('names both currencies where there is no rate between file and policy', async () => {
    const text = await readFile(new URL('../../../../policies/shop.yaml', import.meta.url), 'utf8');
    await writeFile(join(folder, 'own.yaml'), text);
    await writeFile(join(folder, 'log.txt'), '00001 19970101 1 11.77\n');
    const { stderr } = await backtest('log.txt --format cdnow --policy own.yaml');
    expect(stderr).toContain("The amounts of 'log.txt' are in USD, the policy shop counts in CNY");
    expect(stderr).not.toContain('Reading');
  });
});

describe('rates', () => {
  beforeEach(async () => {
    const text = await readFile(new URL('../../../../policies/shop.yaml', import.meta.url), 'utf8');
    await writeFile(join(folder, 'own.yaml'), text);
    await writeFile(join(folder, 'log.txt'), '00001 19970101 1 11.77\n00002 19970601 1 10.00\n');
  });
  const line =
    'log.txt --format cdnow --policy ./own.yaml --rates rates.csv --at 1997-07-01 --profiles p.csv';

  it('let a file be graded that is in another currency, each amount by its day', async () => {
    const rates = 'day,from,to,rate\n1996-12-01,USD,CNY,8.3\n1997-06-01,USD,CNY,8.2\n';
    await writeFile(join(folder, 'rates.csv'), rates);
    expect((await backtest(line)).exitCode).toBe(0);
    const rows = (await readFile(join(folder, 'p.csv'), 'utf8')).trim().split('\n').slice(1);
    // 11.77 x 8.3 = 97.691 and 10 x 8.2 = 82.
    expect(rows.map((row) => row.split(',')[8])).toEqual(['9769', '8200']);
  });

  it('before whose first day nothing can be counted leave a dead letter for each', async () => {
    await writeFile(join(folder, 'rates.csv'), '1997-02-01,USD,CNY,8.3\n');
    const { stdout } = await backtest(`${line} --json`);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ deadLetters: { 'no-rate': 1 } }] });
  });

  it.each([
    { rates: '1997-02-01,EUR,CNY,8.3\n', says: 'there are no rates between them. Give them with' },
    { rates: '1997-02-01,USD,CNY,8,3\n', says: "rates.csv:1: rate: '8,3' has a comma" },
  ])('that cannot help are refused before the file is read: $rates', async ({ rates, says }) => {
    await writeFile(join(folder, 'rates.csv'), rates);
    const { exitCode, stderr } = await backtest(line);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('Reading');
  });
});

const HALVES = `
policy: halves
version: 1
base_currency: CNY
ladder: [low, high]
dimensions:
  f: {of: orders, window: 30d, quantiles: {buckets: 2}, minimum_population: 2}
score: {f: 1}
tiers: {high: {enter: 2, leave: 2}}
segments: [{name: many, when: {f: [2]}}, {name: few, when: {f: [1]}}]
`;

describe('quantiles', () => {
  const stdin = purchase('e1', 'a') + purchase('e2', 'b') + purchase('e3', 'b');
  beforeEach(() => writeFile(join(folder, 'halves.yaml'), HALVES));
  const grade = (flags: string, language: Language = 'en') =>
    backtest(`- --format events --policy ./halves.yaml ${flags}`, { stdin, language });
  const causes = async () =>
    (await readFile(join(folder, 'c.ndjson'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; effectiveAt: string; cause: unknown })
      .map(({ type, effectiveAt, cause }) => [
        type,
        effectiveAt.slice(0, 10),
        (cause as { kind: string }).kind,
      ]);

  it('are told with who is in which segment', async () => {
    const { stdout } = await grade('--at 2026-01-10', 'zh');
    expect(stdout).toContain('结束时的客户分群：\n  many  1  50.0 %\n  few   1  50.0 %\n');
    const json = JSON.parse((await grade('--at 2026-01-10 --json')).stdout) as {
      runs: { segments: unknown }[];
    };
    expect(json.runs[0]?.segments).toEqual([
      { policy: 'halves', segment: 'many', customers: 1 },
      { policy: 'halves', segment: 'few', customers: 1 },
    ]);
  });

  it('are calibrated at every --at, and everybody is settled by the borders before profiles', async () => {
    const { stdout } = await grade('--at 2026-01-10 --profiles p.csv --changes c.ndjson');
    expect(stdout).toContain('f: 2 customers, buckets end at 1.5');
    const rows = (await readFile(join(folder, 'p.csv'), 'utf8')).trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').slice(1, 5))).toEqual([
      ['a', 'low', 'few', '1'],
      ['b', 'high', 'many', '2'],
    ]);
    expect(await causes()).toEqual([
      ['assigned', '2026-01-02', 'event'],
      ['assigned', '2026-01-02', 'event'],
      ['promoted', '2026-01-10', 'calibration'],
    ]);
  });

  it('keep the borders of --calibrate-at while the windows move on', async () => {
    const { stdout } = await grade(
      '--calibrate-at 2026-01-10 --at 2026-03-01 --changes c.ndjson --json',
    );
    const { runs } = JSON.parse(stdout) as { runs: { calibrations: unknown[] }[] };
    expect(runs[0]?.calibrations).toMatchObject([
      { at: '2026-01-10T00:00:00.000Z', dimensions: [{ population: 2, borders: [1.5] }] },
    ]);
    expect((await causes()).at(-1)).toEqual(['demoted', '2026-02-01', 'time']);
  });

  it('say where there was not enough data', async () => {
    const { stdout } = await grade('--calibrate-at 2026-01-01 --at 2026-01-10', 'zh');
    expect(stdout).toContain('f：数据不足，客户 0 个，至少需 2 个；按缺失值计分');
  });
});

const VALUE = `
policy: value
version: 1
base_currency: CNY
ladder: [low, high]
dimensions:
  alive: {of: p_alive, steps: [{at_least: 0.5, points: 1}]}
  worth: {of: clv, horizon: 365d, monthly_discount: 0.01, steps: [{at_least: 1000, points: 1}]}
  ours: {of: p_alive, steps: [{at_least: 0.5, points: 1}], minimum_population: 3}
score: {alive: 1, worth: 1, ours: 1}
tiers: {high: {enter: 2, leave: 1}}
`;

it('models of customer value say how many customers who came back they want', async () => {
  await writeFile(join(folder, 'value.yaml'), VALUE);
  const stdin = purchase('e1', 'a') + purchase('e2', 'b');
  const line = '- --format events --policy ./value.yaml --calibrate-at 2026-01-10';
  expect((await backtest(line, { stdin })).stdout).toContain(
    [
      '  alive: not enough data, of 2 customers fewer than 10 bought again on another day; it scores as missing',
      '  worth: not enough data, of 2 customers fewer than 10 bought again on another day and spent something; it scores as missing',
      '  ours: not enough data, 2 customers of at least 3; it scores as missing',
    ].join('\n'),
  );
  expect((await backtest(line, { stdin, language: 'zh' })).stdout).toContain(
    '  worth：数据不足，客户 2 个，其中另一日再次购买且有消费的不足 10 个；按缺失值计分\n',
  );
});

const SHARES = `
policy: shares
version: 1
base_currency: CNY
ladder: [low, high, best]
labels: {best: {zh: 最佳, en: Best}}
dimensions:
  f: {of: orders, window: 30d, steps: [{at_least: 2, points: 2}, {at_least: 1, points: 1}]}
score: {f: 1}
tiers:
  high: {population_share: 0.9, minimum_population: 3}
  best: {revenue_share: 0.6}
`;

describe('tiers by share', () => {
  const stdin = purchase('e1', 'a') + purchase('e2', 'b') + purchase('e3', 'b');
  beforeEach(() => writeFile(join(folder, 'shares.yaml'), SHARES));

  it.each([
    {
      language: 'en' as const,
      lines: [
        'Best and above, 60 % of revenue: score from 2, 1 of 2 customers (50.0 %) with 66.7 % of 370.35 CNY',
        'high and above, 90 % of customers: not enough data, 2 customers of at least 3; nobody enters it or falls under it',
      ],
    },
    {
      language: 'zh' as const,
      lines: [
        '最佳及以上，占收入 60 %：评分不低于 2，客户 1 / 2 个（50.0 %），收入占 370.35 CNY 的 66.7 %',
        'high及以上，占客户 90 %：数据不足，客户 2 个，至少需 3 个；无人因此升入或退出',
      ],
    },
  ])('say what they came to ($language)', async ({ language, lines }) => {
    const line = '- --format events --policy ./shares.yaml --at 2026-01-10';
    const { stdout } = await backtest(line, { stdin, language });
    for (const text of lines) expect(stdout).toContain(`  ${text}\n`);
  });

  it('say so where there is no revenue to share, and in JSON', async () => {
    const line =
      '- --format events --policy ./shares.yaml --calibrate-at 2026-01-10 --calibrate-at 2026-06-01';
    const text = await backtest(line, { stdin });
    expect(text.stdout).toContain('high and above, 90 % of customers: not enough data');
    const { stdout } = await backtest(`${line} --json`, { stdin });
    const { runs } = JSON.parse(stdout) as { runs: { calibrations: { tiers: unknown[] }[] }[] };
    expect(runs[0]?.calibrations.map(({ tiers }) => tiers[1])).toEqual([
      {
        policy: 'shares',
        tier: 'best',
        revenueShare: 0.6,
        population: 2,
        minimumPopulation: 1,
        revenueMinor: 37_035,
        border: { score: 2, customers: 1, revenueMinor: 24_690 },
      },
      expect.objectContaining({ revenueMinor: 37_035 }),
    ]);
  });
});

const POPULATIONS = `
policy: leads
version: 1
applies_to: prospects
base_currency: CNY
ladder: [cold, warm]
labels: {warm: {en: Warm}}
dimensions: {visits: {of: engagement, window: 30d}}
score: {visits: 1}
tiers: {warm: {enter: 2, leave: 1}}
treatment: {warm: {call: {within: 1d}}}
---
policy: shop
version: 7
base_currency: CNY
ladder: [warm, gold]
labels: {warm: {en: New}}
dimensions: {orders: {of: orders, window: 30d}}
score: {orders: 1}
tiers: {gold: {enter: 2, leave: 1}}
treatment: {warm: {gift: {kind: tea}}}
`;

const visit = (id: string, customerId: string): string =>
  `${JSON.stringify({
    type: 'engagement',
    source: 'app',
    eventId: id,
    customerId,
    occurredAt: '2026-01-01T00:00:00.000Z',
    kind: 'visit',
    weight: 2,
  })}\n`;

describe('a set of several policies', () => {
  const stdin = visit('v1', 'a') + visit('v2', 'b') + purchase('e1', 'a');
  beforeEach(() => writeFile(join(folder, 'set.yaml'), POPULATIONS));

  it('grades everybody by the policy of its population, and tells it in the words of that one', async () => {
    const line = '- --format events --policy ./set.yaml --at 2026-01-03';
    const { stdout } = await backtest(`${line} --profiles p.csv --changes c.ndjson`, { stdin });
    expect(stdout).toMatch(/Policy leads, version 1.*\nPolicy shop, version 7/);
    expect(stdout).toMatch(/ {2}leads: Warm +1 +50.0 %\n {2}leads: cold +0 .*\n/);
    expect(stdout).toMatch(/ {2}shop: New +1 +50.0 %\n/);
    const lines = (await readFile(join(folder, 'c.ndjson'), 'utf8')).trim().split('\n');
    expect(lines.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      {
        customerId: 'a',
        policy: 'leads',
        fromPolicy: null,
        toTier: 'warm',
        labels: { warm: { en: 'Warm' } },
        treatment: { call: { within: '1d' } },
      },
      {
        customerId: 'a',
        policy: 'shop',
        policyVersion: 7,
        fromPolicy: 'leads',
        fromTier: null,
        toTier: 'warm',
        labels: { warm: { en: 'New' } },
        treatment: { gift: { kind: 'tea' } },
      },
      { customerId: 'b', policy: 'leads' },
    ]);
    const rows = (await readFile(join(folder, 'p.csv'), 'utf8')).trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').slice(1, 5))).toEqual([
      ['a', 'warm', '', '1'],
      ['b', 'warm', '', '2'],
    ]);
  });

  it('is compared place by place with another set', async () => {
    await writeFile(join(folder, 'shop.yaml'), POPULATIONS.slice(POPULATIONS.indexOf('---') + 3));
    const line = '- --format events --policy ./set.yaml --policy ./shop.yaml --json';
    const { stdout } = await backtest(line, { stdin });
    const { comparison } = JSON.parse(stdout) as {
      comparison: { flows: { moved: number; cells: readonly { customers: number }[] }[] };
    };
    const end = comparison.flows.at(-1);
    expect(end?.moved).toBe(1);
    expect(end?.cells.filter((cell) => cell.customers > 0)).toMatchObject([
      { fromPolicy: 'leads', from: 'warm', toPolicy: null, to: null, customers: 1 },
      { fromPolicy: 'shop', from: 'warm', toPolicy: 'shop', to: 'warm', customers: 1 },
    ]);
  });
});

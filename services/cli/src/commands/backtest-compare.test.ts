import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import type { Language } from '../language.ts';
import { backtestCommand } from './backtest.ts';

const FIXTURES = new URL('../../fixtures/compare/', import.meta.url);
const HOSTILE_ID = '"><script>alert(1)</script>\u202E';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-compare-'));
  await writeFile(join(folder, 'old.yaml'), policy({ enter: 200, leave: 200, visits: '30d' }));
  await writeFile(join(folder, 'new.yaml'), policy({ enter: 150, leave: 50, visits: '60d' }));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const policy = ({ enter, leave, visits }: { enter: number; leave: number; visits: string }) => `
policy: word
version: ${enter}
base_currency: CNY
ladder: [low, high]
labels: {low: {zh: 普通, en: "<img src=x onerror=alert(1)>"}, high: {zh: 重点, en: High}}
dimensions: {spent: {of: revenue, window: 30d}}
score: {spent: 0.01}
tiers: {high: {enter: ${enter}, leave: ${leave}}}
treatment: {high: {visit_every: ${visits}, cost_per_customer_year: 1200}}
`;

type Row = readonly [id: string, customerId: string, day: string, minor: number];

const purchase = ([id, customerId, day, minor]: Row): string =>
  `${JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: id,
    customerId,
    occurredAt: `${day}T00:00:00.000Z`,
    orderId: id,
    amount: { minor, currency: minor === 1 ? 'USD' : 'CNY' },
  })}\n`;

/**
 * `steady` is high under both, `between` under the second alone, the hostile one goes up and down, and `unheard` has
 * amounts that nobody can convert, so that no policy ever hears of it.
 */
const ROWS: readonly Row[] = [
  ['e1', 'steady', '2026-01-02', 30_000],
  ['e2', 'between', '2026-01-02', 16_000],
  ['e3', HOSTILE_ID, '2026-01-02', 25_000],
  ['e4', 'unheard', '2026-01-03', 1],
  ['e5', 'steady', '2026-01-25', 30_000],
  ['e6', 'between', '2026-01-25', 1_000],
  ['e7', HOSTILE_ID, '2026-03-01', 25_000],
];
const HISTORY = ROWS.map(purchase).join('');
const LINE = '- --format events --policy ./old.yaml --policy ./new.yaml --at 2026-01-10';

async function backtest(line: string, options: { stdin?: string; language?: Language } = {}) {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(
    ['backtest', ...line.split(' ')],
    {
      stdout: { write: (text) => void (stdout += text) },
      stderr: { isTty: false, write: (text) => void (stderr += text) },
      stdin: Readable.from([Buffer.from(options.stdin ?? HISTORY)]),
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

describe('two policies over a file', () => {
  it.each(['en', 'zh'] as const)('are told side by side (%s)', async (language) => {
    const { stdout } = await backtest(LINE, { language });
    await expect(stdout).toMatchFileSnapshot(new URL(`small.${language}.txt`, FIXTURES).pathname);
  });

  it('are told to programs with every number', async () => {
    const { stdout } = await backtest(`${LINE} --until 2026-03-10 --json`);
    const { comparison } = JSON.parse(stdout) as { comparison: Record<string, unknown> };
    expect(comparison).toMatchObject({
      flows: [
        { at: '2026-01-10T00:00:00.000Z', customers: 3, moved: 1 },
        {
          at: '2026-03-10T00:00:00.000Z',
          customers: 3,
          moved: 0,
          cells: [
            {
              fromPolicy: 'word',
              from: 'high',
              toPolicy: 'word',
              to: 'high',
              customers: 1,
              firstRevenueMinor: 25_000,
              secondRevenueMinor: 25_000,
            },
            { from: 'high', to: 'low', customers: 0 },
            { from: 'low', to: 'high', customers: 0 },
            { from: 'low', to: 'low', customers: 2, firstRevenueMinor: 0 },
          ],
        },
      ],
      changes: {
        first: {
          changes: 3,
          mostIn365Days: [
            { changes: 0, customers: 1 },
            { changes: 1, customers: 1 },
            { changes: 2, customers: 1 },
          ],
        },
        second: { changes: 4 },
        flapping: [{ customerId: HOSTILE_ID, first: { mostIn365Days: 2, turns: 1 } }],
      },
      nearBorders: {
        share: 0.02,
        first: { customers: 0, borders: [{ tier: 'high', enter: 200, leave: 200, distance: 4 }] },
      },
      treatment: {
        first: { currency: 'CNY', visitsPerMonth: 1.014, costPerYearMinor: 1_200 },
        second: { visitsPerMonth: 0.507 },
      },
    });
  });

  it('that are one and the same move nobody', async () => {
    const line = LINE.replace('./new.yaml', './old.yaml');
    const { stdout } = await backtest(`${line} --json`);
    const { comparison } = JSON.parse(stdout) as { comparison: { flows: { moved: number }[] } };
    expect(comparison.flows.map(({ moved }) => moved)).toEqual([0, 0]);
  });
});

describe('the page', () => {
  const pageOf = async (line: string, language: Language = 'en') => {
    const { exitCode, stdout } = await backtest(`${line} --html page.html`, { language });
    expect(exitCode).toBe(0);
    return { stdout, page: await readFile(join(folder, 'page.html'), 'utf8') };
  };

  it('stands alone: nothing is loaded, nothing runs, and no name gets out of its place', async () => {
    const { page } = await pageOf(LINE);
    expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'`);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(page).not.toMatch(/\b(url\(|@import)/);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\uFFFD');
    expect(page).not.toContain('\u202E');
  });

  it('names and describes each picture, and no id twice', async () => {
    const { page } = await pageOf(LINE);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap(([, of = '']) =>
      of.split(' '),
    );
    expect(ids).toEqual(expect.arrayContaining(named));
    const pictures = page.match(/<svg class="picture/g) ?? [];
    // Two flows, and the scores under each policy.
    expect(pictures).toHaveLength(4);
    expect(page.match(/<desc /g)).toHaveLength(pictures.length);
  });

  it('speaks Chinese, and is the same each time', async () => {
    const { page, stdout } = await pageOf(LINE, 'zh');
    expect(page).toContain('<html lang="zh-CN">');
    expect(page).toContain('<h1>策略对比</h1>');
    expect(page).toContain('普通');
    expect(stdout).toMatch(/已写入 page\.html：\d+ 行\n$/);
    expect((await pageOf(LINE, 'zh')).page).toBe(page);
  });

  it('says so where there was no customer yet, and goes with --json', async () => {
    const { page, stdout } = await pageOf(`${LINE} --at 2025-01-01 --json`);
    expect(page).toContain('There was no customer yet at this instant.');
    expect(JSON.parse(stdout)).toMatchObject({ written: [{ path: 'page.html' }] });
  });
});

describe('what cannot be done is said', () => {
  it.each([
    { line: '- --format events --html p.html', says: 'Give --policy twice' },
    { line: '- --format events --policy shop --html p.html', says: '--html p.html compares two' },
    {
      line: 'h.ndjson --format events --policy shop --policy bank --html ./h.ndjson',
      says: "--html './h.ndjson' is the FILE that is read",
    },
    {
      line: 'h.ndjson --format events --policy shop --policy bank --html p.html --profiles p.csv',
      says: '--profiles goes with one policy',
    },
    {
      line: '- --format events --policy shop --policy bank --policy retail --html p.html',
      says: 'At most two policies',
    },
  ])('$line', async ({ line, says }) => {
    const { exitCode, stdout, stderr } = await backtest(line);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
    expect(await readdir(folder)).toEqual(['new.yaml', 'old.yaml']);
  });

  it('leaves no page behind where nothing was graded', async () => {
    const { exitCode, stderr } = await backtest(`${LINE} --html page.html`, { stdin: '' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('holds no record');
    expect(await readdir(folder)).toEqual(['new.yaml', 'old.yaml']);
  });
});

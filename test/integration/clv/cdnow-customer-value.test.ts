import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStrata } from '../backtest/run-strata.ts';
import { dataPath, isDataMissing } from '../backtest/shared-data.ts';

/**
 * The published fit by the command alone. The rule of transactions is the same (days merge, the first is no repeat), the unit
 * is days instead of weeks, so alpha is seven times as large, and cents instead of dollars, so v is a hundred times.
 */
const SAMPLE = 'cdnow/CDNOW_sample.txt';
const MASTER = 'cdnow/CDNOW_master.txt.gz';
const POLICY = `
policy: value
version: 1
base_currency: USD
ladder: [low, high]
dimensions:
  alive: {of: p_alive, steps: [{at_least: 0.5, points: 2}], otherwise: 1}
  value: {of: clv, horizon: 365d, monthly_discount: 0.01, steps: [{at_least: 2000, points: 3}], minimum_population: 500}
  tenure: {of: tenure, steps: [{at_least: 180d, points: 1}]}
score: {alive: 10, value: 10, tenure: 1}
tiers:
  high: {enter: 50, leave: 45}
`;

interface Model {
  readonly dimension: string;
  readonly population: number;
  readonly model: {
    readonly purchases: Readonly<Record<'r' | 'alpha' | 'a' | 'b', number>>;
    readonly spend: Readonly<Record<'p' | 'q' | 'v', number>> | null;
  } | null;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-value-'));
  await writeFile(join(folder, 'value.yaml'), POLICY);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function modelsOf(file: string, ...more: readonly string[]): Promise<readonly Model[]> {
  const policy = ['--policy', join(folder, 'value.yaml'), '--calibrate-at', '1997-09-30'];
  const argv = ['backtest', file, '--format', 'cdnow', ...policy, ...more, '--json'];
  const { exitCode, stdout, stderr } = await runStrata(argv);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout).runs[0].calibrations[0].models;
}

describe.skipIf(isDataMissing(SAMPLE))('a backtest of the 1/10 sample of CDNOW', () => {
  it('fits the published models at 1997-09-30, and shows their values', async () => {
    const file = join(folder, 'sample.txt');
    const lines = (await readFile(dataPath(SAMPLE), 'utf8')).trim().split(/\r?\n/);
    // Without the second column, the number in the sample, the lines are those of the whole file.
    const rows = lines.map((line) => line.trim().split(/\s+/).toSpliced(1, 1).join(' '));
    await writeFile(file, `${rows.join('\n')}\n`);
    const out = join(folder, 'profiles.csv');
    const at = ['--at', '1997-09-30', '--until', '1997-09-30', '--profiles', out];
    const [alive, value] = await modelsOf(file, ...at);
    expect(alive).toMatchObject({ dimension: 'alive', population: 2_357 });
    expect(value?.model?.purchases).toEqual(alive?.model?.purchases);
    const { r = 0, alpha = 0, a = 0, b = 0 } = alive?.model?.purchases ?? {};
    expect(r).toBeCloseTo(0.242595, 5);
    expect(alpha / 7).toBeCloseTo(4.413602, 4);
    expect(a).toBeCloseTo(0.792922, 5);
    expect(b).toBeCloseTo(2.425907, 4);
    const { p = 0, q = 0, v = 0 } = value?.model?.spend ?? {};
    expect(p).toBeCloseTo(6.2496, 3);
    expect(q).toBeCloseTo(3.7442, 3);
    expect(v / 100).toBeCloseTo(15.4435, 2);

    const csv = await readFile(out, 'utf8');
    const [header = '', ...body] = csv
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const columns = header as readonly string[];
    // Number 1 of the sample is customer 4 of the whole: bought on 1 January, 18 January, 2 August and 12 December 1997.
    const row = body.find((it) => it[columns.indexOf('customer_id')] === '00004');
    expect(row?.[columns.indexOf('p_alive')]).toMatch(/^0\.726[56]\d+$/);
    expect(Number(row?.[columns.indexOf('clv_minor')])).toBeGreaterThan(3_500);
    expect(Number(row?.[columns.indexOf('clv_minor')])).toBeLessThan(3_800);
  });
});

describe.skipIf(isDataMissing(MASTER))('a backtest of the whole of CDNOW', () => {
  it('fits parameters near the published ones of its 1/10 sample', {
    timeout: 600_000,
  }, async () => {
    const [alive] = await modelsOf(dataPath(MASTER));
    expect(alive?.population).toBe(23_570);
    const { r = 0, alpha = 0, a = 0, b = 0 } = alive?.model?.purchases ?? {};
    expect([r, alpha / 7, a, b].map((it) => Number(it.toFixed(3)))).toEqual([
      0.252, 4.789, 0.723, 2.161,
    ]);
  });
});

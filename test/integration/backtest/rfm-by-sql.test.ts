import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CDNOW_ROWS,
  type Comparison,
  differencesBetween,
  ONLINE_RETAIL_ROWS,
  type Windows,
} from './raw-file-queries.ts';
import { runStrata } from './run-strata.ts';
import { dataPath, isDataMissing } from './shared-data.ts';

const CDNOW = 'cdnow/CDNOW_master.txt.gz';
const RETAIL = 'online-retail/online-retail.csv.gz';

const policyOf = ({ ordersDays, revenueDays, timeZone }: Windows, currency: string): string => `
policy: rfm
version: 1
applies_to: existing
base_currency: ${currency}
time_zone: ${timeZone}
ladder: [bronze, silver]
dimensions:
  frequency: {of: orders, window: ${ordersDays}d, steps: [{at_least: 2, points: 1}]}
  monetary: {of: revenue, window: ${revenueDays}d, steps: [{at_least: 10000, points: 1}]}
score: {frequency: 1, monetary: 1}
tiers:
  silver: {enter: 2, leave: 1}
`;

async function compared(comparison: Comparison): Promise<unknown> {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const reader = await connection.runAndReadAll(differencesBetween(comparison));
    return reader.getRowObjectsJson()[0];
  } finally {
    connection.closeSync();
  }
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-rfm-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Run {
  readonly format: string;
  readonly path: string;
  readonly dates: readonly string[];
  /** Null: the preset that a backtest takes by itself. */
  readonly policy: string | null;
}

async function backtest({ format, path, dates, policy }: Run): Promise<unknown> {
  const argv = ['backtest', dataPath(path), '--format', format, '--profiles', profilesOf(format)];
  for (const date of dates) argv.push('--at', date);
  if (policy !== null) {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, policy);
    argv.push('--policy', file);
  }
  const { exitCode, stdout, stderr } = await runStrata([...argv, '--json']);
  expect(stderr).toContain('Folding');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

const profilesOf = (format: string): string => join(folder, `${format}.csv`);

describe.skipIf(isDataMissing(CDNOW))('recency, frequency and revenue of CDNOW', () => {
  const PEOPLE = 23_570;

  it('equal a query over the raw file, over a year', { timeout: 600_000 }, async () => {
    const dates = ['1997-12-31', '1998-06-30'];
    const windows: Windows = { ordersDays: 365, revenueDays: 365, timeZone: 'UTC' };
    expect(await backtest({ format: 'cdnow', path: CDNOW, dates, policy: null })).toMatchObject({
      file: { records: 69_659, events: 69_659, deadLetters: {} },
      runs: [{ baseCurrency: 'USD', customers: PEOPLE, deadLetters: {} }],
    });
    const rows = dates.length * PEOPLE;
    expect(
      await compared({ ...windows, raw: CDNOW_ROWS(CDNOW), dates, profiles: profilesOf('cdnow') }),
    ).toEqual({ expected: rows, actual: rows, missing: 0, surplus: 0 });
  });

  it('equal it over 180 and 90 days', { timeout: 600_000 }, async () => {
    const dates = ['1997-02-01', '1997-07-01', '1997-12-31', '1998-06-30'];
    const windows: Windows = { ordersDays: 180, revenueDays: 90, timeZone: 'UTC' };
    await backtest({ format: 'cdnow', path: CDNOW, dates, policy: policyOf(windows, 'USD') });
    const raw = CDNOW_ROWS(CDNOW);
    expect(await compared({ ...windows, raw, dates, profiles: profilesOf('cdnow') })).toMatchObject(
      { missing: 0, surplus: 0 },
    );
  });
});

describe.skipIf(isDataMissing(RETAIL))('recency, frequency and revenue of Online Retail', () => {
  it('equal a query over the raw file, refunds and days of London and all', {
    timeout: 600_000,
  }, async () => {
    const dates = ['2011-01-01', '2011-03-31T12:30:00Z', '2011-07-01', '2011-10-31', '2011-12-10'];
    const windows: Windows = { ordersDays: 120, revenueDays: 30, timeZone: 'Europe/London' };
    const policy = policyOf(windows, 'GBP');
    await backtest({ format: 'online-retail', path: RETAIL, dates, policy });
    const profiles = profilesOf('online-retail');
    expect(
      await compared({ ...windows, raw: ONLINE_RETAIL_ROWS(RETAIL), dates, profiles }),
    ).toMatchObject({ actual: expect.any(Number), missing: 0, surplus: 0 });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStrata } from './run-strata.ts';
import { dataPath, isDataMissing } from './shared-data.ts';

const CDNOW = 'cdnow/CDNOW_master.txt.gz';
const DATES = ['1997-12-31', '1998-06-30'];
/** What ./strata says and what SQL over the raw file says: rows that differ. Windows are (at - 365 days, at]. */
const DIFFERENCES = (profiles: string): string => `
  WITH raw AS (
    SELECT regexp_split_to_array(trim(line), '\\s+') AS field FROM read_csv('${dataPath(CDNOW)}',
      columns = {'line': 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', header = false, skip = 1)
  ), orders AS (
    SELECT field[1] AS customer_id, strptime(field[2], '%Y%m%d')::DATE AS day,
      CAST(CAST(field[4] AS DECIMAL(18, 2)) * 100 AS BIGINT) AS minor
    FROM raw
  ), dates AS (SELECT unnest(['${DATES.join("'::DATE, '")}'::DATE]) AS at_day
  ), expected AS (
    SELECT at_day, customer_id,
      count(*) FILTER (WHERE day > at_day - 365) AS orders,
      count(DISTINCT day) FILTER (WHERE day > at_day - 365) AS purchase_days,
      coalesce(sum(minor) FILTER (WHERE day > at_day - 365), 0)::BIGINT AS revenue_minor,
      at_day - max(day) AS recency_days
    FROM orders, dates WHERE day <= at_day GROUP BY at_day, customer_id
  ), actual AS (
    SELECT "at"::TIMESTAMPTZ::TIMESTAMP::DATE AS at_day, customer_id, orders::BIGINT AS orders,
      purchase_days::BIGINT AS purchase_days, revenue_minor::BIGINT AS revenue_minor,
      recency_days::BIGINT AS recency_days
    FROM read_csv('${profiles}', header = true, all_varchar = true)
  )
  SELECT (SELECT count(*) FROM expected) AS expected_rows, (SELECT count(*) FROM actual) AS rows,
    (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM actual)) AS missing,
    (SELECT count(*) FROM (FROM actual EXCEPT ALL FROM expected)) AS surplus`;

describe.skipIf(isDataMissing(CDNOW))('a backtest of CDNOW', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-cdnow-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('equals a query over the raw file, for all 23,570 people', { timeout: 600_000 }, async () => {
    const profiles = join(folder, 'profiles.csv');
    const at = DATES.flatMap((date) => ['--at', date]);
    const argv = ['backtest', dataPath(CDNOW), '--format', 'cdnow', ...at, '--profiles', profiles];
    const { exitCode, stdout, stderr } = await runStrata([...argv, '--json']);
    expect(stderr).toContain('Folding');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      file: { records: 69_659, events: 69_659, deadLetters: {} },
      runs: [{ baseCurrency: 'USD', customers: 23_570, deadLetters: {} }],
    });
    const connection = await (await DuckDBInstance.create()).connect();
    try {
      await connection.run("SET TimeZone = 'UTC'");
      const reader = await connection.runAndReadAll(DIFFERENCES(profiles));
      const [row] = reader.getRowObjectsJson();
      expect(row).toEqual({
        expected_rows: String(2 * 23_570),
        rows: String(2 * 23_570),
        missing: '0',
        surplus: '0',
      });
    } finally {
      connection.closeSync();
    }
  });
});

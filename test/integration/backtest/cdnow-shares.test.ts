import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStrata } from './run-strata.ts';
import { dataPath, isDataMissing } from './shared-data.ts';

const CDNOW = 'cdnow/CDNOW_master.txt.gz';
const AT = '1998-03-31';

/** Scored by revenue itself: the top makes 80 % of it, and half of all people are at least regular. */
const POLICY = `
policy: eighty-twenty
version: 1
base_currency: USD
ladder: [rest, regular, top]
dimensions:
  monetary: {of: revenue, window: 365d}
score: {monetary: 1}
tiers:
  regular: {population_share: 0.5, minimum_population: 500}
  top: {revenue_share: 0.8, minimum_population: 500}
`;

/** Everybody's tier by SQL over the raw file beside the tier that ./strata says: rows that differ. */
const DIFFERENCES = (profiles: string): string => `
  WITH raw AS (
    SELECT regexp_split_to_array(trim(line), '\\s+') AS field FROM read_csv('${dataPath(CDNOW)}',
      columns = {'line': 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', header = false, skip = 1)
  ), orders AS (
    SELECT field[1] AS customer_id, strptime(field[2], '%Y%m%d')::DATE AS day,
      CAST(CAST(field[4] AS DECIMAL(18, 2)) * 100 AS BIGINT) AS minor
    FROM raw
  ), money AS (
    SELECT customer_id, coalesce(sum(minor) FILTER (WHERE day > DATE '${AT}' - 365), 0)::BIGINT AS minor
    FROM orders WHERE day <= DATE '${AT}' GROUP BY customer_id
  ), ranked AS (
    SELECT *, row_number() OVER best AS place, sum(minor) OVER best AS so_far,
      sum(minor) OVER () AS total, count(*) OVER () AS people
    FROM money WINDOW best AS (ORDER BY minor DESC, customer_id ROWS UNBOUNDED PRECEDING)
  ), borders AS (
    SELECT max(minor) FILTER (WHERE so_far * 1000 >= total * 800) AS top_from,
      max(minor) FILTER (WHERE place * 1000 >= people * 500) AS regular_from
    FROM ranked
  ), expected AS (
    SELECT customer_id, CASE WHEN minor >= top_from THEN 'top'
      WHEN minor >= regular_from THEN 'regular' ELSE 'rest' END AS tier
    FROM money, borders
  ), actual AS (
    SELECT customer_id, tier FROM read_csv('${profiles}', header = true, all_varchar = true)
  )
  SELECT (SELECT count(*) FROM expected) AS people,
    (SELECT count(*) FROM expected WHERE tier = 'top') AS top_people,
    (SELECT top_from FROM borders) AS top_from,
    (SELECT sum(minor) FROM money)::BIGINT AS revenue,
    (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM actual)) AS missing,
    (SELECT count(*) FROM (FROM actual EXCEPT ALL FROM expected)) AS surplus`;

describe.skipIf(isDataMissing(CDNOW))('tiers by share of CDNOW', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-shares-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('equal a query over the raw file, customer by customer', { timeout: 600_000 }, async () => {
    const profiles = join(folder, 'profiles.csv');
    const policy = join(folder, 'policy.yaml');
    await writeFile(policy, POLICY);
    const argv = ['backtest', dataPath(CDNOW), '--format', 'cdnow', '--policy', policy];
    const at = ['--at', AT, '--profiles', profiles, '--json'];
    const { exitCode, stdout, stderr } = await runStrata([...argv, ...at]);
    expect(stderr).toContain('Folding');
    expect(exitCode).toBe(0);
    const connection = await (await DuckDBInstance.create()).connect();
    try {
      const reader = await connection.runAndReadAll(DIFFERENCES(profiles));
      const [row] = reader.getRowObjectsJson();
      expect(row).toMatchObject({ people: '23570', missing: '0', surplus: '0' });
      const { runs } = JSON.parse(stdout) as {
        runs: readonly { calibrations: readonly { tiers: readonly unknown[] }[] }[];
      };
      expect(runs[0]?.calibrations[0]?.tiers[1]).toMatchObject({
        tier: 'top',
        revenueShare: 0.8,
        population: 23_570,
        revenueMinor: Number(row?.['revenue']),
        border: { score: Number(row?.['top_from']), customers: Number(row?.['top_people']) },
      });
    } finally {
      connection.closeSync();
    }
  });
});

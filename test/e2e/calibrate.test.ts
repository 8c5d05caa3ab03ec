import { readFile, writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPath, isDataMissing } from '../integration/backtest/shared-data.ts';
import { RealStack } from './real-stack.ts';

const RETAIL = 'online-retail/online-retail.csv.gz';
const PRESET = new URL('../../policies/rfm-ten.yaml', import.meta.url);
const AS_OF = '2011-12-11';
/** Partitions of the two stacks. */
const [FEW, MANY] = [2, 5];

/** The table that courses print for UCI Online Retail, of 4,338 customers: ../shared/numbers.md, section 2.4. */
const PUBLISHED = {
  about_to_sleep: 352,
  at_Risk: 593,
  cant_loose: 63,
  champions: 633,
  hibernating: 1_071,
  loyal_customers: 819,
  need_attention: 187,
  new_customers: 42,
  potential_loyalists: 484,
  promising: 94,
};

/** Grades by fixed steps, so that there are customers before the first calibration. */
const FIRST = `
policy: first
version: 1
base_currency: GBP
ladder: [low, high]
dimensions:
  frequency: {of: orders, window: 730d, steps: [{at_least: 5, points: 1}]}
score: {frequency: 1}
tiers:
  high: {enter: 1, leave: 1}
`;

const EIGHTY = `
policy: eighty-twenty
version: 1
base_currency: GBP
ladder: [rest, top]
dimensions:
  monetary: {of: revenue, window: 365d}
score: {monetary: 1}
tiers:
  top: {revenue_share: 0.8, minimum_population: 500}
calibration: {every: 7d, drift_limit: 0.1}
`;

/** The invoices that the published rule keeps: no \`C\`, a customer, and of customers with money above zero. */
const INVOICES = `
  WITH lines AS (
    SELECT regexp_replace(CustomerID, '\\.0$', '') AS customer_id, InvoiceNo AS invoice,
      InvoiceDate::TIMESTAMP AS bought_at,
      round(Quantity::BIGINT * UnitPrice::DECIMAL(18, 3) * 100)::BIGINT AS minor
    FROM read_csv('${dataPath(RETAIL)}', header = true, all_varchar = true)
    WHERE CustomerID <> '' AND regexp_matches(InvoiceNo, '^[0-9]')
  ), kept AS (SELECT customer_id FROM lines GROUP BY customer_id HAVING sum(minor) > 0)
  SELECT customer_id, invoice, min(bought_at) AS bought_at, sum(minor)::BIGINT AS minor
  FROM lines SEMI JOIN kept USING (customer_id) GROUP BY customer_id, invoice`;

/** Everybody's tier by SQL beside the tier that the stack says: rows that differ. */
const DIFFERENCES = (profiles: string): string => `
  WITH invoices AS (${INVOICES}
  ), money AS (
    SELECT customer_id,
      coalesce(sum(minor) FILTER (WHERE bought_at > TIMESTAMP '${AS_OF}' - INTERVAL 365 DAY), 0)::BIGINT AS minor
    FROM invoices GROUP BY customer_id
  ), ranked AS (
    SELECT *, sum(minor) OVER best AS so_far, sum(minor) OVER () AS total
    FROM money WINDOW best AS (ORDER BY minor DESC, customer_id ROWS UNBOUNDED PRECEDING)
  ), border AS (SELECT max(minor) FILTER (WHERE so_far * 10 >= total * 8) AS top_from FROM ranked
  ), expected AS (
    SELECT customer_id, CASE WHEN minor >= top_from THEN 'top' ELSE 'rest' END AS tier
    FROM money, border
  ), actual AS (SELECT customer_id, tier FROM read_csv('${profiles}', header = true, all_varchar = true))
  SELECT (SELECT count(*) FROM expected)::INTEGER AS people,
    (SELECT count(*) FROM expected WHERE tier = 'top')::INTEGER AS top_people,
    (SELECT top_from FROM border)::INTEGER AS top_from,
    (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM actual))::INTEGER AS missing,
    (SELECT count(*) FROM (FROM actual EXCEPT ALL FROM expected))::INTEGER AS surplus`;

async function rowsOf(sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
  }
}

async function eventsByTheRule(): Promise<string> {
  const rows = await rowsOf(`${INVOICES} ORDER BY bought_at, customer_id, invoice`);
  const events = rows.map(({ customer_id: customerId, invoice, bought_at: at, minor }) => ({
    type: 'purchase',
    source: 'retail',
    eventId: invoice,
    customerId,
    occurredAt: `${String(at).replace(' ', 'T')}Z`,
    orderId: invoice,
    amount: { minor: Number(minor), currency: 'GBP' },
  }));
  return `${events.map((it) => JSON.stringify(it)).join('\n')}\n`;
}

interface Calibrated {
  readonly outcome: string;
  readonly calibration: { readonly id: string };
  readonly inputs: readonly { readonly offset: number; readonly customers: number }[];
  readonly isFirst: boolean;
  readonly bordersMoved: number;
  readonly customersMoved: { readonly graded: number; readonly moved: number } | null;
}

async function fill(stack: RealStack, partitions: number, events: string): Promise<void> {
  const preset = (await readFile(PRESET, 'utf8'))
    .replace('base_currency: CNY', 'base_currency: GBP')
    .replace('ties: together', 'ties: rank');
  expect(preset.match(/GBP|ties: rank/g)).toHaveLength(2);
  await writeFile(stack.path('rfm.yaml'), preset);
  await writeFile(stack.path('first.yaml'), FIRST);
  await writeFile(stack.path('eighty.yaml'), EIGHTY);
  await writeFile(stack.path('events.ndjson'), events);
  await stack.must(
    'up',
    '--time',
    'data',
    '--partitions',
    String(partitions),
    '--policy',
    'first.yaml',
  );
  await stack.must('import', 'events.ndjson', '--format', 'events', '--until', AS_OF);
}

/** A calibration of a set before it is published, so that it grades from its first instant on. */
async function bringIn(stack: RealStack, file: string): Promise<Calibrated> {
  const { stdout } = await stack.must('calibrate', '--set', file, '--yes', '--json');
  await stack.must('policy', 'publish', file, '--yes');
  return JSON.parse(stdout) as Calibrated;
}

describe.skipIf(isDataMissing(RETAIL))('Online Retail calibrated on a live stack', () => {
  const stacks = new Map<number, RealStack>();
  beforeAll(async () => {
    const events = await eventsByTheRule();
    for (const partitions of [FEW, MANY]) {
      const stack = await RealStack.open();
      stacks.set(partitions, stack);
      await fill(stack, partitions, events);
    }
  }, 600_000);
  afterAll(async () => {
    for (const stack of stacks.values()) await stack.close();
  });

  const stackOf = (partitions: number): RealStack => {
    const stack = stacks.get(partitions);
    if (stack === undefined) throw new Error(`no stack of ${partitions} partitions is up`);
    return stack;
  };

  it('gives the ten published counts, by the same bytes with few and with many partitions', {
    timeout: 600_000,
  }, async () => {
    const ids: string[] = [];
    for (const partitions of [FEW, MANY]) {
      const stack = stackOf(partitions);
      const made = await bringIn(stack, 'rfm.yaml');
      expect(made).toMatchObject({ outcome: 'published', isFirst: true, customersMoved: null });
      expect(made.inputs).toHaveLength(partitions);
      expect(made.inputs.reduce((sum, { customers }) => sum + customers, 0)).toBe(4_338);
      ids.push(made.calibration.id);
      const [header = '', ...rows] = (await stack.must('profiles')).stdout.trimEnd().split('\n');
      const column = header.split(',').indexOf('segment');
      const counts: Record<string, number> = {};
      for (const row of rows) {
        const segment = row.split(',')[column] ?? '';
        counts[segment] = (counts[segment] ?? 0) + 1;
      }
      expect(counts).toEqual(PUBLISHED);
    }
    expect(new Set(ids).size).toBe(1);
  });

  it('picks for a revenue share of 0.8 exactly the customers that SQL picks', {
    timeout: 600_000,
  }, async () => {
    const stack = stackOf(MANY);
    const made = await bringIn(stack, 'eighty.yaml');
    await writeFile(stack.path('profiles.csv'), (await stack.must('profiles')).stdout);
    const [row] = await rowsOf(DIFFERENCES(stack.path('profiles.csv')));
    expect(row).toMatchObject({ people: 4_338, missing: 0, surplus: 0 });
    expect(made.calibration).toMatchObject({
      tiers: [
        { tier: 'top', border: { score: row?.['top_from'], customers: row?.['top_people'] } },
      ],
    });
    // Nothing has come since: it is the same one, and nobody is told anything.
    const again = JSON.parse(
      (await stack.must('calibrate', '--yes', '--json')).stdout,
    ) as Calibrated;
    expect(again).toMatchObject({
      outcome: 'unchanged',
      bordersMoved: 0,
      customersMoved: { moved: 0 },
    });
  });

  it('holds back borders that moved too far, counts customers apart, and is due by the policy', {
    timeout: 600_000,
  }, async () => {
    const stack = stackOf(MANY);
    const early = await stack.must('calibrate', '--if-due', '--yes');
    expect(early.stdout).toContain('Not due');
    // Three months in which nobody buys: all values fall.
    await writeFile(stack.path('last.ndjson'), '');
    const one = {
      type: 'purchase',
      source: 'retail',
      eventId: 'last',
      customerId: 'somebody new',
      occurredAt: '2012-03-11T00:00:00Z',
      orderId: 'last',
      amount: { minor: 100, currency: 'GBP' },
    };
    await writeFile(stack.path('last.ndjson'), `${JSON.stringify(one)}\n`);
    await stack.must('import', 'last.ndjson', '--format', 'events', '--until', '2012-03-12');
    const before = (await stack.must('profiles')).stdout;
    const held = await stack.run('calibrate', '--if-due', '--yes', '--json');
    expect(held.exitCode).toBe(3);
    expect(held.stderr).toContain('Held back: top, score to enter');
    const seen = JSON.parse(held.stdout) as Calibrated;
    expect(seen).toMatchObject({ outcome: 'held', bordersMoved: 1 });
    expect(seen.customersMoved?.moved).toBeGreaterThan(0);
    expect((await stack.must('profiles')).stdout).toBe(before);
    const { stdout } = await stack.must('calibrate', '--accept-drift', '--yes', '--json');
    const done = JSON.parse(stdout) as Calibrated;
    expect(done).toMatchObject({ outcome: 'published', customersMoved: seen.customersMoved });
    const after = (await stack.must('profiles')).stdout.split('\n');
    const tiers = (csv: readonly string[]) => csv.map((row) => row.split(',').slice(0, 4).join());
    const changed = tiers(after).filter((row) => !tiers(before.split('\n')).includes(row));
    expect(changed).toHaveLength(seen.customersMoved?.moved ?? -1);
  });

  it('refuses a population that is too small, names the place, and changes nothing', {
    timeout: 600_000,
  }, async () => {
    const stack = stackOf(FEW);
    const few = EIGHTY.replace('minimum_population: 500', 'minimum_population: 5000');
    await writeFile(stack.path('few.yaml'), few);
    const refused = await stack.run('calibrate', '--set', 'few.yaml', '--yes', '--json');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(
      'tiers.top: 4,338 customers have a value and minimum_population asks for 5,000',
    );
    expect(refused.stderr).toContain('--accept-missing');
    expect(JSON.parse(refused.stdout)).toMatchObject({ outcome: 'refused' });
    const again = await stack.run('calibrate', '--set', 'few.yaml', '--dry-run', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ isFirst: true });
  });
});

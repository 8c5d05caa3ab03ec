import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStrata } from './run-strata.ts';
import { dataPath, isDataMissing } from './shared-data.ts';

const RETAIL = 'online-retail/online-retail.csv.gz';
const PRESET = new URL('../../../policies/rfm-ten.yaml', import.meta.url);
const AS_OF = '2011-12-11';

/** The table that courses print for UCI Online Retail, of 4,338 customers. */
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

/** Customer by customer, the lines that the published rule keeps: no `C` invoice, a customer, money above zero. */
async function eventsByTheRule(): Promise<string> {
  const byCustomer = new Map<string, { minor: number; lines: string[] }>();
  const input = createReadStream(dataPath(RETAIL)).pipe(createGunzip());
  let number = 0;
  for await (const line of createInterface({ input })) {
    number++;
    const [invoice = '', ...fields] = fieldsOf(line);
    const [customer = '', price = '', at = '', quantity = ''] = [5, 4, 3, 2].map(
      (it) => fields[it],
    );
    if (!/^\d/.test(invoice) || customer === '') continue;
    const customerId = customer.replace(/\.0$/, '');
    const minor = Math.round(Number(quantity) * Number(price) * 100);
    const event = {
      type: 'purchase',
      source: 'retail',
      eventId: String(number),
      customerId,
      occurredAt: `${at.replace(' ', 'T')}Z`,
      orderId: invoice,
      amount: { minor, currency: 'GBP' },
    };
    const known = byCustomer.get(customerId) ?? { minor: 0, lines: [] };
    known.minor += minor;
    known.lines.push(JSON.stringify(event));
    byCustomer.set(customerId, known);
  }
  const kept = [...byCustomer.values()].filter(({ minor }) => minor > 0);
  return `${kept.flatMap(({ lines }) => lines).join('\n')}\n`;
}

/** The fields of a line of CSV; quotes stand around descriptions only. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field = '']) => field);
}

describe.skipIf(isDataMissing(RETAIL))('the segments of Online Retail', () => {
  let folder = '';
  let policy = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-segments-'));
    policy = join(folder, 'rfm.yaml');
    const preset = await readFile(PRESET, 'utf8');
    const published = preset
      .replace('base_currency: CNY', 'base_currency: GBP')
      .replace('ties: together', 'ties: rank');
    expect(published.match(/GBP|ties: rank/g)).toHaveLength(2);
    await writeFile(policy, published);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function segmentsOf(path: string, format: string): Promise<Record<string, number>> {
    const profiles = join(folder, `${format}.csv`);
    const argv = ['backtest', path, '--format', format, '--policy', policy, '--at', AS_OF];
    const result = await runStrata([...argv, '--profiles', profiles]);
    expect(result.stderr).toContain('Folding');
    expect(result.exitCode).toBe(0);
    const [header = '', ...rows] = (await readFile(profiles, 'utf8')).trimEnd().split('\n');
    const column = header.split(',').indexOf('segment');
    const counts: Record<string, number> = {};
    for (const row of rows) {
      const segment = row.split(',')[column] ?? '';
      counts[segment] = (counts[segment] ?? 0) + 1;
    }
    return counts;
  }

  it('are the ten published counts', { timeout: 600_000 }, async () => {
    const path = join(folder, 'events.ndjson');
    await writeFile(path, await eventsByTheRule());
    expect(await segmentsOf(path, 'events')).toEqual(PUBLISHED);
  });

  /** The published variant without "M > 0" counts one more; customers of cancellations alone have no segment. */
  it('are one customer more from the raw file, refunds and all', { timeout: 600_000 }, async () => {
    const counts = await segmentsOf(dataPath(RETAIL), 'online-retail');
    expect(counts).toEqual({ ...PUBLISHED, promising: 95, '': 4_372 - 4_339 });
  });
});

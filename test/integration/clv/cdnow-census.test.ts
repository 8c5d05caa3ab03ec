import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type CustomerState, canonicalJson, census, type Dimension } from '@strata/domain';
import { aDimension, aPolicy, aPolicySet, aPurchase, TestPartition } from '@strata/domain/builders';
import { describe, expect, it } from 'vitest';
import { dataPath, isDataMissing } from '../backtest/shared-data.ts';

const MASTER = 'cdnow/CDNOW_master.txt.gz';
const AT = Date.parse('1998-07-01T00:00:00Z');
const YEAR_MS = 365 * 86_400_000;

const value = { weightMilli: 1_000, capMilli: null, otherwiseMilli: 0, minimumPopulation: 500 };
const steps = [{ atLeastMilli: 500, pointsMilli: 1_000 }];
const dimensions: readonly Dimension[] = [
  { ...value, name: 'alive', of: 'p_alive', steps },
  { ...value, name: 'value', of: 'clv', horizonMs: YEAR_MS, monthlyDiscountMilli: 10, steps },
  aDimension('revenue', {
    steps: [],
    windowMs: YEAR_MS,
    quantiles: { buckets: 5, ties: 'together', minimumPopulation: 500 },
  }),
];
const set = aPolicySet(aPolicy({ baseCurrency: 'USD', dimensions }));

/** Everybody as so many partitions have folded the file, one after the other or the last one first. */
function customersOf(partitions: number): (readonly [string, CustomerState])[] {
  const all = Array.from({ length: partitions }, () => new TestPartition(set));
  const text = gunzipSync(readFileSync(dataPath(MASTER))).toString('latin1');
  const rows = text.split(/\r?\n/).map((line) => line.trim().split(/\s+/));
  const orders = rows.flatMap(([customerId = '', date = '', , dollars = '']) =>
    /^\d+$/.test(customerId)
      ? [
          {
            customerId,
            at: Date.parse(`${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T00:00:00Z`),
            amount: { minor: Math.round(Number(dollars) * 100), currency: 'USD' },
          },
        ]
      : [],
  );
  for (const { customerId, at, amount } of orders.toSorted((a, b) => a.at - b.at)) {
    all[Number(customerId) % partitions]?.events(aPurchase(at, { customerId, amount }));
  }
  return all.flatMap((partition) => {
    partition.passTo(AT);
    return [...partition.customers];
  });
}

describe.skipIf(isDataMissing(MASTER))('a census of CDNOW', () => {
  it('fits the same models to the last bit, whatever the partitions and the order', {
    timeout: 600_000,
  }, () => {
    const three = customersOf(3);
    const made = census({ set, at: AT, customers: three });
    expect(made.models).toMatchObject([
      { population: 23_570, why: null },
      { population: 23_570, why: null, model: { spend: expect.anything() } },
    ]);
    const bytes = canonicalJson(made);
    for (const customers of [three.toReversed(), customersOf(8)]) {
      expect(canonicalJson(census({ set, at: AT, customers }))).toBe(bytes);
    }
  });
});

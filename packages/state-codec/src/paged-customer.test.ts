import { readFileSync } from 'node:fs';

import {
  type CustomerState,
  DAY_MS,
  EMPTY_LEDGER,
  hash64,
  NEW_CUSTOMER,
  type OrderPart,
  type RefundEntry,
} from '@strata/domain';
import { expect, test } from 'vitest';

import { openCustomer, packCustomer } from './paged-customer.ts';

const START = Date.UTC(2026, 0, 5, 9, 30, 12, 345);

const parts = Array.from(
  { length: 180 },
  (_, i): OrderPart => ({
    eventKey: hash64('shop', `e${i}`),
    orderKey: hash64('shop', `o${Math.floor(i / 2)}`),
    at: START + i * DAY_MS,
    offset: 1_000 + i * 3,
    amountMinor: 12_900 + i * 11,
    ...(i % 40 === 0 ? { category: hash64('tea') } : {}),
  }),
);
const refunds = Array.from(
  { length: 70 },
  (_, i): RefundEntry => ({
    eventKey: hash64('shop', `r${i}`),
    orderKey: i % 9 === 0 ? null : hash64('shop', `o${i}`),
    at: START + i * 2 * DAY_MS,
    offset: 1_001 + i * 6,
    amountMinor: 100,
  }),
);
const manyOrders: CustomerState = {
  ...NEW_CUSTOMER,
  existingSince: START,
  joinedAt: START + 76 * DAY_MS,
  clock: START + 200 * DAY_MS,
  seq: 3,
  isExisting: true,
  setId: '5f1d7a84db00d2fce00b31a7fc73224f',
  standing: {
    tier: 'gold',
    since: START + 76 * DAY_MS,
    graceSince: null,
    isBlocked: false,
    isWarned: false,
    promotions: [],
  },
  ledger: { ...EMPTY_LEDGER, parts, refunds },
};

/** The value, and after each empty line a page. */
const golden = readFileSync(
  new URL('../fixtures/customer-v2-many-orders.hex', import.meta.url),
  'utf8',
)
  .split('\n\n')
  .map((hex) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

test('value and pages are read and written as they were on their first day', () => {
  const [value = Buffer.of(), ...pages] = golden;
  expect(pages.length).toBeGreaterThan(4);
  expect(openCustomer(value).complete(pages)).toStrictEqual(manyOrders);

  const packed = packCustomer(structuredClone(manyOrders));
  const written = [packed.value, ...packed.pages.map(({ bytes }) => bytes)];
  expect(written.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(
    golden.map((bytes) => bytes.toString('hex')),
  );
});

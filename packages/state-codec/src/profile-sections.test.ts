import { readFileSync } from 'node:fs';

import {
  type AttributeValue,
  type CustomerState,
  DAY_MS,
  EMPTY_LEDGER,
  hash64,
  NEW_CUSTOMER,
} from '@strata/domain';
import { expect, test } from 'vitest';

import { decodeCustomer, encodeCustomer } from './customer-codec.ts';

const START = Date.UTC(2026, 0, 5, 9, 30, 12, 345);

const profiled: CustomerState = {
  ...NEW_CUSTOMER,
  clock: START,
  ledger: {
    ...EMPTY_LEDGER,
    attributes: [
      ['region', 'east'],
      ['roles', ['buyer', 'supplier']],
      ['shareOfWallet', 0.3],
    ].map(([name, value]) => ({
      eventKey: hash64('crm', 'p1'),
      at: START - DAY_MS,
      offset: 40,
      source: 'crm',
      eventId: 'p1',
      name: name as string,
      value: value as AttributeValue,
    })),
    opportunities: ['lead', 'quoted'].map((stage, i) => ({
      eventKey: hash64('crm', `o${i}`),
      at: START + i,
      offset: 41 + i,
      source: 'crm',
      eventId: `o${i}`,
      stage,
    })),
  },
};

const golden = readFileSync(
  new URL('../fixtures/customer-v2-profiled.hex', import.meta.url),
  'utf8',
).replaceAll(/\s/g, '');

test('profile and opportunities are written and read as they were on their first day', () => {
  expect(Buffer.from(encodeCustomer(profiled)).toString('hex')).toBe(golden);
  expect(decodeCustomer(Buffer.from(golden, 'hex'))).toStrictEqual(profiled);
});

test('an unknown kind of attribute value is damage, not text', () => {
  const bytes = encodeCustomer({
    ...profiled,
    ledger: { ...EMPTY_LEDGER, attributes: profiled.ledger.attributes.slice(0, 1) },
  });
  // The kind stands before the text of the value: one byte of length, then `east`.
  const at = Buffer.from(bytes).indexOf('east') - 2;
  expect(() => decodeCustomer(bytes.with(at, 9))).toThrow(/unknown kind of value/);
});

import { NEW_CUSTOMER } from '@strata/domain';
import { expect, test } from 'vitest';
import { DecodedCustomers } from './decoded-customers.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test('a customer is found by the very bytes that it was decoded from, and by no others', () => {
  const kept = new DecodedCustomers();
  const state = { ...NEW_CUSTOMER, seq: 7 };
  kept.keep('c', bytes(1, 2), state);
  expect(kept.find('c', bytes(1, 2))).toBe(state);
  expect(kept.find('c', bytes(1, 3))).toBeNull();
  expect(kept.find('d', bytes(1, 2))).toBeNull();
  const newer = { ...NEW_CUSTOMER, seq: 8 };
  kept.keep('c', bytes(1, 3), newer);
  expect([kept.find('c', bytes(1, 3)), kept.size]).toEqual([newer, 1]);
});

test('who was asked for longest ago goes first', () => {
  const kept = new DecodedCustomers(3);
  for (const id of ['a', 'b', 'c']) kept.keep(id, bytes(1), NEW_CUSTOMER);
  kept.find('a', bytes(1));
  kept.keep('d', bytes(1), NEW_CUSTOMER);
  expect(['a', 'b', 'c', 'd'].filter((id) => kept.find(id, bytes(1)) !== null)).toEqual([
    'a',
    'c',
    'd',
  ]);
  kept.keep('large', bytes(1, 2, 3, 4), NEW_CUSTOMER);
  expect(kept.size).toBe(0);
});

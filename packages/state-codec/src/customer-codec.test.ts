import { readFileSync } from 'node:fs';

import {
  type CustomerState,
  DAY_MS,
  EMPTY_LEDGER,
  hash64,
  NEW_CUSTOMER,
  type OrderPart,
} from '@strata/domain';
import { describe, expect, test } from 'vitest';

import { decodeCustomer, encodeCustomer } from './customer-codec.ts';

const START = Date.UTC(2026, 0, 5, 9, 30, 12, 345);

function partsOf(count: number): OrderPart[] {
  return Array.from({ length: count }, (_, i) => ({
    eventKey: hash64('shop', `e${i}`),
    orderKey: hash64('shop', `o${i}`),
    at: START + i * 19 * DAY_MS + i * 7_654_321,
    offset: 120_000 + i * 15_400,
    amountMinor: 12_900 + i * 1_111,
  }));
}

const promotedInMarch = {
  id: '12.182000.0',
  at: START + 76 * DAY_MS,
  fromTier: 'silver',
  toTier: 'gold',
  setId: '5f1d7a84db00d2fce00b31a7fc73224f',
};

const eightOrders: CustomerState = {
  clock: START + 140 * DAY_MS,
  seq: 3,
  isExisting: true,
  existingSince: START,
  referredBy: [],
  named: [],
  setId: '5f1d7a84db00d2fce00b31a7fc73224f',
  standing: {
    tier: 'gold',
    since: START + 76 * DAY_MS,
    graceSince: null,
    isBlocked: false,
    isWarned: false,
    promotions: [promotedInMarch],
  },
  joinedAt: START + 76 * DAY_MS,
  override: null,
  ledger: { ...EMPTY_LEDGER, parts: partsOf(8) },
};

const eightSelfNamed: CustomerState = {
  ...eightOrders,
  ledger: {
    ...EMPTY_LEDGER,
    parts: partsOf(8).map((part) => ({ ...part, orderKey: part.eventKey })),
  },
};

const everyField: CustomerState = {
  clock: START + 500 * DAY_MS,
  seq: 130,
  isExisting: true,
  existingSince: START,
  referredBy: [],
  named: [],
  setId: 'set-二',
  standing: {
    tier: '金',
    since: START + 480 * DAY_MS,
    graceSince: START + 490 * DAY_MS,
    isBlocked: true,
    isWarned: true,
    promotions: [
      promotedInMarch,
      { ...promotedInMarch, id: '12.182000.1', fromTier: 'gold', toTier: '金' },
    ],
  },
  joinedAt: START + 480 * DAY_MS,
  override: null,
  ledger: {
    parts: partsOf(2),
    refunds: [
      { eventKey: hash64('shop', 'r1'), at: START, offset: 7, orderKey: null, amountMinor: 50 },
      {
        eventKey: hash64('shop', 'r2'),
        at: START - 5,
        offset: 2,
        orderKey: hash64('shop', 'o0'),
        amountMinor: 2 ** 53 - 1,
      },
    ],
    verdicts: [
      {
        eventKey: hash64('shop', 'v1'),
        at: START,
        offset: 9,
        orderKey: hash64('shop', 'o1'),
        isCancelled: true,
        source: 'shop',
        eventId: '🧋',
      },
    ],
    tickets: [
      {
        eventKey: hash64('desk', 'c1'),
        at: START,
        offset: 10,
        ticketKey: hash64('desk', 't1'),
        severity: 'critical',
      },
      {
        eventKey: hash64('desk', 'c2'),
        at: START + 1,
        offset: 11,
        ticketKey: hash64('desk', 't1'),
        severity: null,
      },
    ],
    engagements: [
      { eventKey: hash64('app', 'a1'), at: START, offset: 12, weightMilli: 1_500 },
      { eventKey: hash64('app', 'a2'), at: START, offset: 13, weightMilli: -1 },
    ],
    feedbacks: [],
    attributes: [],
    opportunities: [],
    referrals: [],
    traces: [{ eventKey: hash64('survey', 'f1'), at: START, offset: 14 }],
    olderOrders: {
      firstAt: START - 900 * DAY_MS,
      lastAt: START - 900 * DAY_MS,
      days: 1,
      spendMinor: 0,
      firstDaySpendMinor: 0,
      sharedDays: [],
    },
  },
};

const labelsAndOpinions: CustomerState = {
  ...everyField,
  ledger: {
    ...everyField.ledger,
    parts: partsOf(4).map((part, i) => ({
      ...part,
      ...(i === 1 ? {} : { channel: hash64('online') }),
      ...(i === 3 ? {} : { category: hash64(i === 0 ? 'tea' : 'cups') }),
    })),
    tickets: everyField.ledger.tickets.map((ticket) =>
      ticket.severity === null ? { ...ticket, percentMilli: 80_000 } : ticket,
    ),
    feedbacks: [
      { eventKey: hash64('survey', 'f2'), at: START, offset: 15, percentMilli: 90_000 },
      { eventKey: hash64('survey', 'f3'), at: START + 2, offset: 16, percentMilli: 33_333 },
    ],
  },
};

const referring: CustomerState = {
  ...everyField,
  existingSince: START + 4_321,
  ledger: {
    ...everyField.ledger,
    referrals: [
      { eventKey: hash64('referral', 'c2'), at: START, offset: 20 },
      { eventKey: hash64('referral', 'c3'), at: START + DAY_MS, offset: 21 },
    ],
  },
};

const referred: CustomerState = {
  ...NEW_CUSTOMER,
  referredBy: [
    { referrerId: 'c1', at: START },
    { referrerId: '茶', at: START - 1 },
  ],
};

const alias: CustomerState = {
  ...NEW_CUSTOMER,
  seq: 4,
  alias: { mergeId: 'm1', survivorId: '茶', at: START, reason: 'same phone', actor: 'ann' },
};

const merging: CustomerState = {
  ...eightOrders,
  absorbed: [{ mergeId: 'm0', customerId: 'c0', at: START + 90 * DAY_MS }],
  reservation: {
    mergeId: 'm1',
    otherId: 'c9',
    received: 2,
    handed: { ...everyField, setId: null, standing: null, joinedAt: null },
  },
};

const asking: CustomerState = {
  ...eightOrders,
  reservation: { mergeId: 'm1', otherId: 'c9', received: 0, handed: null },
};

/** One waits for two ids, of whom one has told of itself already; nothing of its own is there. */
const linking: CustomerState = {
  ...NEW_CUSTOMER,
  links: [
    {
      mergeId: 'l1',
      otherId: 'guest:9f',
      received: 0,
      handed: null,
      at: START,
      reason: 'link',
      actor: 'crm',
      tries: 3,
    },
    {
      mergeId: 'l2',
      otherId: '茶',
      received: 1,
      handed: { ...eightOrders, setId: null, standing: null, joinedAt: null },
      at: START + 1,
      reason: 'same phone',
      actor: 'ann',
      tries: 1,
    },
  ],
};

function golden(version: number, name: string): string {
  const url = new URL(`../fixtures/customer-v${version}-${name}.hex`, import.meta.url);
  return readFileSync(url, 'utf8').replaceAll(/\s/g, '');
}

const STATES = [
  ['new-customer', NEW_CUSTOMER],
  ['eight-orders', eightOrders],
  ['eight-self-named', eightSelfNamed],
  ['every-field', everyField],
] as const;

test.each([
  ...STATES,
  ['labels-and-opinions', labelsAndOpinions] as const,
  ['referring', referring] as const,
  ['referred', referred] as const,
  ['alias', alias] as const,
  ['merging', merging] as const,
  ['asking', asking] as const,
  ['linking', linking] as const,
])('layout 2 is written and read as it was on its first day: %s', (name, state) => {
  expect(Buffer.from(encodeCustomer(state)).toString('hex')).toBe(golden(2, name));
  expect(decodeCustomer(Buffer.from(golden(2, name), 'hex'))).toStrictEqual(state);
});

test.each(STATES)('layout 1 is still read: %s', (name, state) => {
  expect(decodeCustomer(Buffer.from(golden(1, name), 'hex'))).toStrictEqual(state);
});

test.each([
  { why: 'orders named otherwise than their purchases', state: eightOrders, bytesMax: 277 },
  { why: 'orders named as their purchases', state: eightSelfNamed, bytesMax: 213 },
  {
    why: 'nothing but orders',
    state: { ...eightOrders, standing: null, joinedAt: null },
    bytesMax: 250,
  },
])('eight orders of one part, $why: at most $bytesMax bytes', ({ state, bytesMax }) => {
  const { length } = encodeCustomer(state);
  expect(length).toBeLessThanOrEqual(bytesMax);
  // A looser bound than the truth would hide growth.
  expect(length).toBeGreaterThan(bytesMax - 3);
});

test('a clock of some seconds after the first order takes 5 bytes', () => {
  const late = { ...eightOrders, existingSince: START + 7_654 };
  expect(encodeCustomer(late).length - encodeCustomer(eightOrders).length).toBeLessThanOrEqual(5);
});

test('eight orders of one channel and two categories: at most 42 bytes more', () => {
  const parts = eightOrders.ledger.parts.map((part, i) => ({
    ...part,
    channel: hash64('online'),
    category: hash64(i % 3 === 0 ? 'tea' : 'cups'),
  }));
  const labelled = { ...eightOrders, ledger: { ...EMPTY_LEDGER, parts } };
  const extra = encodeCustomer(labelled).length - encodeCustomer(eightOrders).length;
  expect(extra).toBeLessThanOrEqual(42);
});

describe('what is refused', () => {
  test.each([
    {
      why: 'a layout of a newer build',
      bytes: [9, 0],
      says: /has layout 9.*run the newer build.*rebuild/,
    },
    { why: 'no bytes at all', bytes: [], says: /end too early.*rebuild/ },
    {
      why: 'more bytes than a state',
      bytes: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      says: /after the end/,
    },
    {
      why: 'a section of a newer build',
      bytes: [2, 0, 0, 0, 0, 0, 0, 0, 0, 99, 0],
      says: /has section 99.*run the newer build.*rebuild/,
    },
  ])('$why', ({ bytes, says }) => {
    expect(() => decodeCustomer(Uint8Array.from(bytes))).toThrow(says);
  });

  test.each([0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('a sequence of %d', (seq) => {
    expect(() => encodeCustomer({ ...NEW_CUSTOMER, seq })).toThrow(/no whole number within 2\^53/);
  });

  test('a refusal leaves nothing behind for the next state', () => {
    const before = encodeCustomer(everyField);
    expect(() => encodeCustomer({ ...eightOrders, seq: -1 })).toThrow();
    expect(encodeCustomer(everyField)).toStrictEqual(before);
  });
});

test('a state that outgrows the buffer is whole', () => {
  const large = { ...eightOrders, ledger: { ...EMPTY_LEDGER, parts: partsOf(1_000) } };
  expect(decodeCustomer(encodeCustomer(large))).toStrictEqual(large);
});

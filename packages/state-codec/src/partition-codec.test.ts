import { readFileSync } from 'node:fs';
import {
  type CalibratedModel,
  NO_ERASURES,
  NO_RATES,
  NOT_SWEPT,
  type PartitionState,
  type Policy,
  rateTableOf,
  withTable,
} from '@strata/domain';
import { describe, expect, test } from 'vitest';

import { decodePartition, encodePartition } from './partition-codec.ts';

const policy: Policy = {
  name: 'shop',
  version: 3,
  appliesTo: 'existing',
  baseCurrency: 'CNY',
  timeZone: 'Asia/Shanghai',
  ladder: ['bronze', 'gold'],
  labels: { gold: { zh: '金牌客户', en: 'Gold' } },
  dimensions: [],
  borders: [{ tier: 'gold', enterMilli: 320_000, leaveMilli: 300_000 }],
  segments: [],
  lifecycle: {
    minimumStayMs: 0,
    graceMs: 0,
    softLanding: 'target',
    qualification: 'rolling',
    atRiskNoticeMs: null,
    onCorrection: 'withdraw',
  },
  treatment: { gold: { visit_every: '30d', service_hours: 4 } },
} as unknown as Policy;

const fresh: PartitionState = {
  partition: 7,
  time: null,
  live: null,
  ledgerHorizonMs: 0,
  clock: Number.NEGATIVE_INFINITY,
  policySets: [],
  activations: [],
  swept: NOT_SWEPT,
  calibrations: [],
  received: [],
  rates: NO_RATES,
  erasures: NO_ERASURES,
};
const running: PartitionState = {
  partition: 7,
  time: 'data',
  live: null,
  ledgerHorizonMs: 800 * 86_400_000,
  clock: 1_767_600_612_345,
  policySets: [{ id: 'ab', policies: [policy] }],
  activations: [{ number: 0, setId: 'ab', since: Number.NEGATIVE_INFINITY, announceFrom: 0 }],
  swept: NOT_SWEPT,
  calibrations: [],
  received: [],
  rates: NO_RATES,
  erasures: NO_ERASURES,
};
const receiving: PartitionState = {
  ...running,
  received: [
    { partition: 0, epoch: 1, number: 12 },
    { partition: 3, epoch: 2, number: 1 },
  ],
};
const live = (since: number, announceFrom: number | null): PartitionState => ({
  ...running,
  time: 'wall',
  live: { since, at: 1_767_600_611_000, announceFrom, offset: 4_711 },
});
const models: readonly CalibratedModel[] = [
  {
    policy: 'shop',
    dimension: 'value',
    population: 2_357,
    minimumPopulation: 500,
    model: {
      purchases: { r: 0.242_593, alpha: 30.894_72, a: 0.792_886, b: 2.425_753 },
      spend: { p: 6.248_8, q: 3.744_6, v: 1_544.77 },
    },
    why: null,
  },
];
const calibrated: PartitionState = {
  ...running,
  calibrations: [Number.NEGATIVE_INFINITY, 1_767_600_000_000].map((since, index) => ({
    since,
    number: index,
    announceFrom: index === 0 ? 0 : null,
    calibration: {
      id: `c${index}`,
      setId: 'ab',
      at: 1_767_600_000_000,
      dimensions: [
        {
          policy: 'shop',
          dimension: 'frequency',
          population: 4_338,
          minimumPopulation: 500,
          borders: index === 0 ? null : [{ atMost: 1_000, lastId: 'c17' }],
        },
      ],
      ...(index === 0 ? {} : { models }),
    },
  })),
};

const usd = { from: 'USD', to: 'CNY' };
const table = rateTableOf(
  [
    { ...usd, day: -1, rate: '7.25' },
    { ...usd, day: 20_454, rate: '0.000001' },
    { from: 'JPY', to: 'CNY', day: 20_454, rate: '123456789012.5' },
  ],
  3,
);
const oldest = Number.NEGATIVE_INFINITY;
const withRates: PartitionState = {
  ...running,
  rates: withTable(withTable(NO_RATES, table, { oldest }), rateTableOf(table.rows.slice(0, 1), 9), {
    oldest,
    correction: { since: Number.NEGATIVE_INFINITY, offset: 17 },
  }),
};

test.each([
  ['before its first record', fresh],
  ['with rates', withRates],
  ['with a policy', running],
  ['with calibrations', calibrated],
  ['with what others handed over', receiving],
  ['that went live', live(1_767_600_600_000, null)],
  ['that went live before any mark', live(Number.NEGATIVE_INFINITY, 2)],
])('a partition %s comes back as it was', (_, state) => {
  expect(decodePartition(encodePartition(state))).toStrictEqual(state);
});

test('equal partitions give equal bytes whatever the order of their fields', () => {
  const reordered = Object.fromEntries(Object.entries(running).reverse());
  expect(encodePartition(reordered as unknown as PartitionState)).toStrictEqual(
    encodePartition(running),
  );
});

test('treatment keeps the order of the file', () => {
  const [set] = decodePartition(encodePartition(running))?.policySets ?? [];
  expect(JSON.stringify(set?.policies[0]?.treatment)).toBe(JSON.stringify(policy.treatment));
});

const bytesOf = (stored: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(stored));

test('a partition of a layout from before activations had its policies in one with the rest', () => {
  const { state, policies = new Uint8Array() } = encodePartition(running);
  const parse = (bytes: Uint8Array) =>
    JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  const { version: _, swept: __, received, ...old } = parse(state);
  const { policySets, calibrations } = parse(policies);
  for (const stored of [
    { version: 1, ...old, policySets },
    { version: 3, ...old, received, policySets, calibrations },
  ]) {
    expect(decodePartition({ state: bytesOf(stored) })).toStrictEqual(running);
  }
});

test('only what has changed is written', () => {
  const moved = { ...running, clock: running.clock + 1, swept: { ...NOT_SWEPT, customers: 3 } };
  expect(Object.keys(encodePartition(moved, running))).toEqual(['state']);
  const activations = [...running.activations, ...running.activations];
  const { state, policies } = encodePartition({ ...running, activations }, running);
  expect(decodePartition({ state, policies: policies ?? state })).toMatchObject({ activations });
});

test('what never changed was never written', () => {
  const { state } = encodePartition(fresh, fresh);
  expect(decodePartition({ state })).toStrictEqual(fresh);
  expect(decodePartition({})).toBeNull();
});

test('a partition of layout 3, from before stacks went live, is read as it was written then', () => {
  const written = readFileSync(new URL('../fixtures/partition-v3.json', import.meta.url));
  expect(decodePartition({ state: written })).toStrictEqual(receiving);
});

test.each(['{"version":2}', 'null', '{"version":1,"series":{"USD>CNY":"1:x"},"corrections":[]}'])(
  'rates like %s are refused',
  (text) => {
    const rates = new TextEncoder().encode(text);
    expect(() => decodePartition({ ...encodePartition(running), rates })).toThrow(/rebuild/);
  },
);

describe('what is refused', () => {
  test.each([
    { why: 'a newer layout', text: '{"version":6}', says: /has layout 6.*rebuild/ },
    { why: 'no JSON', text: '{"version":1', says: /no JSON object.*rebuild/ },
    { why: 'no object', text: 'null', says: /no JSON object/ },
    { why: 'no policies', text: '{"version":1,"clock":null}', says: /no list of policies/ },
  ])('$why', ({ text, says }) => {
    expect(() => decodePartition({ state: new TextEncoder().encode(text) })).toThrow(says);
  });
});

test('the same partition is the same bytes, folded or read, whatever order its keys came in', () => {
  const folded: PartitionState = {
    ...calibrated,
    calibrations: calibrated.calibrations.map(({ calibration, number, announceFrom, since }) => {
      return { calibration, number, announceFrom, since };
    }),
  };
  const stored = encodePartition(folded);
  const read = decodePartition(stored);
  expect(read).toEqual(folded);
  expect(read && encodePartition(read)).toEqual(stored);
});

import { readIntakeEvent } from '@strata/contracts';
import { describe, expect, it } from 'vitest';
import { parseSourceMap } from './parse-source-map.ts';
import { type MappedRow, openRows } from './row-mapper.ts';
import type { SourceMap } from './source-map.ts';
import type { SourceRow } from './source-row.ts';

function mapOf(text: string): SourceMap {
  const result = parseSourceMap(text, { file: 'test.yaml' });
  if (!result.ok) throw new Error(JSON.stringify(result.problems.map(({ what }) => what.en)));
  return result.map;
}

function rowOf(content: SourceRow['content']): SourceRow {
  return { content, origin: 'orders', record: '7', raw: '' };
}

/** A row of CSV under a header, by a map's events. */
function mapCells(text: string, cells: Readonly<Record<string, string>>): MappedRow {
  const map = mapOf(text);
  const layout = { kind: 'columns', names: Object.keys(cells) } as const;
  const mapper = openRows(map, map.parts[0], { layout, timeZone: null, tables: new Map() });
  expect(mapper.missing).toEqual([]);
  return mapper.apply(rowOf(Object.values(cells)));
}

function mapObject(text: string, content: Readonly<Record<string, unknown>>): MappedRow {
  const map = mapOf(text);
  const options = { layout: { kind: 'objects' }, timeZone: null, tables: new Map() } as const;
  return openRows(map, map.parts[0], options).apply(rowOf(content));
}

const fieldsOf = (mapped: MappedRow): readonly Readonly<Record<string, unknown>>[] => {
  if (mapped.kind !== 'events') throw new Error(JSON.stringify(mapped));
  return mapped.drafts.map(({ fields }) => fields);
};

const HEAD = `
map: orders
source: erp
currency: CNY
time_zone: Asia/Shanghai
input: {format: csv}
fields:
  customerId: customer
  occurredAt: {from: day, formats: yyyy-MM-dd}
  orderId: order
`;
const CELLS = { customer: 'c1', day: '2026-01-02', order: 'o1', total: '12.30', status: 'paid' };

/** One event of a type, written as the rest of a map. */
const purchase = (rest: string): string => `${HEAD}events:\n  - {type: purchase, ${rest}}\n`;

it('makes an event that its contract takes, at the local midnight of the map', () => {
  const [fields = {}] = fieldsOf(
    mapCells(purchase('eventId: order, amount: {major: total}'), CELLS),
  );
  const result = readIntakeEvent(fields, {
    instants: 'epoch-ms',
    rules: { attributes: new Set(), forbidden: () => null, onForbidden: 'drop' },
  });
  expect(result).toMatchObject({
    kind: 'event',
    event: {
      type: 'purchase',
      source: 'erp',
      eventId: 'o1',
      customerId: 'c1',
      occurredAt: Date.UTC(2026, 0, 1, 16),
      orderId: 'o1',
      amount: { minor: 1_230, currency: 'CNY' },
    },
  });
});

describe('an id', () => {
  it.each([
    { id: 'order', is: 'o1', why: 'a column' },
    { id: '3', is: 'o1', why: 'a column by number' },
    { id: '$record', is: '7', why: 'the place in the file' },
    { id: "{template: '{order}+{customer}'}", is: 'o1+c1', why: 'several columns' },
    {
      id: "{from: order, without_prefix: o, prefix: 'n-', suffix: ':x'}",
      is: 'n-1:x',
      why: 'trimmed',
    },
    { id: "{template: '{order}+{customer}', without_prefix: [o, c]}", is: '1+1', why: 'parts' },
    { id: '{from: [nothing, order]}', is: 'o1', why: 'the first column there is' },
    { id: '{constant: one}', is: 'one', why: 'a constant' },
    { id: '{from: status, values: {paid: p}}', is: 'p', why: 'a value map' },
    {
      id: '{from: status, values: {open: o}, otherwise: z}',
      is: 'z',
      why: 'the rest of a value map',
    },
  ])('can be $id: $why', ({ id, is }) => {
    const mapped = mapCells(purchase(`eventId: ${id}, amount: {major: total}`), CELLS);
    expect(fieldsOf(mapped)[0]?.['eventId']).toBe(is);
  });

  it('is the place of the row where the map names none, another for each event of the row', () => {
    const text = `${HEAD}events:
  - {type: purchase, amount: {major: total}}
  - {type: order-cancelled}
`;
    const ids = fieldsOf(mapCells(text, CELLS)).map(({ eventId }) => eventId);
    expect(ids).toEqual(['orders:7', 'orders:7:2']);
  });

  it('that two events of a row share refuses the row: one of them would be lost as a repeat', () => {
    const text = `${HEAD}events:
  - {type: purchase, eventId: order, amount: {major: total}}
  - {type: order-cancelled, eventId: order}
`;
    expect(mapCells(text, CELLS)).toEqual({
      kind: 'refused',
      reason: 'bad-field',
      field: 'eventId',
    });
  });

  it('of a template with an empty part is none', () => {
    const text = purchase("eventId: {template: '{order}+{customer}'}, amount: {major: total}");
    expect(fieldsOf(mapCells(text, { ...CELLS, order: ' ' }))[0]?.['eventId']).toBe(null);
  });
});

describe('money', () => {
  it.each([
    { amount: '{major: total}', total: '12.3', minor: 1_230, why: 'major units' },
    { amount: '{minor: total}', total: '1230', minor: 1_230, why: 'minor units' },
    {
      amount: '{major: total, currency: JPY}',
      total: '1230',
      minor: 1_230,
      why: 'a yen has no sen',
    },
    {
      amount: '{major: total, round: half-even}',
      total: '0.125',
      minor: 12,
      why: 'a half, to even',
    },
    {
      amount: '{major: total, round: half-even}',
      total: '0.135',
      minor: 14,
      why: 'a half, to even',
    },
    { amount: '{major: total, absolute: true}', total: '-5', minor: 500, why: 'its size' },
    {
      amount: "{major: total, group_mark: ','}",
      total: '1,234.5',
      minor: 123_450,
      why: 'thousands',
    },
    {
      amount: "{major: total, decimal_mark: ',', group_mark: '.'}",
      total: '1.234,5',
      minor: 123_450,
      why: 'a comma',
    },
    {
      amount: "{major: total, without_prefix: ['¥', 'RMB']}",
      total: '¥ 12',
      minor: 1_200,
      why: 'a sign',
    },
    {
      amount: '{price: total, quantity: status}',
      total: '0.5',
      status: '3',
      minor: 150,
      why: 'a product',
    },
  ])('$amount of $total is $minor: $why', ({ amount, total, minor, status = 'paid' }) => {
    const mapped = mapCells(purchase(`amount: ${amount}`), { ...CELLS, total, status });
    expect(fieldsOf(mapped)[0]?.['amount']).toMatchObject({ minor });
  });

  it.each([
    { amount: '{major: total}', total: '12.345', reason: 'bad-price', why: 'a fen has no tenths' },
    { amount: '{major: total}', total: '-1', reason: 'bad-price', why: 'less than nothing' },
    { amount: '{major: total}', total: '1,50', reason: 'bad-price', why: 'another decimal mark' },
    { amount: '{major: total}', total: '', reason: 'bad-price', why: 'nothing' },
    { amount: '{minor: total}', total: '1.5', reason: 'bad-price', why: 'half a fen' },
    {
      amount: "{major: total, group_mark: ','}",
      total: '1,50',
      reason: 'bad-price',
      why: 'no group',
    },
    { amount: '{major: total}', total: '99999999999999999', reason: 'bad-price', why: 'not exact' },
    {
      amount: '{major: total, currency: {from: status}}',
      total: '1',
      reason: 'unknown-currency',
      why: 'no code',
    },
  ])('refuses $total as $amount: $why', ({ amount, total, reason }) => {
    const mapped = mapCells(purchase(`amount: ${amount}`), { ...CELLS, total });
    expect(mapped).toMatchObject({ kind: 'refused', reason });
  });
});

describe('which events a row makes', () => {
  const CHOICE = `${HEAD}
rules:
  - {when: {status: draft}, skip: not placed}
  - {when: {status: {not: {is: present}}}, refuse: bad-row}
events:
  - {type: purchase, when: {status: [paid, shipped]}, amount: {major: total}}
  - {type: refund, when: {status: {starts_with: ret}, total: {below: 0}}, amount: {major: total, absolute: true}}
  - {type: order-cancelled, when: [{status: void}, {status: shipped, total: {at_least: 100}}]}
`;
  it.each([
    { status: 'paid', total: '1', makes: ['purchase'] },
    { status: 'shipped', total: '100', makes: ['purchase', 'order-cancelled'] },
    { status: 'returned', total: '-1', makes: ['refund'] },
    { status: 'void', total: 'x', makes: ['order-cancelled'] },
  ])('$status of $total makes $makes', ({ status, total, makes }) => {
    const mapped = mapCells(CHOICE, { ...CELLS, status, total });
    expect(fieldsOf(mapped).map(({ type }) => type)).toEqual(makes);
  });

  it.each([
    { status: 'draft', ends: { kind: 'skipped', reason: 'not placed' } },
    { status: '', ends: { kind: 'refused', reason: 'bad-row', field: 'status' } },
    { status: 'unheard of', ends: { kind: 'refused', reason: 'unmapped-row', field: null } },
  ])("ends as told or is refused, never dropped: '$status'", ({ status, ends }) => {
    expect(mapCells(CHOICE, { ...CELLS, status })).toEqual(ends);
  });

  it('can be said by a code, each type with its own fields', () => {
    const text = `${HEAD}events:
  - type: {from: status, values: {SO: purchase, CX: order-cancelled}}
    amount: {major: total}
`;
    expect(fieldsOf(mapCells(text, { ...CELLS, status: 'CX' }))[0]).not.toHaveProperty('amount');
    expect(fieldsOf(mapCells(text, { ...CELLS, status: 'SO' }))[0]).toHaveProperty('amount');
    expect(mapCells(text, { ...CELLS, status: 'XX' })).toEqual({
      kind: 'refused',
      reason: 'unknown-type',
      field: 'status',
    });
  });
});

describe('a row without what every event needs', () => {
  it.each([
    { cells: { customer: '  ' }, reason: 'no-customer', field: 'customer' },
    { cells: { day: '02.01.2026' }, reason: 'bad-time', field: 'day' },
    { cells: { customer: 'caf\uFFFD' }, reason: 'not-utf8', field: 'customer' },
  ])('is refused by the name of its column: $reason', ({ cells, reason, field }) => {
    const mapped = mapCells(purchase('amount: {major: total}'), { ...CELLS, ...cells });
    expect(mapped).toEqual({ kind: 'refused', reason, field });
  });
});

describe('columns', () => {
  const text = purchase('amount: {major: total}, category: {from: kind, optional: true}');
  const open = (names: readonly string[]) => {
    const map = mapOf(text);
    const layout = { kind: 'columns', names } as const;
    return openRows(map, map.parts[0], { layout, timeZone: null, tables: new Map() });
  };

  it('are found whatever their case; those that lack and those of no use are told', () => {
    expect(open(['Customer', 'DAY', 'order', 'phone']).missing).toEqual(['total']);
    expect(open(['Customer', 'DAY', 'order', 'total', 'phone']).unused).toEqual(['phone']);
  });
});

const TOPIC = `
map: erp
source: erp
currency: CNY
topic: erp.orders
`;

describe('objects', () => {
  const ORDER = {
    order: { no: 'o1', 'buyer.id': 42 },
    at: 1_767_322_800_000,
    lines: [
      { sku: 'tea', fen: 500 },
      { sku: 'cup', fen: 700 },
    ],
  };

  it('are read by paths; a dot that belongs to a name is escaped', () => {
    const text = `${TOPIC}events:
  - type: purchase
    customerId: order.buyer\\.id
    occurredAt: {from: at, formats: epoch-ms}
    eventId: order.no
    orderId: order.no
    amount: {minor: lines.0.fen}
`;
    expect(fieldsOf(mapObject(text, ORDER))).toMatchObject([
      { customerId: '42', orderId: 'o1', amount: { minor: 500 }, occurredAt: ORDER.at },
    ]);
  });

  it('with a list make an event for each of its elements', () => {
    const text = `${TOPIC}events:
  - type: purchase
    each: lines
    customerId: order.buyer\\.id
    occurredAt: {from: at, formats: epoch-ms}
    eventId: {template: '{order.no}-{$index}'}
    orderId: order.no
    category: $item.sku
    amount: {minor: $item.fen}
`;
    const drafts = fieldsOf(mapObject(text, ORDER));
    expect(drafts.map(({ eventId, category }) => [eventId, category])).toEqual([
      ['o1-1', 'tea'],
      ['o1-2', 'cup'],
    ]);
    expect(mapObject(text, { ...ORDER, lines: 'none' })).toMatchObject({ reason: 'bad-field' });
  });

  it('fill attributes, lists among them, and leave empty ones out', () => {
    const text = `${TOPIC}events:
  - type: profile
    customerId: id
    occurredAt: {from: at, formats: epoch-ms}
    attributes:
      segment: {from: kind, values: {A: key}}
      roles: {from: roles, split: ';'}
      shareOfWallet: {from: share, as: number}
      region: region
`;
    const row = { id: 'c', at: 1, kind: 'A', roles: 'buyer; supplier', share: '0.3', region: null };
    expect(fieldsOf(mapObject(text, row))[0]?.['attributes']).toEqual({
      segment: 'key',
      roles: ['buyer', 'supplier'],
      shareOfWallet: 0.3,
    });
  });

  it('never reach into what every object has', () => {
    const text = `${TOPIC}events: [{type: order-cancelled, customerId: constructor.name, occurredAt: at, orderId: o}]`;
    expect(mapObject(text, ORDER)).toMatchObject({ reason: 'no-customer' });
  });
});

import { expect, it } from 'vitest';
import { parseSourceMap } from './parse-source-map.ts';
import { type MappedRow, openRows } from './row-mapper.ts';

const MAP = `
map: shop
source: shop
currency: EUR
input: {format: csv}
files:
  - file: payments
    keep: {as: payments, by: order, sums: {paid: {major: value}}, values: {method: method}}
  - file: orders
    joins: [{table: payments, by: order, otherwise: {refuse: no-payment}}]
    events:
      - type: purchase
        customerId: customer
        occurredAt: {from: day, formats: yyyy-MM-dd}
        orderId: order
        channel: payments.method
        amount: {minor: payments.paid}
`;

function open() {
  const result = parseSourceMap(MAP, { file: 'shop.yaml' });
  if (!result.ok) throw new Error('the map is sound');
  const { map } = result;
  const tables = new Map();
  const mappers = [
    ['order', 'value', 'method'],
    ['order', 'customer', 'day'],
  ].map((names, index) => {
    const part = map.parts[index] ?? map.parts[0];
    return openRows(map, part, { layout: { kind: 'columns', names }, timeZone: null, tables });
  });
  const read = (file: 0 | 1, ...content: readonly string[]): MappedRow => {
    const row = { content, origin: `${file}`, record: '1', raw: content.join() };
    return mappers[file]?.apply(row) ?? { kind: 'kept' };
  };
  return { read, unused: () => [...tables.values()].flatMap((table) => table.unused()) };
}

it('rows that a later file joins are kept, summed, and parts of its events', () => {
  const { read, unused } = open();
  expect(read(0, 'o1', '1.50', 'card')).toEqual({ kind: 'kept' });
  expect(read(0, 'o1', '0.25', 'voucher')).toEqual({ kind: 'kept' });
  const order = read(1, 'o1', 'c1', '2026-01-02');
  expect(order).toMatchObject({
    kind: 'events',
    drafts: [{ fields: { amount: { minor: 175, currency: 'EUR' }, channel: 'card' } }],
  });
  expect(unused()).toHaveLength(2);
  expect(order.kind === 'events' && order.accept()).toBe(2);
  expect(unused()).toEqual([]);
  expect(order.kind === 'events' && order.accept()).toBe(0);
});

it('a row that misses what it joins ends as the map says, and so do rows that nothing joined', () => {
  const { read, unused } = open();
  expect(read(0, 'o1', '1.50', 'card')).toEqual({ kind: 'kept' });
  expect(read(0, 'o2', 'much', 'card')).toMatchObject({ reason: 'bad-price', field: 'value' });
  expect(read(1, 'o2', 'c1', '2026-01-02')).toEqual({
    kind: 'refused',
    reason: 'no-payment',
    field: 'order',
  });
  // Its own fault leaves what it joined to others.
  expect(read(1, 'o1', 'c1', 'some day')).toMatchObject({ reason: 'bad-time' });
  expect(unused()).toMatchObject([
    { row: { raw: 'o1,1.50,card' }, end: { kind: 'refused', reason: 'no-order', field: 'order' } },
  ]);
});

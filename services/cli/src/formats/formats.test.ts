import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { CustomerEvent } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoadedFile, loadEvents } from './load-events.ts';
import { fileFormat } from './map-files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-formats-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function load(format: string, path: string, stdin = ''): Promise<LoadedFile> {
  return loadEvents({
    path,
    format: fileFormat(format, 'en'),
    timeZone: 'UTC',
    language: 'en',
    stdin: Readable.from([Buffer.from(stdin)]),
    signal: new AbortController().signal,
    onBytes: () => {},
    onRecord: () => {},
  });
}

async function loadText(format: string, content: string | Buffer): Promise<LoadedFile> {
  const path = join(folder, 'data');
  await writeFile(path, content);
  return load(format, path);
}

function amounts(events: readonly CustomerEvent[]): readonly (readonly [string, number])[] {
  return events.flatMap((event) =>
    event.type === 'purchase' || event.type === 'refund'
      ? [[event.type, event.amount.minor] as const]
      : [],
  );
}

const reasonsOf = (loaded: LoadedFile) => Object.fromEntries(loaded.counts.refusedByReason);

describe('cdnow', () => {
  const text = [
    ' customer_id  date number_of_cds  dollar_value',
    ' 00004 19970118  2   29.33',
    ' 00001 19970101  1   11.77',
    ' 00001 19970101  1   11.77',
    ' 00002 19970101  3    0.00',
    '',
  ].join('\r\n');

  it('takes equal rows for separate orders, numbers records without the header, sorts by time', async () => {
    const { events, counts } = await loadText('cdnow', text);
    expect(counts).toMatchObject({ records: 4, asEvents: 4, refused: 0, repeats: 0 });
    expect(events.map((event) => [event.eventId, event.customerId])).toEqual([
      ['2', '00001'],
      ['3', '00001'],
      ['4', '00002'],
      ['1', '00004'],
    ]);
    expect(events[0]).toEqual({
      type: 'purchase',
      source: 'cdnow',
      eventId: '2',
      customerId: '00001',
      occurredAt: Date.UTC(1997, 0, 1),
      orderSource: 'cdnow',
      orderId: '2',
      amount: { minor: 1_177, currency: 'USD' },
    });
    expect(amounts(events)).toContainEqual(['purchase', 0]);
  });

  it('reads packed files and files without a header, and needs no line end at the end', async () => {
    const { events } = await loadText('cdnow', gzipSync('00001 19970101 1 1286.01'));
    expect(amounts(events)).toEqual([['purchase', 128_601]]);
  });

  it.each([
    { row: '00001 19970101 1', reason: 'bad-row', why: 'a column is missing' },
    { row: '00001 19970231 1 1.00', reason: 'bad-time', why: 'no such day' },
    { row: '00001 19970101 1 -1.00', reason: 'bad-price', why: 'nobody pays less than nothing' },
    { row: '00001 19970101 1 1.005', reason: 'bad-price', why: 'a cent has no tenths' },
  ])('refuses "$row": $why', async ({ row, reason }) => {
    const loaded = await loadText('cdnow', `${row}\n00002 19970101 1 1.00\n`);
    expect(reasonsOf(loaded)).toEqual({ [reason]: 1 });
    expect(loaded.events[0]?.eventId).toBe('2');
    expect(Buffer.from(loaded.refusals[0]?.raw ?? []).toString()).toBe(row);
  });
});

describe('online-retail', () => {
  const HEADER =
    'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  const row = (
    fields: Partial<Record<'no' | 'quantity' | 'date' | 'price' | 'customer', string>>,
  ) =>
    [
      fields.no ?? '536365',
      '85123A',
      '"WHITE ""HANGING"" HEART, BIG"',
      fields.quantity ?? '6',
      fields.date ?? '2010-12-01 08:26:00',
      fields.price ?? '2.55',
      fields.customer ?? '17850.0',
      'United Kingdom',
    ].join(',');
  const rows = (...lines: string[]) => [HEADER, ...lines, ''].join('\n');

  it('makes the rows of an invoice parts of one order, and keeps equal rows', async () => {
    const { events, counts } = await loadText('online-retail', rows(row({}), row({})));
    expect(counts).toMatchObject({ records: 2, asEvents: 2, repeats: 0 });
    expect(events[1]).toEqual({
      type: 'purchase',
      source: 'online-retail',
      eventId: '2',
      customerId: '17850',
      occurredAt: Date.UTC(2010, 11, 1, 8, 26),
      orderSource: 'online-retail',
      orderId: '536365',
      amount: { minor: 1_530, currency: 'GBP' },
    });
  });

  it.each([
    { quantity: '1', price: '0.125', minor: 12, why: 'a half goes to the even penny below' },
    { quantity: '1', price: '0.135', minor: 14, why: 'a half goes to the even penny above' },
    { quantity: '5', price: '0.001', minor: 0, why: 'half a penny goes to none' },
    { quantity: '80995', price: '2.08', minor: 16_846_960, why: 'no float comes in' },
    { quantity: '3', price: '0.0', minor: 0, why: 'a gift counts as an order' },
  ])('$quantity x $price is $minor pence: $why', async ({ quantity, price, minor }) => {
    const { events } = await loadText('online-retail', rows(row({ quantity, price })));
    expect(amounts(events)).toEqual([['purchase', minor]]);
  });

  it('turns a row of a C invoice into a refund without order of the absolute amount', async () => {
    const { events } = await loadText(
      'online-retail',
      rows(row({ no: 'C536379', quantity: '-1' })),
    );
    expect(events[0]).toEqual({
      type: 'refund',
      source: 'online-retail',
      eventId: '1',
      customerId: '17850',
      occurredAt: Date.UTC(2010, 11, 1, 8, 26),
      amount: { minor: 255, currency: 'GBP' },
    });
  });

  it.each([
    { fields: { customer: '', quantity: '-10', price: '0.0' }, reason: 'no-customer' },
    { fields: { no: 'A563186', price: '-11062.06' }, reason: 'bad-row' },
    { fields: { quantity: '-3' }, reason: 'bad-quantity' },
    { fields: { quantity: '0' }, reason: 'bad-quantity' },
    { fields: { quantity: 'six' }, reason: 'bad-quantity' },
    { fields: { price: '-1.00' }, reason: 'bad-price' },
    { fields: { date: '2010-13-01 08:26:00' }, reason: 'bad-time' },
  ])('refuses $fields as $reason', async ({ fields, reason }) => {
    const loaded = await loadText('online-retail', rows(row(fields), row({})));
    expect(reasonsOf(loaded)).toEqual({ [reason]: 1 });
    expect(loaded.counts).toMatchObject({ records: 2, asEvents: 1, refused: 1 });
  });

  it('counts records, not lines, and refuses rows with other columns', async () => {
    const spanning = row({}).replace('BIG', 'BIG\nAND RED');
    const short = '536365,85123A,X,6';
    const quote = '536365,85123A,X "Y" Z,6,2010-12-01 08:26:00,2.55,17850.0,France';
    const loaded = await loadText('online-retail', rows(spanning, short, quote, row({})));
    expect(loaded.counts).toMatchObject({ records: 4, asEvents: 3, refused: 1 });
    expect(loaded.refusals[0]).toMatchObject({ record: 2, reason: 'bad-row' });
    expect(loaded.events.map((event) => event.eventId)).toEqual(['1', '3', '4']);
  });

  it('refuses what stands behind a quote that is never closed', async () => {
    const loaded = await loadText('online-retail', rows(row({}), '536365,85123A,"never closed,6'));
    expect(loaded.counts).toMatchObject({ records: 2, asEvents: 1, refused: 1 });
    expect(reasonsOf(loaded)).toEqual({ 'bad-row': 1 });
  });

  it('does without a header', async () => {
    const { counts } = await loadText('online-retail', `${row({})}\n`);
    expect(counts).toMatchObject({ records: 1, asEvents: 1 });
  });
});

describe('olist', () => {
  const TABLES = {
    olist_customers: [
      'customer_id,customer_unique_id,customer_city',
      'k1,person1,x',
      'k2,person1,x',
      'k3,person3,x',
      'k9,person9,x',
    ],
    olist_orders: [
      'order_id,customer_id,order_status,order_purchase_timestamp',
      'o1,k1,delivered,2017-07-09 21:57:05',
      'o2,k2,canceled,2017-07-10 00:00:00',
      'o3,k3,delivered,2017-07-11 00:00:00',
      'o4,nobody,delivered,2017-07-11 00:00:00',
    ],
    olist_order_payments: [
      'order_id,payment_sequential,payment_value',
      'o1,1,100.10',
      'o1,2,0.2',
      'o2,1,5.0',
      'o9,1,1.00',
    ],
    olist_order_reviews: [
      'review_id,order_id,review_score,review_comment_message,review_creation_date',
      'r1,o1,5,"Bom,\nmuito bom",2017-07-08 00:00:00',
      'r1,o2,1,,2017-07-12 00:00:00',
      'r2,o2,2,,2017-07-12 00:00:00',
      'r3,o7,5,,2017-07-12 00:00:00',
    ],
  };

  it('joins orders, payments and people; every record ends once', async () => {
    const path = await mkdtemp(join(folder, 'olist-'));
    for (const [name, lines] of Object.entries(TABLES)) {
      await writeFile(join(path, `${name}.csv.gz`), gzipSync(`${lines.join('\n')}\n`));
    }
    const loaded = await load('olist', path);
    const { counts, events } = loaded;
    expect(counts).toMatchObject({ records: 16, asEvents: 5, asParts: 5, refused: 6, repeats: 0 });
    expect(reasonsOf(loaded)).toEqual({ 'no-customer': 1, 'no-payment': 1, 'no-order': 4 });
    expect(events.map((event) => [event.type, event.customerId, event.eventId])).toEqual([
      ['feedback', 'person1', 'r1+o1'],
      ['purchase', 'person1', 'o1'],
      ['purchase', 'person1', 'o2'],
      ['order-cancelled', 'person1', 'o2:cancelled'],
      ['feedback', 'person1', 'r1+o2'],
      ['complaint', 'person1', 'r1+o2:complaint'],
      ['feedback', 'person1', 'r2+o2'],
      ['complaint', 'person1', 'r2+o2:complaint'],
    ]);
    expect(amounts(events)).toEqual([
      ['purchase', 10_030],
      ['purchase', 500],
    ]);
    expect(events.flatMap((event) => (event.type === 'complaint' ? [event.severity] : []))).toEqual(
      ['high', 'medium'],
    );
  });

  it('says which table a folder lacks', async () => {
    const path = await mkdtemp(join(folder, 'empty-'));
    await expect(load('olist', path)).rejects.toThrow(/has no olist_customers\.csv/);
  });
});

describe('events', () => {
  const purchase = (eventId: string, occurredAt: string) =>
    JSON.stringify({
      type: 'purchase',
      source: 'shop',
      eventId,
      customerId: 'c1',
      occurredAt,
      orderId: 'o1',
      amount: { minor: 1, currency: 'CNY' },
    });

  it('drops repeats in the order of the file before it sorts', async () => {
    const lines = [
      purchase('e1', '2026-01-03T00:00:00Z'),
      purchase('e1', '2026-01-01T00:00:00Z'),
      purchase('e2', '2026-01-02T00:00:00+08:00'),
      purchase('e3', '2026-01-01T16:00:00Z'),
    ];
    const { events, counts } = await load('events', '-', `\ufeff${lines.join('\r\n')}\n\n`);
    expect(counts).toMatchObject({ records: 4, asEvents: 4, repeats: 1 });
    expect(events.map((event) => event.eventId)).toEqual(['e2', 'e3', 'e1']);
    expect(events.at(-1)?.occurredAt).toBe(Date.UTC(2026, 0, 3));
  });

  it('refuses a bad line alone, with its bytes', async () => {
    const loaded = await load('events', '-', `{"type":\n${purchase('e1', '2026-01-01T00:00:00Z')}`);
    expect(reasonsOf(loaded)).toEqual({ 'not-json': 1 });
    expect(Buffer.from(loaded.refusals[0]?.raw ?? []).toString()).toBe('{"type":');
    expect(loaded.events).toHaveLength(1);
  });

  it('alone reads standard input', async () => {
    await expect(load('cdnow', '-')).rejects.toThrow(/cannot read from standard input/);
  });
});

describe('a file that cannot be read', () => {
  it('is named: a gz that ends too early', async () => {
    const packed = gzipSync('00001 19970101 1 1.00\n'.repeat(1_000));
    await expect(loadText('cdnow', packed.subarray(0, packed.length - 20))).rejects.toThrow(
      /cannot be unpacked to its end/,
    );
  });

  it('is named: one that does not exist', async () => {
    await expect(load('events', join(folder, 'nothing'))).rejects.toThrow(/There is no file/);
  });
});

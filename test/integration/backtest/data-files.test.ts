import { Readable } from 'node:stream';
import { fileFormat, type LoadedFile, loadEvents } from '@strata/cli';
import { describe, expect, it } from 'vitest';
import { dataPath, isDataMissing } from './shared-data.ts';

/** Every record of a real file ends as an event, as a part of one, or as a dead letter with a reason. */
function load(format: string, path: string): Promise<LoadedFile> {
  return loadEvents({
    path: dataPath(path),
    format: fileFormat(format, 'en'),
    timeZone: 'UTC',
    language: 'en',
    stdin: Readable.from([]),
    signal: new AbortController().signal,
    onBytes: () => {},
    onRecord: () => {},
  });
}

function countByType({ events }: LoadedFile): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function purchasedMinor({ events }: LoadedFile): number {
  return events.reduce(
    (sum, event) => sum + (event.type === 'purchase' ? event.amount.minor : 0),
    0,
  );
}

const customersOf = ({ events }: LoadedFile): number =>
  new Set(events.map((event) => event.customerId)).size;

const CDNOW = 'cdnow/CDNOW_master.txt.gz';
describe.skipIf(isDataMissing(CDNOW))('CDNOW', () => {
  it('is 69,659 purchases of 23,570 people, to the cent', { timeout: 120_000 }, async () => {
    const loaded = await load('cdnow', CDNOW);
    expect(loaded.counts).toMatchObject({ records: 69_659, asEvents: 69_659, refused: 0 });
    expect(loaded.counts.repeats).toBe(0);
    expect(countByType(loaded)).toEqual({ purchase: 69_659 });
    expect(customersOf(loaded)).toBe(23_570);
    expect(purchasedMinor(loaded)).toBe(250_031_563);
  });
});

const RETAIL = 'online-retail/online-retail.csv.gz';
describe.skipIf(isDataMissing(RETAIL))('Online Retail', () => {
  it('is 541,909 records with their dirt', { timeout: 300_000 }, async () => {
    const loaded = await load('online-retail', RETAIL);
    const { counts } = loaded;
    expect(counts).toMatchObject({ records: 541_909, asEvents: 406_829, asParts: 0, repeats: 0 });
    expect(Object.fromEntries(counts.refusedByReason)).toEqual({ 'no-customer': 135_080 });
    expect(counts.asEvents + counts.refused).toBe(counts.records);
    expect(countByType(loaded)).toEqual({ purchase: 397_924, refund: 8_905 });
    expect(customersOf(loaded)).toBe(4_372);
  });
});

const OLIST = 'olist-sample';
describe.skipIf(isDataMissing(OLIST))('Olist', () => {
  it('joins orders, payments, people and reviews', { timeout: 120_000 }, async () => {
    const loaded = await load('olist', OLIST);
    const { counts } = loaded;
    const records = { orders: 8_135, customers: 8_135, payments: 8_924, reviews: 8_225 };
    expect(counts).toMatchObject({
      records: records.orders + records.customers + records.payments + records.reviews,
      asEvents: records.orders + records.reviews,
      asParts: records.customers + records.payments,
      refused: 0,
      repeats: 0,
    });
    expect(countByType(loaded)).toEqual({
      purchase: 8_135,
      'order-cancelled': 625 + 609,
      feedback: 8_225,
      complaint: 2_638 + 382,
    });
    expect(customersOf(loaded)).toBe(8_016);
    expect(purchasedMinor(loaded)).toBe(142_860_281);
  });
});

const INCIDENTS = 'incident-log/incident_event_log.csv.gz';
describe.skipIf(isDataMissing(INCIDENTS))('the incident log', () => {
  it('is 141,712 updates of tickets by a mapping file alone', { timeout: 120_000 }, async () => {
    const loaded = await load('incident-log', INCIDENTS);
    const { counts } = loaded;
    expect(counts).toMatchObject({ records: 141_712, asParts: 0, skipped: 0, refused: 34 });
    expect(Object.fromEntries(counts.refusedByReason)).toEqual({ 'no-customer': 29, 'bad-row': 5 });
    expect(counts.asEvents + counts.asParts + counts.skipped + counts.refused).toBe(counts.records);
    expect(countByType(loaded)).toEqual({ complaint: 25_661, 'complaint-resolved': 25_246 });
    // Three of the 24,918 tickets are of unknown callers throughout.
    const tickets = loaded.events.flatMap((it) => (it.type === 'complaint' ? [it.ticketId] : []));
    expect(new Set(tickets).size).toBe(24_915);
    expect(new Date(loaded.events[0]?.occurredAt ?? 0).toISOString()).toBe(
      '2016-02-29T01:16:00.000Z',
    );
  });
});

const JOURNEY = 'complete-journey';
describe.skipIf(isDataMissing(JOURNEY))('Complete Journey', () => {
  it('is baskets, coupons and campaigns by a mapping file alone', {
    timeout: 120_000,
  }, async () => {
    const loaded = await load('complete-journey', JOURNEY);
    const { counts } = loaded;
    const records = { lines: 75_000, coupons: 2_102, campaigns: 6_589, descriptions: 27 };
    expect(counts).toMatchObject({
      records: records.lines + records.coupons + records.campaigns + records.descriptions,
      asParts: records.descriptions,
      skipped: 0,
      repeats: 0,
    });
    // One price is 4.440892e-16: the rest of a subtraction, and no amount.
    expect(Object.fromEntries(counts.refusedByReason)).toEqual({ 'bad-price': 1 });
    expect(counts.asEvents + counts.asParts + counts.skipped + counts.refused).toBe(counts.records);
    expect(countByType(loaded)).toEqual({
      purchase: records.lines - 1,
      engagement: records.coupons,
      interaction: records.campaigns,
    });
    expect(purchasedMinor(loaded)).toBe(23_393_524);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseSourceMap } from '@strata/source-map';
import { describe, expect, it } from 'vitest';
import { type LoadedFile, loadEvents } from './load-events.ts';
import { formatOfMap } from './map-format.ts';

const CRM = new URL('../../../../maps/crm/', import.meta.url);
const NAMES = readdirSync(CRM)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''));

async function loadSample(name: string): Promise<LoadedFile> {
  const result = parseSourceMap(readFileSync(new URL(`${name}.yaml`, CRM), 'utf8'), { file: name });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return loadEvents({
    path: fileURLToPath(new URL(`samples/${name}.csv`, CRM)),
    format: formatOfMap(result.map, 'en'),
    timeZone: null,
    language: 'en',
    stdin: Readable.from([]),
    signal: new AbortController().signal,
    onBytes: () => {},
    onRecord: () => {},
  });
}

/** Samples are invented. What each map makes of its one, in the order of time. */
const EXPECTED: Readonly<
  Record<string, { events: readonly string[]; skipped?: number; refused?: number }>
> = {
  'zoho-customers': { events: ['profile 5400002', 'profile 5400001'] },
  'zoho-deals': {
    events: ['purchase 5400001', 'opportunity 5400002'],
    skipped: 1,
    refused: 1,
  },
  'zoho-orders': {
    events: ['purchase 5400001', 'purchase 5400001', 'order-cancelled 5400001'],
    skipped: 1,
  },
  'zoho-cases': {
    events: ['complaint 5400001', 'complaint-resolved 5400001', 'complaint 9400002'],
    skipped: 1,
  },
  'zoho-calls': { events: ['interaction 5400001'], skipped: 2 },
  'fxiaoke-customers': { events: ['profile KH0002', 'profile KH0001'], skipped: 1 },
  'fxiaoke-orders': {
    events: ['purchase KH0001', 'purchase KH0001', 'order-cancelled KH0001'],
    skipped: 1,
    refused: 1,
  },
  'fxiaoke-tickets': {
    events: ['complaint KH0001', 'complaint-resolved KH0001', 'complaint KH0002'],
    skipped: 1,
  },
  'fxiaoke-follow-ups': { events: ['interaction KH0001', 'interaction KH0002'], skipped: 1 },
};

describe('maps for exports of customer management', () => {
  it('each has a sample and an expectation', () => {
    expect(NAMES.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });

  it.each(NAMES)('%s makes of its sample what it says, and drops nothing else', async (name) => {
    const { events, counts } = await loadSample(name);
    const { skipped = 0, refused = 0, ...expected } = EXPECTED[name] ?? { events: [] };
    expect(events.map(({ type, customerId }) => `${type} ${customerId}`)).toEqual(expected.events);
    expect(counts).toMatchObject({ skipped, refused, repeats: 0 });
  });

  it('amounts, severities, local times and letters of GB18030 are read as they are meant', async () => {
    const [orders, tickets, deals] = await Promise.all(
      ['fxiaoke-orders', 'fxiaoke-tickets', 'zoho-deals'].map(loadSample),
    );
    expect(orders?.events[0]).toMatchObject({
      eventId: '订单:DD0001',
      occurredAt: Date.parse('2025-04-10T00:00:00+08:00'),
      amount: { minor: 1_250_000, currency: 'CNY' },
    });
    expect(tickets?.events[0]).toMatchObject({ severity: 'critical', channel: '电话' });
    expect(tickets?.events[1]).toMatchObject({ satisfaction: 4 });
    // The same deal in an export and in a full backup is one: the prefix is no part of its id.
    expect(deals?.events[1]).toMatchObject({
      eventId: 'deal:6400002:Proposal/Price Quote',
      amount: { minor: 800_000, currency: 'USD' },
    });
  });
});

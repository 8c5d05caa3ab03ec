import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  identity,
  minimisation,
  REDRIVES_MAX_DEFAULT,
  redriveSlipOf,
  signedRedriveHeader,
} from '@strata/contracts';
import { unkeyedMarker } from '@strata/domain';
import { silentLogger, type TopicRecord } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import { expect, onTestFinished, test } from 'vitest';
import { BatchTally } from './batch-tally.ts';
import { createGate, type GateOutcome } from './gate.ts';
import { createIngest } from './ingest-record.ts';
import { readTopicMaps, type TopicMaps } from './topic-maps.ts';

const source = new MemorySchemaRegistry();
await registerSchemas(source, readSchemaFolder());
const schemas = readSchemaFolder();
const serde = await openTopicSerdes({ source, schemas, clock: { nowMs: () => 0 } });

const BROKEN = `
map: erp
source: erp
currency: CNY
topic: erp.orders
fields: {customerId: buyer, occurredAt: {from: at, formats: epoch-ms}, orderId: no}
events:
  - {type: purchase, eventId: no, amount: {minor: cents}}
  - {type: order-cancelled, eventId: {from: no, suffix: ':void'}, when: {state: void}}
`;
const MENDED = BROKEN.replace('minor: cents', 'minor: fen');
const slip = { letter: 'erp.orders.0.7', redrives: 0, firstSeenAt: 5 };
const SETTINGS = {
  timeMode: 'wall',
  rules: minimisation(),
  identity: identity(),
  recordBytesMax: 65_536,
  redrivesMax: REDRIVES_MAX_DEFAULT,
  groupId: 'g',
  commitIntervalMs: 500,
} as const;

function mapsOf(text: string): TopicMaps {
  const folder = mkdtempSync(join(tmpdir(), 'strata-maps-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'erp.yaml'), text);
  return readTopicMaps(folder);
}

function anOrder(state: string): TopicRecord {
  const order = { no: 'o1', buyer: 'c1', at: 1_767_323_045_678, fen: 500, state };
  const value = new TextEncoder().encode(JSON.stringify(order));
  const headers = signedRedriveHeader(slip, value, unkeyedMarker);
  return {
    topic: 'erp.orders',
    partition: 0,
    offset: 9,
    appendedAt: 10,
    key: null,
    value,
    headers,
  };
}

function passage(map: string, state: string): GateOutcome {
  const settings = { ...SETTINGS, maps: mapsOf(map) };
  const gate = createGate({ serde, markerOf: unkeyedMarker, settings, partitions: 4 });
  return gate(anOrder(state), () => {});
}

/** What is written for an order: key, whose letter it goes on under, and whether it is a tombstone. */
function written(map: string, state: string) {
  const logger = silentLogger;
  const ports = { serde, markerOf: unkeyedMarker, seal: (bytes: Uint8Array) => bytes, logger };
  const settings = { ...SETTINGS, maps: mapsOf(map) };
  const ingest = createIngest(ports, settings, { customerLog: 4, deadLetters: 3 });
  const records = ingest(anOrder(state), new BatchTally('erp.orders'));
  return records.map(({ key, value, headers }) => ({
    key: Buffer.from(key ?? []).toString(),
    slip: redriveSlipOf(headers)?.letter ?? null,
    isTombstone: value === null,
  }));
}

test('the record of a mapped topic fails by the map of its day, and passes once that is mended', () => {
  expect(passage(BROKEN, 'paid')).toMatchObject({ slip, outcome: { kind: 'refused' } });
  const { outcome, slip: found } = passage(MENDED, 'paid');
  expect(outcome).toMatchObject({ routes: [{ record: { event: { eventId: 'o1' } } }] });
  expect(found).toEqual(slip);
});

test('one that is one event goes on under its letter, and the scorer ends that', () => {
  expect(written(MENDED, 'paid')).toEqual([{ key: 'c1', slip: slip.letter, isTombstone: false }]);
});

test('one that becomes several events goes on under letters of their own, and its own has served', () => {
  expect(written(MENDED, 'void')).toEqual([
    { key: 'c1', slip: `${slip.letter}.0`, isTombstone: false },
    { key: 'c1', slip: `${slip.letter}.1`, isTombstone: false },
    { key: slip.letter, slip: null, isTombstone: true },
  ]);
});

test('one that its map leaves out now has served', () => {
  const skipping = `${MENDED}rules: [{when: {state: draft}, skip: not placed}]\n`;
  expect(written(skipping, 'draft')).toEqual([{ key: slip.letter, slip: null, isTombstone: true }]);
});

test('one that is refused again replaces its letter', () => {
  expect(written(BROKEN, 'paid')).toEqual([{ key: slip.letter, slip: null, isTombstone: false }]);
});

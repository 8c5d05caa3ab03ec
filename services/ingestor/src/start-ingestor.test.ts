import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  eventToIntakeJson,
  eventToIntakeWire,
  INTAKE_TOPICS,
  identity,
  letterSubjectOf,
  logRecordToWire,
  TOPICS,
  unpackOriginal,
} from '@strata/contracts';
import type { CustomerEvent, LogRecord } from '@strata/domain';
import { MemoryGroupReader, MemoryLog, MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import { silentLogger } from '@strata/pipeline';
import { openTopicSerdes, readSchemaFolder, registerSchemas } from '@strata/schema-registry';
import { createMetrics, keyedMarker, keyedPseudonyms, unseal } from '@strata/service-runtime';
import { expect, onTestFinished, test } from 'vitest';
import { requirePseudonymKey } from './require-pseudonym-key.ts';
import { startIngestor } from './start-ingestor.ts';
import {
  anIngestor,
  aPurchase,
  at,
  bytes,
  clock,
  json,
  KEY,
  type Letter,
  PARTITIONS,
  partitionOf,
  registry,
  serde,
  settings,
} from './test-ingestor.ts';
import { readTopicMaps, type TopicMaps } from './topic-maps.ts';

test("appends an event in its customer's partition under its id, from JSON and from Avro", async () => {
  const { send, arrived, customerLog } = await anIngestor();
  const avro = serde(TOPICS.purchases).encode(eventToIntakeWire(aPurchase('c2', 'e2')));
  send({ value: json(aPurchase('c1', 'e1')), key: bytes('order-77') });
  send({ topic: TOPICS.purchases, partition: 3, value: avro });
  await arrived(2);
  const found = customerLog().toSorted((a, b) =>
    JSON.stringify(a.read) < JSON.stringify(b.read) ? -1 : 1,
  );
  expect(found.map(({ read }) => read)).toEqual([
    { kind: 'event', event: aPurchase('c1', 'e1') },
    { kind: 'event', event: aPurchase('c2', 'e2') },
  ]);
  expect(found.map(({ partition }) => partition)).toEqual(['c1', 'c2'].map(partitionOf));
  expect(found.map(({ key }) => new TextDecoder().decode(key as Uint8Array))).toEqual(['c1', 'c2']);
});

test('keeps the order of a partition over many batches', async () => {
  const { send, arrived, customerLog } = await anIngestor();
  const ids = Array.from({ length: 3_500 }, (_, index) => `e${index}`);
  send(...ids.map((id) => ({ value: json(aPurchase('c1', id)) })));
  await arrived(ids.length);
  const read = customerLog().map(
    ({ read: record }) => record.kind === 'event' && record.event.eventId,
  );
  expect(read).toEqual(ids);
});

test('reads what an older and a newer producer wrote', async () => {
  const text = readSchemaFolder().find(({ topic }) => topic === TOPICS.events)?.text ?? '';
  const schema = JSON.parse(text) as { fields: { name: string }[] };
  const older = { ...schema, fields: schema.fields.filter(({ name }) => name !== 'channel') };
  const extra = { name: 'store', type: ['null', 'string'], default: null };
  const newer = { ...schema, fields: [extra, ...schema.fields] };
  const { send, arrived, customerLog } = await anIngestor();
  for (const [index, writer] of [older, newer].entries()) {
    const record = {
      topic: 't',
      subject: 's',
      name: 'strata.intake.Event',
      text: JSON.stringify(writer),
    };
    await registerSchemas(registry, [{ ...record, subject: `other-${index}` }]);
    const theirs = await openTopicSerdes({
      source: registry,
      schemas: [{ ...record, subject: `other-${index}` }],
      clock,
    });
    const { name, body } = eventToIntakeWire(aPurchase('c1', `e${index}`));
    send({ value: theirs('t').encode({ name, body: { store: 'x', ...(body as object) } }) });
  }
  await arrived(2);
  expect(customerLog().map(({ read }) => read)).toEqual(
    ['e0', 'e1'].map((id) => ({ kind: 'event', event: aPurchase('c1', id) })),
  );
});

test('in data time an event carries its instant, and a clock mark keeps its partition and its place', async () => {
  const { send, arrived, customerLog } = await anIngestor({ timeMode: 'data' });
  const partition = partitionOf('c1');
  const mark = { partition, value: bytes('{"type":"clock","at":"2026-01-03T00:00:00Z"}') };
  send({ partition, value: json(aPurchase('c1', 'e1')) }, mark, {
    partition,
    value: json(aPurchase('c1', 'e2')),
  });
  await arrived(3);
  const found = customerLog();
  expect(found.map((record) => record.partition)).toEqual([partition, partition, partition]);
  expect(found.map(({ read }) => read)).toEqual([
    { kind: 'event', event: aPurchase('c1', 'e1'), clockAt: at },
    { kind: 'clock', at: Date.parse('2026-01-03T00:00:00Z') },
    { kind: 'event', event: aPurchase('c1', 'e2'), clockAt: at },
  ]);
});

test('in data time an event beside clock marks has to lie in the partition of its customer', async () => {
  const { send, arrived, letters, customerLog } = await anIngestor({ timeMode: 'data' });
  const elsewhere = (partitionOf('c1') + 1) % PARTITIONS;
  send({ partition: elsewhere, value: json(aPurchase('c1', 'e1')) });
  send({ topic: TOPICS.purchases, partition: elsewhere, value: json(aPurchase('c1', 'e2')) });
  await arrived(2);
  expect(letters().map(({ read }) => [read.reason, read.type])).toEqual([
    ['wrong-key', 'purchase'],
  ]);
  expect(customerLog()).toHaveLength(1);
});

test('where data time ends in a partition its events are of wall time: other keys pass, and clock marks do not', async () => {
  const { send, arrived, letters, customerLog } = await anIngestor({ timeMode: 'data' });
  const own = partitionOf('c1');
  const partition = (own + 1) % PARTITIONS;
  const live = bytes('{"type":"go-live","at":"2026-01-03T00:00:00Z","announceFrom":2}');
  const mark = bytes('{"type":"clock","at":"2026-01-04T00:00:00Z"}');
  send({ partition, value: live }, { partition, value: json(aPurchase('c1', 'e1')) });
  send({ partition, value: mark }, { partition: own, value: json(aPurchase('c1', 'e2')) });
  await arrived(4);
  const at = Date.parse('2026-01-03T00:00:00Z');
  const byPartition = customerLog().map(({ partition, read }) => [partition, read] as const);
  expect(byPartition).toContainEqual([partition, { kind: 'went-live', at, announceFrom: 2 }]);
  expect(byPartition).toContainEqual([own, { kind: 'event', event: aPurchase('c1', 'e1') }]);
  const inData = {
    kind: 'event',
    event: aPurchase('c1', 'e2'),
    clockAt: aPurchase('c1', 'e2').occurredAt,
  };
  expect(byPartition).toContainEqual([own, inData]);
  expect(letters().map(({ read }) => read.reason)).toEqual(['clock-not-allowed']);
});

test.each([
  {
    value: '{"type":"go-live","at":"2026-01-03T00:00:00Z"}',
    topic: TOPICS.purchases,
    reason: 'clock-not-allowed',
  },
  { value: '{"type":"go-live","at":"tomorrow"}', topic: TOPICS.events, reason: 'bad-time' },
  { value: '{"type":"go-live"}', topic: TOPICS.events, reason: 'missing-field' },
  {
    value: '{"type":"go-live","at":"2026-01-03T00:00:00Z","announceFrom":-1}',
    topic: TOPICS.events,
    reason: 'bad-field',
  },
])('$value on $topic is refused as $reason', async ({ value, topic, reason }) => {
  const { send, arrived, letters } = await anIngestor({ timeMode: 'data' });
  send({ topic, value: bytes(value) });
  await arrived(1);
  expect(letters().map(({ read }) => read.reason)).toEqual([reason]);
});

test('an event of kind clock is an event', async () => {
  const { send, arrived, customerLog } = await anIngestor();
  const event: CustomerEvent = {
    type: 'engagement',
    source: 'app',
    eventId: 'e1',
    customerId: 'c1',
    occurredAt: at,
    kind: 'clock',
    weight: 1,
  };
  send({ value: json(event) });
  await arrived(1);
  expect(customerLog()[0]?.read).toEqual({ kind: 'event', event });
});

test('a letter says by markers whom it is about, and when it happened, where that can be read', async () => {
  const { send, arrived, letters } = await anIngestor();
  const occurredAt = '2026-02-03T04:05:06Z';
  const raw = eventToIntakeJson(aPurchase('c1', 'e1'));
  const bad = { ...raw, occurredAt, amount: { minor: -1, currency: 'CNY' } };
  const referral = {
    type: 'referral',
    source: 'app',
    eventId: '',
    customerId: 7,
    occurredAt: '2026-01-02T03:04:05Z',
    referredCustomerId: 'c2',
  };
  const text = (value: object) => bytes(JSON.stringify(value));
  send({ value: text(bad) }, { value: text(referral) }, { value: bytes('{') });
  await arrived(3);
  const markerOf = keyedMarker(KEY);
  const subjects = letters()
    .toSorted((a, b) => a.read.offset - b.read.offset)
    .map(({ headers }) => letterSubjectOf(headers));
  expect(subjects).toEqual([
    { markers: [markerOf('c1')], occurredAt: Date.parse(occurredAt) },
    {
      markers: [markerOf('7'), markerOf('c2')],
      occurredAt: Date.parse('2026-01-02T03:04:05Z'),
    },
    { markers: [], occurredAt: null },
  ]);
  expect(JSON.stringify(subjects)).not.toContain('"c1"');
});

test('a letter tells nothing of what the record said', async () => {
  const { send, arrived, letters } = await anIngestor();
  const event = {
    ...eventToIntakeJson(aPurchase('Li-Na-secret', 'e1')),
    orderId: 17,
    hobby: 'go-secret',
  };
  send({ value: bytes(JSON.stringify(event)) });
  await arrived(1);
  const [letter] = letters();
  expect(Buffer.from(letter?.value as Uint8Array).includes('secret')).toBe(false);
});

test('cuts what no letter could hold, and tells its size', async () => {
  const { send, arrived, letters } = await anIngestor();
  send({ value: bytes(`{"type":"purchase","category":"${'x'.repeat(5_000_000)}"}`) });
  await arrived(1);
  const [letter] = letters() as [Letter];
  const { reason, sizeBytes, sealed } = letter.read;
  expect(reason).toBe('too-large');
  expect(sizeBytes).toBeGreaterThan(5_000_000);
  expect(unpackOriginal(unseal(KEY, sealed)).value).toHaveLength(4_194_304);
});

test('brings a batch again when the log did not acknowledge it, and counts it once', async () => {
  let failures = 2;
  const { send, arrived, customerLog, metrics } = await anIngestor({
    writer: (log) => {
      const writer = new MemoryLogWriter(log);
      return {
        send: (records) => {
          failures -= 1;
          return failures >= 0 ? Promise.reject(new Error('lost')) : writer.send(records);
        },
        close: () => writer.close(),
      };
    },
  });
  send({ value: json(aPurchase('c1', 'e1')) }, { value: bytes('{}') });
  await arrived(2);
  expect(customerLog()).toHaveLength(1);
  await nextTurn();
  const text = await metrics.text();
  expect(text).toContain(
    `strata_ingestor_records_total{topic="${TOPICS.events}",outcome="appended"} 1`,
  );
  expect(text).toContain(
    'strata_ingestor_dead_letters_total{reason="missing-field",source="unknown"',
  );
});

test('does not start where clock marks would reach the wrong customers', async () => {
  const log = new MemoryLog(clock);
  for (const topic of [...INTAKE_TOPICS, TOPICS.deadLetters]) log.createTopic(topic, 2);
  log.createTopic(TOPICS.customerLog, 4);
  const ports = {
    group: new MemoryGroupReader(log),
    reader: new MemoryLogReader(log),
    writer: new MemoryLogWriter(log),
    serde,
    seal: (original: Uint8Array) => original,
    markerOf: keyedMarker(KEY),
    clock,
    metrics: createMetrics({ withProcess: false }),
    logger: silentLogger,
    onFatal: () => {},
  };
  await expect(startIngestor(ports, settings)).rejects.toThrow('has 2 partitions');
});

const ERP_MAP = `
map: erp
source: erp
currency: CNY
topic: erp.orders
rules: [{when: {state: draft}, skip: not placed}]
fields: {customerId: buyer.id, occurredAt: {from: at, formats: epoch-ms}, orderId: no}
events:
  - {type: purchase, eventId: no, amount: {minor: fen}}
  - {type: order-cancelled, eventId: {from: no, suffix: ':void'}, when: {state: void}}
`;

function mapsOf(...texts: readonly string[]): TopicMaps {
  const folder = mkdtempSync(join(tmpdir(), 'strata-maps-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}.yaml`), text);
  return readTopicMaps(folder);
}

test('a record of a mapped topic becomes all of its events, is left out, or is a dead letter as it came', async () => {
  const maps = mapsOf(ERP_MAP, 'map: files\ninput: {format: ndjson}\nevents: as-is\n');
  const { send, arrived, customerLog, letters, metrics } = await anIngestor({ maps });
  const order = (no: string | number, state: string, fen: number) =>
    `{"no":${JSON.stringify(no)},"state":"${state}","fen":${fen},"at":${at},"buyer":{"id":9007199254740993}}`;
  const texts = [
    order('o1', 'paid', 500),
    order('o2', 'draft', 500),
    order('o3', 'void', 700),
    order('o4', 'paid', -1),
    order('o'.repeat(300), 'paid', 1),
    '{"no":',
  ];
  send(...texts.map((text) => ({ topic: 'erp.orders', partition: 1, value: bytes(text) })));
  await arrived(6);
  const events = customerLog().map(({ read }) => read.kind === 'event' && read.event);
  expect(events).toMatchObject([
    // Its number has more digits than a double: it is read as they are written.
    { type: 'purchase', eventId: 'o1', customerId: '9007199254740993', occurredAt: at },
    { type: 'purchase', eventId: 'o3', amount: { minor: 700, currency: 'CNY' } },
    { type: 'order-cancelled', eventId: 'o3:void' },
  ]);
  const read = letters().map((letter) => letter.read);
  const told = read.map(({ offset, reason, detail }) => [offset, reason, detail]);
  expect(told.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
    [3, 'bad-price', 'fen'],
    [4, 'bad-field', 'no'],
    [5, 'not-json', null],
  ]);
  for (const { topic, partition, offset, sealed } of read) {
    expect([topic, partition]).toEqual(['erp.orders', 1]);
    expect(unpackOriginal(unseal(KEY, sealed)).value).toEqual(Buffer.from(texts[offset] ?? ''));
  }
  await nextTurn();
  const text = await metrics.text();
  for (const line of [
    'strata_ingestor_records_total{topic="erp.orders",outcome="appended"} 2',
    'strata_ingestor_records_total{topic="erp.orders",outcome="skipped"} 1',
    'strata_ingestor_records_total{topic="erp.orders",outcome="refused"} 3',
    'strata_ingestor_mapped_events_total{topic="erp.orders"} 3',
    'strata_ingestor_skipped_records_total{topic="erp.orders",reason="not placed"} 1',
  ]) {
    expect(text).toContain(line);
  }
});

test('does not start on mapping files that are wrong, clash, or name no topic', () => {
  expect(() => mapsOf(ERP_MAP.replace('purchase', 'purchases'))).toThrow(
    /0\.yaml:9:\d+: events\[0\]\.type: 'purchases' is not one of the choices/,
  );
  expect(() => mapsOf(ERP_MAP, ERP_MAP)).toThrow('another mapping file reads the topic erp.orders');
  expect(() => mapsOf('map: m\ninput: {format: ndjson}\nevents: as-is\n')).toThrow('names a topic');
  expect(() => readTopicMaps('/nowhere/maps')).toThrow('cannot be read');
});

test('puts every id under a pseudonym, wherever a record names one, and its letters under its marker', async () => {
  const pseudonyms = keyedPseudonyms(new Uint8Array(32).fill(9));
  const markerOf = keyedMarker(KEY);
  const { send, arrived, customerLog, letters } = await anIngestor({
    identity: identity({ spaces: ['desk'], pseudonyms }),
  });
  const visit = { ...eventToIntakeJson(aPurchase('c1', 'e1')), customerId: undefined, guest: '9f' };
  const link = { type: 'link', source: 'crm', eventId: 'l1', customerId: 'c1', linkedId: '17' };
  const decided = { reason: 'r', actor: 'a' };
  const text = (raw: object) => ({ value: bytes(JSON.stringify(raw)) });
  const linkedAt = { linkedSource: 'desk', occurredAt: '2026-01-02T03:04:05Z' };
  send(
    { value: json(aPurchase('c1', 'e0')) },
    text(visit),
    text({ ...link, ...linkedAt }),
    text({ type: 'erased', erasureId: 'd1', customerId: 'c1', ...decided }),
    text({ type: 'merge-asked', mergeId: 'm1', survivorId: 'c1', otherId: 'desk:17', ...decided }),
    text({ ...eventToIntakeJson(aPurchase('17', 'e2')), source: 'desk', orderId: 5 }),
  );
  await arrived(6);
  const [c1, guest, desk] = ['c1', 'guest:9f', 'desk:17'].map(pseudonyms.of) as [
    string,
    string,
    string,
  ];
  const found = customerLog();
  const keys = found.map(({ key }) => new TextDecoder().decode(key as Uint8Array));
  expect(keys.toSorted()).toEqual([c1, c1, c1, c1, guest].toSorted());
  expect(found.map(({ partition }) => partition)).toEqual(keys.map(partitionOf));
  const said = JSON.stringify(found.map(({ read }) => read));
  expect(said).toContain(desk);
  for (const id of ['"c1"', '9f', 'desk:17', '"17"']) expect(said).not.toContain(id);
  const [letter] = letters() as [Letter];
  expect(letterSubjectOf(letter.headers).markers).toEqual([markerOf(desk)]);
});

test.each([
  { opened: 7, given: 9, refused: true },
  { opened: 7, given: null, refused: true },
  { opened: null, given: 9, refused: true },
  { opened: 7, given: 7, refused: false },
  { opened: null, given: null, refused: false },
])('goes on under the pseudonyms that the stack was opened with: $opened, $given', async (row) => {
  const [opened, given] = [row.opened, row.given].map((fill) =>
    fill === null ? null : keyedPseudonyms(new Uint8Array(32).fill(fill)),
  );
  const record = {
    kind: 'stack-opened',
    time: 'wall',
    partitions: PARTITIONS,
    ledgerHorizonDays: 800,
    ...(opened ? { pseudonymKeyId: opened.keyId } : {}),
  } as const;
  const reader = await aLogOf([{ key: null, record }]);
  const starting = requirePseudonymKey(
    reader,
    serde(TOPICS.customerLog),
    identity({ pseudonyms: given ?? null }),
  );
  if (row.refused) await expect(starting).rejects.toThrow('set STRATA_INGESTOR_PSEUDONYM_KEY');
  else await starting;
});

test('where the opening has gone, the names in the log show whether the key is theirs', async () => {
  const [own, other] = [7, 9].map((fill) => keyedPseudonyms(new Uint8Array(32).fill(fill)));
  const gone = { value: null, key: null } as const;
  const named = (customerId: string) => ({
    key: bytes(customerId),
    record: { kind: 'event', event: aPurchase(customerId, 'e1') } as const,
  });
  const key = serde(TOPICS.customerLog);
  const under = async (customerId: string, pseudonyms: typeof own | null) =>
    requirePseudonymKey(
      await aLogOf([gone, named(customerId)]),
      key,
      identity({ pseudonyms: pseudonyms ?? null }),
    );
  const name = own?.of('c1') ?? '';
  await under(name, own);
  await under('c1', null);
  await expect(under(name, other)).rejects.toThrow('STRATA_INGESTOR_PSEUDONYM_KEY');
  await expect(under(name, null)).rejects.toThrow('STRATA_INGESTOR_PSEUDONYM_KEY');
  await expect(under('c1', own)).rejects.toThrow('STRATA_INGESTOR_PSEUDONYM_KEY');
});

/** One partition of a customer log; a record without a value stands for what retention took. */
async function aLogOf(
  records: readonly { key: Uint8Array | null; record?: LogRecord }[],
): Promise<MemoryLogReader> {
  const log = new MemoryLog(clock);
  log.createTopic(TOPICS.customerLog, 1);
  const topic = TOPICS.customerLog;
  log.append(
    records.map(({ key, record }) => {
      const value = record === undefined ? null : serde(topic).encode(logRecordToWire(record));
      return { topic, partition: 0, key, value, headers: {} };
    }),
  );
  return new MemoryLogReader(log);
}

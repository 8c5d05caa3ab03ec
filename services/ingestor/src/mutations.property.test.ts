import {
  deadLetterFromWire,
  eventToIntakeWire,
  INTAKE_EXAMPLES,
  INTAKE_TOPICS,
  isDeadLetterReason,
  logRecordFromWire,
  readIntakeEvent,
  TOPICS,
} from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES, type CustomerEventType, TIME_MODES } from '@strata/domain';
import { MemoryGroupReader, MemoryLog, MemoryLogReader } from '@strata/memory';
import {
  type OutgoingRecord,
  ReadingPlaces,
  silentLogger,
  type TopicRecord,
} from '@strata/pipeline';
import { createMetrics, keyedMarker, seal } from '@strata/service-runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIngestorMetrics } from './metrics.ts';
import { Appender } from './steps/append.ts';
import { at, bytes, clock, KEY, PARTITIONS, serde, settings } from './test-ingestor.ts';
import { createTopology } from './topology.ts';

/**
 * Sound records with a few random harms: of bytes, and of the object that they say. Whatever comes of them is one
 * record in the log or one letter with a reason; nothing throws, and nothing hangs.
 */

const HARMS_MAX = 4;
const RUNS = Number(process.env['STRATA_MODEL_CASES'] ?? '1500');

function wireOf(type: CustomerEventType) {
  const read = readIntakeEvent(INTAKE_EXAMPLES.get(type) ?? {});
  if (read.kind !== 'event') throw new Error(`The example of ${type} is refused.`);
  return eventToIntakeWire(read.event);
}

const type = fc.constantFrom(...CUSTOMER_EVENT_TYPES);
const topic = fc.constantFrom(...INTAKE_TOPICS);
const harm = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('set', 'insert', 'cut', 'repeat', 'drop'),
  noise: fc.uint8Array({ minLength: 1, maxLength: 12 }),
});
type Harm = typeof harm extends fc.Arbitrary<infer T> ? T : never;

function harmed(value: Uint8Array, { place, kind, noise }: Harm): Uint8Array {
  const from = Math.floor(place * value.length);
  const head = value.subarray(0, from);
  const tail = value.subarray(from);
  switch (kind) {
    case 'set':
      return Buffer.concat([head, noise, tail.subarray(noise.length)]);
    case 'insert':
      return Buffer.concat([head, noise, tail]);
    case 'cut':
      return head;
    case 'repeat':
      return Buffer.concat([head, tail.subarray(0, noise.length), tail]);
    case 'drop':
      return Buffer.concat([head, tail.subarray(noise.length)]);
  }
}

/** Values that other systems send where ours expects another. */
const nasty = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('', ' ', '\u0000', '\ud800', '-0', 'NaN', 'null', '__proto__', 'CNY', 'low'),
  fc.constantFrom(-1, -0, 0.1 + 0.2, 1e-7, 5e-324, 2 ** 53 - 1, -(2 ** 53), 1e21),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);
const PATHS = [
  ...new Set([...INTAKE_EXAMPLES.values()].flatMap((example) => Object.keys(example))),
  'amount.minor',
  'amount.currency',
  'attributes.segment',
  'attributes.roles',
];
const change = fc.tuple(
  fc.oneof(fc.constantFrom(...PATHS), fc.string({ maxLength: 12 })),
  fc.option(nasty, { nil: undefined }),
);

function changed(
  example: Readonly<Record<string, unknown>>,
  changes: readonly (readonly [string, unknown])[],
): Record<string, unknown> {
  const event = structuredClone(example) as Record<string, unknown>;
  for (const [path, value] of changes) {
    const [name = '', inner] = path.split('.');
    const place = inner === undefined ? event : event[name];
    if (typeof place !== 'object' || place === null) continue;
    Object.defineProperty(place, inner ?? name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return event;
}

const ofJson = fc
  .tuple(type, fc.array(change, { maxLength: HARMS_MAX }))
  .map(([of, changes]) => bytes(JSON.stringify(changed(INTAKE_EXAMPLES.get(of) ?? {}, changes))));
const ofAvro = type.map((of) => serde(TOPICS.events).encode(wireOf(of)));
const value = fc
  .tuple(fc.oneof(ofJson, ofAvro), fc.array(harm, { maxLength: HARMS_MAX }))
  .map(([sound, harms]) => harms.reduce(harmed, sound));
const headers = fc.oneof(
  fc.constant({}),
  fc.constantFrom('application/json', 'avro/binary', 'text/plain').map((name) => ({
    'content-type': bytes(name),
  })),
  fc.dictionary(fc.string({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), { maxKeys: 3 }),
);

const record = fc.record({
  topic,
  partition: fc.nat({ max: PARTITIONS - 1 }),
  offset: fc.nat(),
  appendedAt: fc.constant(at),
  key: fc.option(fc.uint8Array({ maxLength: 20 })),
  value: fc.option(value, { freq: 50 }),
  headers,
});

async function endOf(timeMode: (typeof TIME_MODES)[number], one: TopicRecord) {
  const out: OutgoingRecord[] = [];
  const log = new MemoryLog(clock);
  const appender = new Appender({
    send: async (records) => void out.push(...records),
    close: async () => {},
  });
  const onBatch = createTopology(
    {
      group: new MemoryGroupReader(log),
      reader: new MemoryLogReader(log),
      writer: { send: async () => {}, close: async () => {} },
      serde,
      seal: (original) => seal(KEY, original),
      markerOf: keyedMarker(KEY),
      clock,
      metrics: createMetrics({ withProcess: false }),
      logger: silentLogger,
      onFatal: () => {},
    },
    { ...settings, timeMode },
    {
      appender,
      metrics: createIngestorMetrics(createMetrics({ withProcess: false }), () => []),
      places: new ReadingPlaces(),
      partitions: { customerLog: PARTITIONS, deadLetters: 3 },
    },
  );
  const batch = {
    topic: one.topic,
    partition: one.partition,
    records: [one],
    nextOffset: one.offset + 1,
    logEnd: one.offset + 1,
    isOwned: () => true,
    heartbeat: async () => {},
  };
  expect(await onBatch(batch)).toBe('done');
  return out;
}

test.each(TIME_MODES)('in %s time a harmed record ends in the log or as a letter', async (mode) => {
  const seen = { log: 0, letters: 0 };
  await fc.assert(
    fc.asyncProperty(record, async (one) => {
      const [end, ...more] = await endOf(mode, one);
      expect(more).toEqual([]);
      const { topic: to, value: written, partition } = end as OutgoingRecord;
      expect(partition).toBeLessThan(PARTITIONS);
      if (to === TOPICS.customerLog) {
        seen.log += 1;
        logRecordFromWire(serde(to).decode(written as Uint8Array));
        return;
      }
      seen.letters += 1;
      const letter = deadLetterFromWire(serde(TOPICS.deadLetters).decode(written as Uint8Array));
      expect(isDeadLetterReason(letter.reason)).toBe(true);
      expect(letter.id).toBe(`${one.topic}.${one.partition}.${one.offset}`);
    }),
    { numRuns: RUNS },
  );
  // Both ends are reached, or the harms say little.
  expect(seen.log).toBeGreaterThan(RUNS / 50);
  expect(seen.letters).toBeGreaterThan(RUNS / 4);
});

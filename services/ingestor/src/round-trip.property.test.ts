import {
  eventToIntakeJson,
  eventToIntakeWire,
  INTAKE_TOPICS,
  intakeWireToRaw,
  logRecordFromWire,
  logRecordToWire,
  minimisation,
  parseStrictJson,
  readIntakeEvent,
  TOPICS,
} from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES, type CustomerEvent, SEVERITIES } from '@strata/domain';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/**
 * Every event that the contract allows comes through JSON, the intake's Avro and the customer log
 * as it was.
 */

const registry = new MemorySchemaRegistry();
await registerSchemas(registry, readSchemaFolder());
const serde = await openTopicSerdes({
  source: registry,
  schemas: readSchemaFolder(),
  clock: { nowMs: () => 0 },
  untrusted: INTAKE_TOPICS,
});

const rules = minimisation();
// oxlint-disable-next-line no-control-regex
const hasControl = /[\u0000-\u001f\u007f]/;
const id = fc
  .string({ minLength: 1, maxLength: 40, unit: 'binary' })
  .filter((text) => text.length <= 256 && !hasControl.test(text));
const text = fc.string({ maxLength: 40, unit: 'grapheme' });
const decimal = fc.integer({ min: 0, max: 1_000_000_000 }).map((milli) => milli / 1_000);
const money = fc.record({
  minor: fc.integer({ min: 0, max: 9_000_000_000_000_000 }),
  currency: fc.constantFrom('CNY', 'JPY', 'BHD', 'USD'),
});
const order = { orderSource: id, orderId: id };
const attribute = fc.oneof(text, fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.array(text));

const own: Record<CustomerEvent['type'], fc.Arbitrary<object>> = {
  purchase: fc.record(
    { ...order, amount: money, category: text },
    { requiredKeys: ['orderSource', 'orderId', 'amount'] },
  ),
  refund: fc.oneof(fc.record({ amount: money }), fc.record({ ...order, amount: money })),
  'order-cancelled': fc.record(order),
  'order-reinstated': fc.record(order),
  complaint: fc.record({ ticketId: id, severity: fc.constantFrom(...SEVERITIES) }),
  'complaint-resolved': fc.record(
    { ticketId: id, satisfaction: decimal },
    { requiredKeys: ['ticketId'] },
  ),
  feedback: fc.record({ score: decimal, scale: decimal.map((scale) => scale + 1) }),
  engagement: fc.record({ kind: id, weight: decimal }),
  referral: fc.record({ referredCustomerId: id }),
  interaction: fc.record({ kind: id, ownerId: id, purpose: text }, { requiredKeys: ['kind'] }),
  opportunity: fc.record({ stage: id, amount: money }, { requiredKeys: ['stage'] }),
  profile: fc.record({
    attributes: fc.dictionary(fc.constantFrom(...rules.attributes), attribute),
  }),
  link: fc.record({ linkedId: id, reason: id, actor: id }, { requiredKeys: ['linkedId'] }),
};

const base = fc.record(
  {
    source: id,
    eventId: id,
    customerId: id,
    occurredAt: fc.integer({ min: 0, max: 253_402_300_799_999 }),
    channel: text,
  },
  { requiredKeys: ['source', 'eventId', 'customerId', 'occurredAt'] },
);

function eventOf(type: CustomerEvent['type']): fc.Arbitrary<CustomerEvent> {
  return fc
    .tuple(base, own[type])
    .map(([common, fields]) => ({ type, ...common, ...fields }) as CustomerEvent);
}

test.each(CUSTOMER_EVENT_TYPES)('%s comes through unchanged', (type) => {
  fc.assert(
    fc.property(eventOf(type), fc.boolean(), (event, hasClock) => {
      const raw = parseStrictJson(Buffer.from(JSON.stringify(eventToIntakeJson(event))));
      const fromJson = readIntakeEvent(raw, { instants: 'rfc3339', rules });
      // JSON has no negative zero.
      const expected = JSON.parse(JSON.stringify(event)) as CustomerEvent;
      expect(fromJson).toMatchObject({ kind: 'event', event: expected });

      const intake = serde(TOPICS.events);
      const decoded = intakeWireToRaw(intake.decode(intake.encode(eventToIntakeWire(expected))));
      const fromAvro = readIntakeEvent(decoded, { instants: 'epoch-ms', rules });
      expect(fromAvro).toStrictEqual(fromJson);
      if (fromAvro.kind !== 'event') throw new Error('refused');

      const log = serde(TOPICS.customerLog);
      const clockAt = hasClock ? { clockAt: event.occurredAt } : {};
      const record = { kind: 'event', event: fromAvro.event, ...clockAt } as const;
      const back = logRecordFromWire(log.decode(log.encode(logRecordToWire(record))));
      expect(back).toStrictEqual(record);
    }),
  );
});

test('no bytes make a reader of the intake throw anything but a refusal', () => {
  const intake = serde(TOPICS.events);
  const event = fc.sample(eventOf('profile'), { numRuns: 1, seed: 1 })[0] as CustomerEvent;
  const sound = intake.encode(eventToIntakeWire(event));
  const harm = fc.tuple(
    fc.integer({ min: 5, max: sound.length - 1 }),
    fc.uint8Array({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(harm, ([from, noise]) => {
      const bytes = Buffer.concat([
        sound.subarray(0, from),
        noise,
        sound.subarray(from + noise.length),
      ]);
      try {
        const raw = intakeWireToRaw(intake.decode(bytes));
        expect(['event', 'refused']).toContain(
          readIntakeEvent(raw, { instants: 'epoch-ms', rules }).kind,
        );
      } catch (error) {
        expect(error).toMatchObject({ name: 'SerdeFault' });
      }
    }),
    { numRuns: 2_000 },
  );
});

test('the other records of the customer log come through, too', () => {
  const log = serde(TOPICS.customerLog);
  const policies = [{ name: 'shop', ladder: ['bronze'], labels: { bronze: { zh: '铜' } } }];
  const borders = [
    { atMost: 1_000, lastId: null },
    { atMost: 9_000_000_000_000_000, lastId: '林记茶行' },
  ];
  const calibrated = { policy: 'shop', population: 4_338, minimumPopulation: 500 };
  const purchases = { r: 0.242_592_907_152_243_4, alpha: 30.9, a: 0.79, b: 2.43 };
  const [p, q, v] = [6.25, 3.74, 1_544.1];
  const calibration = {
    id: 'cd34',
    setId: 'ab12',
    at: 1_767_323_045_678,
    dimensions: [
      { ...calibrated, dimension: 'frequency', borders },
      { ...calibrated, dimension: 'recency', borders: null },
    ],
    models: [
      { ...calibrated, dimension: 'value', model: { purchases, spend: { p, q, v } }, why: null },
      { ...calibrated, dimension: 'alive', model: { purchases, spend: null }, why: null },
      { ...calibrated, dimension: 'worth', model: null, why: 'did-not-converge' },
    ],
  };
  const share = { ...calibrated, shareMilli: 800, revenueMinor: 2 ** 60 };
  const border = { scoreMilli: -1_500, customers: 17, revenueMinor: 2 ** 59 };
  const tiers = [
    { ...share, tier: 'silver', of: 'revenue', border },
    { ...share, tier: 'gold', of: 'population', border: null },
  ];
  const table = {
    id: 'ef56',
    number: 17,
    rows: [{ day: 20_458, from: 'USD', to: 'CNY', rate: '7.1234' }],
  };
  const records = [
    { kind: 'stack-opened', time: 'data', partitions: 32, ledgerHorizonDays: 800 },
    {
      kind: 'stack-opened',
      time: 'wall',
      partitions: 1,
      ledgerHorizonDays: 800,
      pseudonymKeyId: 'ab12',
    },
    { kind: 'clock', at: 1_767_323_045_678 },
    { kind: 'tick', customerIds: ['c1', '林记茶行'] },
    { kind: 'policy-activated', set: { id: 'ab12', policies } },
    { kind: 'rates-published', table },
    { kind: 'rates-corrected', table: { ...table, rows: [] } },
    { kind: 'calibrated', calibration },
    { kind: 'calibrated', calibration: { ...calibration, tiers } },
  ];
  for (const record of records) {
    const wire = logRecordToWire(record as Parameters<typeof logRecordToWire>[0]);
    expect(logRecordFromWire(log.decode(log.encode(wire)))).toEqual(record);
  }
});

import { CUSTOMER_EVENT_TYPES, type CustomerEventType, SEVERITIES } from '@strata/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definitionOf } from './event-definitions.ts';
import { INSTANT_FORMS } from './fields.ts';
import { readBySchema, readIntakeEvent } from './intake-event.ts';
import { minimisation } from './minimisation.ts';
import { plainReader } from './plain-event.ts';

/** The plain way and the schema's are one: whatever comes, they say the same of it. */

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, '', ' ', 'a\u0000b', '\ud800', 'x'.repeat(257)),
  fc.constantFrom<unknown>('x'.repeat(1_025), -0, -1, 0.5, 1.000_5, 2 ** 53, 9e15 + 2, 1e9 + 1),
  fc.constantFrom<unknown>(Number.NaN, Infinity, true, [], {}, [1], ['a'], 'XXX', 'cny'),
  fc.constantFrom<unknown>({ minor: 1 }, { currency: 'CNY', minor: 1.5 }, { a: null }),
  fc.constantFrom<unknown>('2026-02-29T00:00:00Z', '1969-12-31T23:59:59Z', 253_402_300_800_000),
  fc.anything(),
);
const id = fc.oneof(
  fc.string({ minLength: 1, maxLength: 9 }),
  fc.constantFrom('客户', '\u{1f375}'),
);
const decimal = fc.integer({ min: 0, max: 9_999 }).map((milli) => milli / 1_000);
const money = fc.record({ minor: fc.nat(), currency: fc.constantFrom('CNY', 'JPY', 'USD') });
const attribute = fc.oneof(id, decimal, fc.array(id, { maxLength: 3 }));
const instant = fc.oneof(
  fc.constantFrom('2026-01-02T03:04:05.678Z', '2024-02-29T23:59:59+08:00', '2026-01-02t03:04:05z'),
  fc.nat(),
);
/** Soundly filled for the types that have them; for the others they are fields nobody knows. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  source: id,
  eventId: id,
  customerId: id,
  occurredAt: instant,
  channel: id,
  orderId: id,
  orderSource: id,
  amount: money,
  category: id,
  ticketId: id,
  severity: fc.constantFrom(...SEVERITIES),
  satisfaction: decimal,
  score: decimal,
  scale: decimal,
  kind: id,
  weight: decimal,
  referredCustomerId: id,
  ownerId: id,
  purpose: id,
  stage: id,
  attributes: fc.dictionary(
    fc.constantFrom('segment', 'roles', 'shareOfWallet', 'age', 'Hobbies', 'region'),
    attribute,
  ),
  hobbies: id,
  guest: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: id }),
  linkedId: id,
  linkedSource: id,
  reason: id,
  actor: id,
};
const sound = fc.record(FIELDS, {
  requiredKeys: ['source', 'eventId', 'customerId', 'occurredAt'],
});
const harm = fc.dictionary(
  fc.constantFrom(...Object.keys(FIELDS), 'amount.minor', 'attributes.region', 'new'),
  odd,
  { maxKeys: 2 },
);
const settings = fc.record({
  onForbidden: fc.constantFrom('drop' as const, 'refuse' as const),
  forbidden: fc.constantFrom({ hobbies: ['hobbies'] }, { fields: ['category', 'minor', 'region'] }),
});

/** A path with a dot reaches inside. */
function harmed(raw: Readonly<Record<string, unknown>>, faults: Readonly<Record<string, unknown>>) {
  const result: Record<string, unknown> = structuredClone(raw);
  for (const [path, value] of Object.entries(faults)) {
    const [name = '', inner] = path.split('.');
    if (inner === undefined) result[name] = value;
    else if (typeof result[name] === 'object' && result[name] !== null) {
      result[name] = { ...result[name], [inner]: value };
    }
  }
  return result;
}

test.each(CUSTOMER_EVENT_TYPES)('a %s is read as the schema reads it', (type) => {
  fc.assert(
    fc.property(sound, harm, settings, (fields, faults, wanted) => {
      const raw = { ...harmed(fields, faults), type };
      const rules = minimisation(wanted);
      for (const instants of INSTANT_FORMS) {
        const bySchema = readBySchema(raw, { instants, rules });
        expect(readIntakeEvent(raw, { instants, rules })).toStrictEqual(bySchema);
      }
    }),
    { numRuns: 1_000 },
  );
});

test.each(CUSTOMER_EVENT_TYPES)('a sound %s does not need the schema', (type) => {
  const names = new Set(['type', ...Object.keys(FIELDS)]);
  const wanted = [...namesOf(type)];
  const whole = fc.record({ ...FIELDS, occurredAt: fc.nat(), scale: fc.constant(10) });
  fc.assert(
    fc.property(whole, (fields: Readonly<Record<string, unknown>>) => {
      const own = Object.fromEntries(wanted.map((name) => [name, fields[name]]));
      if (type === 'profile') own['attributes'] = { segment: 'retail' };
      const read = plainReader(definitionOf(type), 'epoch-ms', names);
      expect(read({ ...own, type }, minimisation())?.kind).toBe('event');
    }),
    { numRuns: 20 },
  );
});

function namesOf(type: CustomerEventType): readonly string[] {
  return [
    'source',
    'eventId',
    'customerId',
    'occurredAt',
    ...Object.keys(definitionOf(type).shape),
  ];
}

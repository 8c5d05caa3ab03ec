import {
  INTAKE_EXAMPLES,
  intakeJsonSchema,
  parseStrictJson,
  readIntakeEvent,
  type TierChangeEvent,
  tierChangeHeaders,
  tierChangeToJson,
} from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES, type CustomerEventType } from '@strata/domain';
import { type BadRecord, readBadRecords, sentBadRecord } from '@strata/ingestor/builders';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { readText } from './repository.ts';

/**
 * The published JSON Schemas against the code: a producer that holds to them is understood, and what they refuse is
 * refused here, too.
 */

const ajv = new Ajv({ strict: false, allErrors: false });
addFormats.default(ajv);

const intake = new Map(
  CUSTOMER_EVENT_TYPES.map((type) => [type, ajv.compile(intakeJsonSchema(type))]),
);

test.each([...INTAKE_EXAMPLES])('the example of %s keeps to its schema', (type, example) => {
  expect(intake.get(type)?.(example)).toBe(true);
  const { customerId: _, ...nobody } = example;
  expect(intake.get(type)?.(nobody)).toBe(false);
});

/** What no JSON Schema of draft 7 can tell, or no producer should have to read. */
const BEYOND_A_SCHEMA =
  /4 decimals|half a character|leap second|1970|last year|that nobody pays in|for tests|^gold$|that is no more|no currency|no code/;

const json = readBadRecords().filter(
  (bad): bad is BadRecord & { like: CustomerEventType } =>
    bad.like !== undefined && bad.form === undefined && bad.topic === undefined,
);
const context = {
  index: 1,
  at: Date.parse('2026-01-02T03:04:05.678Z'),
  encode: () => new Uint8Array(),
  partitions: () => 1,
  partitionOf: () => 0,
};

test('the schema and the contract agree about every bad record that is JSON', () => {
  const disagreed = json.flatMap((bad) => {
    const { value } = sentBadRecord(bad, context);
    const raw = parseStrictJson(value ?? new Uint8Array());
    const read = readIntakeEvent(raw).kind === 'event';
    const isOfType = raw['type'] === bad.like;
    const kept = isOfType && intake.get(bad.like)?.(raw) === true;
    return read === kept ? [] : [{ why: bad.why, read, kept }];
  });
  const stricter = disagreed.filter(({ kept }) => !kept);
  const laxer = disagreed.filter(({ kept, why }) => kept && !BEYOND_A_SCHEMA.test(why));
  expect({ stricter, laxer }).toEqual({ stricter: [], laxer: [] });
  expect(json.length).toBeGreaterThan(150);
});

const whole: TierChangeEvent = {
  id: '3.1042.0',
  partition: 3,
  epoch: 1,
  seq: 7,
  customerId: 'c1',
  customerSeq: 4,
  type: 'demoted',
  fromTier: 'gold',
  toTier: 'silver',
  fromPolicy: 'prospects',
  labels: { gold: { zh: '金牌客户', en: 'Gold' }, silver: { zh: null, en: 'Silver' } },
  segment: 'champions',
  cause: { kind: 'time', ref: 'e1' },
  policy: 'shop',
  policyVersion: 3,
  score: 290.1,
  dimensions: [
    { name: 'recency', value: 91, points: 2, weight: 25, borderBelow: 180, borderAbove: 90 },
    { name: 'value', value: null, points: 0, weight: 1, borderBelow: null, borderAbove: null },
  ],
  evidence: ['3:1040'],
  effectiveAt: 1_767_323_045_678,
  decidedAt: 1_767_323_046_000,
  asOf: 1_767_323_046_000,
  protectedUntil: 1_767_323_047_000,
  atRisk: { at: null, toTier: 'bronze', distances: [{ name: 'recency', distance: 1 }] },
  override: { kind: 'floor', tier: 'silver', reason: null, actor: 'me', until: 1_767_323_047_000 },
  withdraws: { id: '3.17.0', score: 300 },
  backfill: false,
  treatment: { service_hours: 8 },
  steps: 1,
};
const bare: TierChangeEvent = {
  ...whole,
  fromTier: null,
  fromPolicy: null,
  segment: null,
  protectedUntil: null,
  atRisk: null,
  override: null,
  withdraws: null,
  treatment: null,
  steps: null,
};

interface Document {
  readonly components: {
    readonly schemas: { readonly tierChangeJson: object };
    readonly messages: Readonly<Record<string, { readonly headers: object }>>;
  };
}

test('the JSON and the headers of a tier change are what asyncapi.json says', () => {
  const { components } = JSON.parse(readText('docs/reference/asyncapi.json')) as Document;
  const isTierChange = ajv.compile(components.schemas.tierChangeJson);
  for (const event of [whole, bare]) {
    const said = tierChangeToJson(event);
    expect([isTierChange(said), isTierChange.errors]).toEqual([true, null]);
    const { toTier: _, ...nowhere } = said;
    expect(isTierChange(nowhere)).toBe(false);
    expect(isTierChange({ ...said, more: 1 })).toBe(false);
  }
  const told = components.messages['strata.tiers.TierChange']?.headers ?? {};
  const areHeaders = ajv.compile({ ...told, additionalProperties: false });
  const texts = Object.entries(tierChangeHeaders(whole)).map(([name, bytes]) => [
    name,
    new TextDecoder().decode(bytes),
  ]);
  expect(areHeaders(Object.fromEntries(texts))).toBe(true);
});

import { isDeepStrictEqual } from 'node:util';
import {
  type CustomerState,
  type Hash64,
  hash64,
  type Ledger,
  type OlderOrders,
  OVERRIDE_KINDS,
  type Override,
  type PromotionEntry,
  type Standing,
  type TicketEntry,
} from '@strata/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeCustomer, encodeCustomer } from './customer-codec.ts';
import { StateCodecError } from './state-codec-error.ts';

const CASES = Number(process.env['STRATA_MODEL_CASES'] ?? 1_000);
/** The codec makes plain objects, and strict equality looks at prototypes. */
const PLAIN = { noNullPrototype: true } as const;

const instant = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1.5e12, max: 1.9e12 }) },
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
  fc.constantFrom(0, -1, 1, 2 ** 51, -(2 ** 51)),
);
const offset = fc.oneof(fc.nat(5_000_000), fc.integer({ min: 0, max: 2 ** 52 }));
const amount = fc.oneof(
  fc.nat(1_000_000),
  fc.constantFrom(0, 63, 64, 127, 128, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)),
  fc.maxSafeInteger(),
);
const hash = fc
  .array(fc.nat(0xffff), { minLength: 4, maxLength: 4 })
  .map((units) => String.fromCharCode(...units) as Hash64);
/** Few, so that most are met again. */
const label = fc.constantFrom(hash64('tea'), hash64('cups'), hash64('online'));
const text = fc.oneof(
  fc.constantFrom(
    'gold',
    'silver',
    '金牌',
    '',
    'a',
    'ab',
    '00ff',
    '0AFF',
    '🧋',
    '\ud83e',
    '\udfff',
  ),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[0-9a-f]{64}$/),
);

const attributeValue = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((it) => (it === 0 ? 0 : it)),
  fc.array(text),
);

const entry = { eventKey: hash, at: instant, offset };
const original = fc.record(
  {
    minor: fc.maxSafeInteger().map(Math.abs),
    currency: fc.constantFrom('USD', 'JPY'),
    rate: fc.constantFrom('7.1', '0.000001'),
    rateDay: fc.integer({ min: -40_000, max: 40_000 }),
  },
  PLAIN,
);
const countsOfOlder = {
  days: fc.oneof(fc.constant(1), fc.nat()),
  spendMinor: amount,
  firstDaySpendMinor: amount,
  sharedDays: fc.array(fc.integer({ min: -100_000, max: 100_000 }), { maxLength: 3 }),
};
const olderOrders: fc.Arbitrary<OlderOrders> = fc
  .record({ lastAt: instant, before: fc.nat(), ...countsOfOlder })
  .map(({ lastAt, before, ...rest }) => ({ firstAt: lastAt - before, lastAt, ...rest }));
const ledger: fc.Arbitrary<Ledger> = fc.record(
  {
    parts: fc.array(
      fc
        .tuple(
          fc.oneof(
            fc.record({ ...entry, orderKey: hash, amountMinor: amount }, PLAIN),
            fc
              .record({ ...entry, amountMinor: amount })
              .map((part) => ({ ...part, orderKey: part.eventKey })),
          ),
          fc.record({ category: label, channel: label, original }, { ...PLAIN, requiredKeys: [] }),
        )
        .map(([part, labels]) => ({ ...part, ...labels })),
    ),
    refunds: fc.array(
      fc.record(
        { ...entry, orderKey: fc.option(hash), amountMinor: amount, original },
        { ...PLAIN, requiredKeys: ['eventKey', 'at', 'offset', 'orderKey', 'amountMinor'] },
      ),
    ),
    verdicts: fc.array(
      fc.record(
        { ...entry, orderKey: hash, isCancelled: fc.boolean(), source: text, eventId: text },
        PLAIN,
      ),
    ),
    tickets: fc.array(
      fc.record(
        {
          ...entry,
          ticketKey: hash,
          severity: fc.constantFrom<TicketEntry['severity']>(
            'low',
            'medium',
            'high',
            'critical',
            null,
          ),
          percentMilli: amount,
        },
        { ...PLAIN, requiredKeys: ['eventKey', 'at', 'offset', 'ticketKey', 'severity'] },
      ),
    ),
    feedbacks: fc.array(fc.record({ ...entry, percentMilli: amount }, PLAIN)),
    engagements: fc.array(fc.record({ ...entry, weightMilli: amount }, PLAIN)),
    attributes: fc.array(
      fc.record(
        { ...entry, source: text, eventId: text, name: text, value: attributeValue },
        PLAIN,
      ),
    ),
    opportunities: fc.array(
      fc.record({ ...entry, source: text, eventId: text, stage: text }, PLAIN),
    ),
    referrals: fc.array(fc.record(entry, PLAIN)),
    traces: fc.array(fc.record(entry, PLAIN)),
    olderOrders: fc.option(olderOrders),
  },
  PLAIN,
);
const promotion: fc.Arbitrary<PromotionEntry> = fc.record(
  {
    id: text,
    at: instant,
    fromTier: text,
    toTier: text,
    setId: text,
  },
  PLAIN,
);
const standing: fc.Arbitrary<Standing> = fc.record(
  {
    tier: text,
    since: instant,
    graceSince: fc.option(instant),
    isBlocked: fc.boolean(),
    isWarned: fc.boolean(),
    promotions: fc.array(promotion, { maxLength: 4 }),
  },
  PLAIN,
);
const override: fc.Arbitrary<Override> = fc.record(
  {
    kind: fc.constantFrom(...OVERRIDE_KINDS),
    tier: text,
    reason: text,
    actor: text,
    until: fc.option(instant),
  },
  PLAIN,
);
const alias = fc.record(
  { mergeId: text, survivorId: text, at: instant, reason: text, actor: text },
  PLAIN,
);
const absorbed = fc.array(fc.record({ mergeId: text, customerId: text, at: instant }, PLAIN), {
  maxLength: 3,
});
const bare: fc.Arbitrary<CustomerState> = fc
  .record(
    {
      clock: fc.oneof({ weight: 5, arbitrary: instant }, fc.constant(Number.NEGATIVE_INFINITY)),
      seq: fc.oneof(fc.nat(300), fc.constantFrom(0, 2 ** 53 - 1)),
      existingSince: fc.option(instant),
      referredBy: fc.array(fc.record({ referrerId: text, at: instant }, PLAIN), { maxLength: 3 }),
      named: fc.array(text, { maxLength: 3 }),
      setId: fc.option(text),
      standing: fc.option(standing),
      joinedAt: fc.option(instant),
      override: fc.option(override, { freq: 2 }),
      ledger,
      ratesNumber: fc.integer({ min: 1, max: 2 ** 40 }),
      alias,
      absorbed,
    },
    {
      ...PLAIN,
      requiredKeys: [
        'clock',
        'seq',
        'existingSince',
        'referredBy',
        'named',
        'setId',
        'standing',
        'joinedAt',
        'override',
        'ledger',
      ],
    },
  )
  .map((it) => ({ ...it, isExisting: it.existingSince !== null }));
const pending = { mergeId: text, otherId: text, received: fc.nat(), handed: fc.option(bare) };
const link = fc.record(
  { ...pending, at: instant, reason: text, actor: text, tries: fc.nat() },
  PLAIN,
);
/** One in some waits for another, of whom parts have come, or for ids that are linked to it. */
const state: fc.Arbitrary<CustomerState> = fc
  .tuple(bare, fc.option(fc.record(pending, PLAIN), { freq: 3 }), fc.array(link, { maxLength: 2 }))
  .map(([it, reservation, links]) => ({
    ...it,
    ...(reservation === null ? {} : { reservation }),
    ...(links.length === 0 ? {} : { links }),
  }));

test('what was encoded is decoded again, whatever the state', () => {
  fc.assert(
    fc.property(state, (given) => {
      expect(decodeCustomer(encodeCustomer(given))).toStrictEqual(given);
    }),
    { numRuns: CASES },
  );
});

test('equal states give equal bytes, and bytes that decode encode to themselves', () => {
  fc.assert(
    fc.property(state, (given) => {
      const bytes = encodeCustomer(given);
      expect(encodeCustomer(structuredClone(given))).toStrictEqual(bytes);
      expect(encodeCustomer(decodeCustomer(bytes))).toStrictEqual(bytes);
    }),
    { numRuns: CASES },
  );
});

test('different states give different bytes', () => {
  fc.assert(
    fc.property(state, state, (one, other) => {
      const areEqual = Buffer.from(encodeCustomer(one)).equals(encodeCustomer(other));
      expect(areEqual).toBe(isDeepStrictEqual(one, other));
    }),
    { numRuns: 1_000 },
  );
});

test('bytes that were cut anywhere are refused by name', () => {
  fc.assert(
    fc.property(
      state,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (given, share) => {
        const bytes = encodeCustomer(given);
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        expect(() => decodeCustomer(cut)).toThrow(StateCodecError);
      },
    ),
    { numRuns: CASES },
  );
});

test('whatever the bytes, the answer is a state or a refusal by name', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
      const bytes = Uint8Array.from([2, ...noise]);
      try {
        decodeCustomer(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(StateCodecError);
      }
    }),
    { numRuns: CASES },
  );
});

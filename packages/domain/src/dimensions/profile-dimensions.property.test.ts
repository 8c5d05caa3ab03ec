import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { anEngagement, anOpportunity, aPolicy, aProfile, day } from '../builders/index.ts';
import type { AttributeValue, LedgerEvent } from '../customer-event.ts';
import { EMPTY_LEDGER, type Ledger } from '../customer-state.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import { applyEvent } from '../ledger/apply-event.ts';
import { trimmed } from '../ledger/trim.ts';
import { grade } from '../policy/grading.ts';
import type { PotentialDimension, ShareOfWalletDimension } from '../policy/policy.ts';

const CASES = Number(process.env['STRATA_MODEL_CASES'] ?? 500);
const base = { weightMilli: 1_000, capMilli: null, otherwiseMilli: -1_000 };
const steps = [
  { atLeastMilli: 60_000, pointsMilli: 3_000 },
  { atLeastMilli: 12_500, pointsMilli: 2_000 },
  { atLeastMilli: 400, pointsMilli: 1_000 },
];
const share: ShareOfWalletDimension = {
  ...base,
  name: 'share',
  of: 'share_of_wallet',
  steps: [{ atLeastMilli: 500, pointsMilli: 2_000 }],
};
const fitMilli = { industry: { steel: 1_000, chemicals: 600 }, roles: { buyer: 333, maker: 900 } };
const stagesMilli = { lead: 200, quoted: 700, won: 1_000 };
const engagement = { windowMs: 10 * DAY_MS, fullMilli: 7_500 };
const potentials: readonly PotentialDimension[] = [
  { fitMilli, engagement, stagesMilli },
  { fitMilli, engagement: null, stagesMilli: null },
  { fitMilli: null, engagement, stagesMilli: null },
  { fitMilli: null, engagement: null, stagesMilli },
].map((factors, i) => ({
  ...base,
  ...factors,
  name: `p${i}`,
  of: 'potential',
  steps: i === 2 ? [] : steps,
}));
const dimensions = [share, ...potentials];
const yardstick = { policy: aPolicy({ dimensions }), setId: 'set', calibration: null };

const attributes = fc.dictionary(
  fc.constantFrom('industry', 'roles', 'shareOfWallet', 'region'),
  fc.constantFrom<AttributeValue>(
    'steel',
    'chemicals',
    'constructor',
    ['buyer'],
    ['buyer', 'maker', 'other'],
    [],
    0,
    0.3,
    0.4995,
    0.0005,
    1e-7,
    1,
    1.5,
    -0.1,
  ),
);
/** Few instants and sources, so that only the source or the id tells two events apart. */
const events = fc
  .array(
    fc.record({
      at: fc.constantFrom(0, 3, 5, 13, 25).map((it) => day(it)),
      source: fc.constantFrom('crm', 'web'),
      it: fc.oneof(
        fc.record({ type: fc.constant('profile' as const), attributes }),
        fc.record({
          type: fc.constant('opportunity' as const),
          stage: fc.constantFrom('lead', 'quoted', 'won', 'lost', 'toString'),
        }),
        fc.record({ type: fc.constant('engagement' as const), weight: fc.constantFrom(4, 2.5, 0) }),
      ),
    }),
    { maxLength: 20 },
  )
  .map((items) =>
    items.map(({ at, source, it }, index): LedgerEvent => {
      const about = { source, eventId: `e${index}` };
      if (it.type === 'profile') return aProfile(at, it.attributes, about);
      if (it.type === 'opportunity') return anOpportunity(at, it.stage, about);
      return anEngagement(at, { ...about, weight: it.weight });
    }),
  );
const arrivals = events.chain((list) =>
  fc.tuple(
    fc.constant(list),
    fc.shuffledSubarray(list, { minLength: list.length }),
    fc.nat(40).map((it) => day(it)),
  ),
);

function ledgerOf(list: readonly LedgerEvent[]): Ledger {
  return list.reduce<Ledger>(
    (ledger, event, offset) =>
      applyEvent(ledger, event, { offset, amount: { amountMinor: 0 }, order: null }).ledger,
    EMPTY_LEDGER,
  );
}

/** The last by (occurredAt, source, eventId), found by sorting. */
function last<T extends LedgerEvent>(list: readonly T[]): T | undefined {
  return list.toSorted(
    (a, b) =>
      a.occurredAt - b.occurredAt ||
      (a.source === b.source ? (a.eventId < b.eventId ? -1 : 1) : a.source < b.source ? -1 : 1),
  )[list.length - 1];
}

function naiveAttribute(list: readonly LedgerEvent[], name: string): AttributeValue | undefined {
  const naming = list.filter((it) => it.type === 'profile' && Object.hasOwn(it.attributes, name));
  const newest = last(naming);
  return newest?.type === 'profile' ? newest.attributes[name] : undefined;
}

/** Half to even, to 3 decimals, of a fraction of whole numbers. */
function rounded(dividend: bigint, divisor: bigint): number {
  const whole = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  return Number(twice > divisor || (twice === divisor && whole % 2n === 1n) ? whole + 1n : whole);
}

function naiveShare(list: readonly LedgerEvent[]): number | null {
  const value = naiveAttribute(list, 'shareOfWallet');
  if (typeof value !== 'number' || value < 0 || value > 1) return null;
  return rounded(BigInt(Math.round(value * 10_000)), 10n) / 1_000;
}

function naivePotential(list: readonly LedgerEvent[], at: Instant, by: PotentialDimension) {
  let over = 100_000n;
  let under = 1n;
  if (by.fitMilli !== null) {
    let sum = 0;
    for (const [name, worth] of Object.entries(by.fitMilli)) {
      const value = naiveAttribute(list, name) ?? [];
      const texts = Array.isArray(value) ? value : [String(value)];
      const found = Object.entries(worth).filter(([text]) => texts.includes(text));
      sum += Math.max(0, ...found.map(([, milli]) => milli));
    }
    over *= BigInt(sum);
    under *= 1_000n * BigInt(Object.keys(by.fitMilli).length);
  }
  if (by.engagement !== null) {
    const { windowMs, fullMilli } = by.engagement;
    const sum = list.reduce(
      (total, it) =>
        it.type === 'engagement' && it.occurredAt > at - windowMs
          ? total + it.weight * 1_000
          : total,
      0,
    );
    over *= BigInt(Math.min(sum, fullMilli));
    under *= BigInt(fullMilli);
  }
  if (by.stagesMilli !== null) {
    const newest = last(list.filter((it) => it.type === 'opportunity'));
    const found = Object.entries(by.stagesMilli).find(([stage]) => stage === newest?.stage);
    over *= BigInt(found?.[1] ?? 0);
    under *= 1_000n;
  }
  return rounded(over, under) / 1_000;
}

describe('share of wallet and potential', () => {
  it('are what a naive reading of the events gives, in any order of arrival', () => {
    fc.assert(
      fc.property(arrivals, ([, arrived, at]) => {
        const { measures } = grade(ledgerOf(arrived), yardstick, 'c1');
        const known = arrived.filter(({ occurredAt }) => occurredAt <= at);
        expect(measures.map((it) => it.valueAt(at))).toEqual([
          naiveShare(known),
          ...potentials.map((it) => naivePotential(known, at, it)),
        ]);
      }),
      { numRuns: CASES },
    );
  });

  it('say no later than it happens when their points next differ', () => {
    fc.assert(
      fc.property(arrivals, ([, arrived, at]) => {
        const { measures } = grade(ledgerOf(arrived), yardstick, 'c1');
        const instants = Array.from({ length: 80 }, (_, n) => day(n)).filter((it) => it > at);
        for (const measure of measures) {
          const now = measure.pointsMilliAt(at);
          const differs = instants.find((it) => measure.pointsMilliAt(it) !== now) ?? Infinity;
          expect(measure.nextChangeAfter(at)).toBe(differs);
        }
      }),
      { numRuns: CASES },
    );
  });

  it('stay what they are, now and inside the horizon, when the ledger forgets', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(12), ([, arrived, clock], horizon) => {
        const horizonMs = (11 + horizon) * DAY_MS;
        const whole = ledgerOf(arrived);
        const { ledger } = trimmed(whole, clock, horizonMs);
        for (let at = clock - horizonMs; at <= clock + 60 * DAY_MS; at += DAY_MS) {
          expect(grade(ledger, yardstick, 'c1').dimensionsAt(at)).toEqual(
            grade(whole, yardstick, 'c1').dimensionsAt(at),
          );
        }
        for (const list of [ledger.attributes, ledger.opportunities]) {
          const names = new Set(list.map((it) => ('name' in it ? it.name : '')));
          const old = list.filter((it) => it.at <= clock - horizonMs);
          expect(old.length).toBeLessThanOrEqual(names.size);
        }
      }),
      { numRuns: CASES },
    );
  });
});

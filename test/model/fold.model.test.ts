import {
  profileAt as foldProfileAt,
  type Instant,
  isValueDimension,
  type Policy,
  type TierChange,
} from '@strata/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FoldDriver } from './fold-driver.ts';
import { guestArbitrary, withGuest } from './guest-arbitrary.ts';
import { logOf, logShapeArbitrary, type ModelLog, OFFSETS_EACH } from './log-arbitrary.ts';
import { type NaiveCustomer, worldOf } from './oracle/customer.ts';
import { VALUE_CROSSING_MS } from './oracle/customer-value.ts';
import { Oracle } from './oracle/oracle.ts';
import { profileAt } from './oracle/profile.ts';
import { nextOutputAt } from './oracle/settle.ts';
import { policySetArbitrary } from './policy-arbitrary.ts';
import { MODEL_SETTINGS } from './settings.ts';

const caseArbitrary = fc.record({
  policies: policySetArbitrary,
  others: fc.option(policySetArbitrary, { freq: 3 }),
  shape: logShapeArbitrary,
  guest: guestArbitrary,
});

/** Least occurrences in a hundred cases: a model test over histories in which nothing happens proves nothing. */
const LEAST_PER_HUNDRED = {
  'assigned by event': 80,
  'handed over': 5,
  'promoted by event': 6,
  'promoted by time': 4,
  'demoted by event': 0.2,
  'demoted by time': 15,
  'at-risk by event': 0.7,
  'at-risk by time': 6,
  'withdrawn by correction': 0.3,
  'renewed by time': 40,
  'promoted by override': 0.5,
  'demoted by override': 0.1,
  'promoted by calibration': 0.05,
  'demoted by calibration': 0.01,
  'assigned by policy': 2,
  'promoted by policy': 0.4,
  'demoted by policy': 0.05,
  'assigned by merge': 1,
  'promoted by merge': 0.05,
  'demoted by clv': 0.2,
  'demoted by p_alive': 0.05,
  converted: 10,
  'converted again': 1,
  'refused: no-rate': 1,
} as const;

/** Fewer cases than this say little of how often things occur. */
const CASES_TO_COUNT = 5_000;

interface Told {
  readonly seq: number;
  readonly kind: string;
  readonly tiers: string;
  readonly at: Instant;
  readonly score: number;
  readonly policies: string;
  readonly isOverridden: boolean;
}

function toldByFold(changes: readonly TierChange[]): Told[] {
  return changes.map((it) => ({
    seq: it.customerSeq,
    kind: `${it.type} by ${it.cause.kind}`,
    tiers: `${it.fromTier}>${it.toTier}`,
    at: it.effectiveAt,
    score: it.scoreMilli,
    policies: `${it.fromPolicy}>${it.policy}`,
    isOverridden: it.override !== null,
  }));
}

function toldByOracle(oracle: Oracle, customerId: string): Told[] {
  return oracle.customerAt(customerId).changes.map((it, i) => ({
    seq: i + 1,
    kind: `${it.type} by ${it.causeKind}`,
    tiers: `${it.fromTier}>${it.toTier}`,
    at: it.effectiveAt,
    score: it.scoreMilli,
    policies: `${it.fromPolicy}>${it.policy}`,
    isOverridden: it.isOverridden,
  }));
}

/** What happened beside changes of tier. */
function count({ changes, history, refusals }: NaiveCustomer, add: (name: string) => void): void {
  for (const { type, crossed } of changes) for (const of of crossed) add(`${type} by ${of}`);
  for (const { original, isReconverted = false } of history) {
    if (original !== undefined) add(isReconverted ? 'converted again' : 'converted');
  }
  for (const { reason } of refusals) add(`refused: ${reason}`);
}

/** The wanted instant for one that is as near to it as two ways of computing the same curve are. */
function nearness(policies: readonly Policy[]) {
  const isModelled = policies.some(({ dimensions }) => dimensions.some(isValueDimension));
  const mostMs = isModelled ? VALUE_CROSSING_MS : 0;
  return (at: Instant | null, wanted: Instant | null): Instant | null =>
    at !== null && wanted !== null && Math.abs(at - wanted) <= mostMs ? wanted : at;
}

function run({ records }: Pick<ModelLog, 'records'>): { driver: FoldDriver; oracle: Oracle } {
  const driver = new FoldDriver();
  const oracle = new Oracle();
  for (const record of records) {
    driver.apply(record);
    oracle.apply(record);
  }
  return { driver, oracle };
}

describe('the fold equals a naive reading of the contract', () => {
  test('in every change of tier', () => {
    const occurred = new Map<string, number>();
    fc.assert(
      fc.property(caseArbitrary, ({ policies, others, shape, guest }) => {
        const log = withGuest(logOf(shape, policies, others), guest);
        const { driver, oracle } = run(log);
        const near = nearness([...policies, ...(others ?? [])]);
        for (const customerId of log.customerIds) {
          const told = toldByOracle(oracle, customerId);
          for (const { kind, policies } of told) {
            const name = policies.startsWith('null') ? kind : 'handed over';
            occurred.set(name, (occurred.get(name) ?? 0) + 1);
          }
          count(oracle.customerAt(customerId), (name) => {
            occurred.set(name, (occurred.get(name) ?? 0) + 1);
          });
          const byFold = toldByFold(driver.changesOf(customerId));
          expect(
            byFold.map((it, index) => ({ ...it, at: near(it.at, told[index]?.at ?? null) })),
          ).toEqual(told);
        }
      }),
      MODEL_SETTINGS,
    );
    for (const [kind, times] of occurred) process.stdout.write(`${kind}: ${times}\n`);
    if (MODEL_SETTINGS.numRuns < CASES_TO_COUNT) return;
    for (const [kind, least] of Object.entries(LEAST_PER_HUNDRED)) {
      const perHundred = ((occurred.get(kind) ?? 0) * 100) / MODEL_SETTINGS.numRuns;
      expect(perHundred, kind).toBeGreaterThanOrEqual(least);
    }
  });

  test('in what it refuses', () => {
    fc.assert(
      fc.property(caseArbitrary, ({ policies, others, shape, guest }) => {
        const log = withGuest(logOf(shape, policies, others), guest);
        const { driver, oracle } = run(log);
        const again = repeatsIn(log);
        const refused = driver.outputs.flatMap((it) =>
          it.kind === 'dead-letter' && !again.has(offsetOf(it.id))
            ? [`${offsetOf(it.id)} ${it.reason}`]
            : [],
        );
        const expected = log.customerIds
          .flatMap((id) => oracle.customerAt(id).refusals)
          .sort((a, b) => a.offset - b.offset)
          .filter((it) => !again.has(it.offset))
          .map((it) => `${it.offset} ${it.reason}`);
        expect(refused).toEqual(expected);
      }),
      MODEL_SETTINGS,
    );
  });

  test('in the profiles, then and later', () => {
    fc.assert(
      fc.property(
        caseArbitrary,
        fc.nat(80),
        ({ policies, others, shape, guest }, laterHalfDays) => {
          // A column without a dimension looks back 365 days, which a shorter horizon has not kept.
          const log = withGuest(logOf({ ...shape, horizonDays: 800 }, policies, others), guest);
          const { driver, oracle } = run(log);
          const near = nearness([...policies, ...(others ?? [])]);
          for (const [customerId, state] of driver.customers) {
            const at = Math.max(log.endAt, state.clock) + laterHalfDays * 43_200_000 * shape.factor;
            const expected = profileAt(oracle, customerId, at);
            // Nothing of this customer is dated at or before the instant: no row is asked for.
            if (expected === null) continue;
            const row = foldProfileAt({ partition: driver.partition, customerId, state, at });
            expect({
              tier: row.tier,
              segment: row.segment,
              scoreMilli: row.scoreMilli,
              recencyDays: row.recencyDays,
              orders: row.orders,
              purchaseDays: row.purchaseDays,
              revenueMinor: row.revenueMinor,
              complaintsMicro: microOf(row.complaints),
              engagementMicro: microOf(row.engagement),
              referralsMicro: microOf(row.referrals),
              pAliveMicro: microOf(row.pAlive),
              clvMicro: microOf(row.clvMinor),
              nextCrossingAt: near(row.nextCrossingAt, expected.nextCrossingAt),
            }).toEqual(expected);
          }
        },
      ),
      MODEL_SETTINGS,
    );
  });

  test('in the instant at which a customer is due', () => {
    fc.assert(
      fc.property(caseArbitrary, ({ policies, others, shape, guest }) => {
        const log = withGuest(logOf(shape, policies, others), guest);
        const driver = new FoldDriver();
        const oracle = new Oracle();
        const near = nearness([...policies, ...(others ?? [])]);
        for (const record of log.records) {
          driver.apply(record);
          oracle.apply(record);
          for (const [customerId, dueAt] of driver.touched) {
            const customer = oracle.customerAt(customerId);
            const world = worldOf(customer);
            const expected =
              world === null ? null : nextOutputAt(world, customer.life, customer.clock);
            expect(near(dueAt, expected)).toBe(expected);
          }
        }
      }),
      MODEL_SETTINGS,
    );
  });
});

/** Whether a very old repeat is dropped or refused is left open: it changes nothing either way. */
function repeatsIn({ records }: ModelLog): Set<number> {
  const seen = new Set<string>();
  const again = new Set<number>();
  for (const { offset, record } of records) {
    if (record.kind !== 'event') continue;
    if (seen.has(record.event.eventId)) again.add(offset);
    seen.add(record.event.eventId);
  }
  return again;
}

/** Of the record that a source wrote: what it hands over lies right behind it. */
function offsetOf(letterId: string): number {
  return Math.floor(Number(letterId.split('.')[1]) / OFFSETS_EACH) * OFFSETS_EACH;
}

const microOf = (value: number | null): bigint | null =>
  value === null ? null : BigInt(Math.round(value * 1_000_000));

import {
  type Calibration,
  census,
  type Instant,
  type LogRecord,
  type Policy,
  viewAt,
} from '@strata/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isBehindTheClock } from './behind-the-clock.ts';
import { FoldDriver } from './fold-driver.ts';
import { logOf, logShapeArbitrary } from './log-arbitrary.ts';
import { Oracle } from './oracle/oracle.ts';
import { policyArbitrary } from './policy-arbitrary.ts';
import { MODEL_SETTINGS } from './settings.ts';

const PEOPLE = 6;

/**
 * More people than other logs have: a share of three is soon everybody. Without a dimension of revenue a share of it
 * looks back 365 days, which a shorter horizon has not kept.
 */
const crowdArbitrary = logShapeArbitrary.map((shape) => ({
  ...shape,
  horizonDays: 800,
  moves: shape.moves.map((it) => ({ ...it, customer: (it.customer + it.label) % PEOPLE })),
}));

const sharesArbitrary = fc.record({
  kinds: fc.array(fc.constantFrom('population' as const, 'revenue' as const), {
    minLength: 3,
    maxLength: 3,
  }),
  sharesMilli: fc
    .array(fc.constantFrom(100, 200, 333, 500, 800, 1_000), { minLength: 3, maxLength: 3 })
    .map((all) => all.toSorted((a, b) => b - a)),
  minimumPopulation: fc.constantFrom(1, 1, 2, 4),
});

const caseArbitrary = fc
  .record({ policy: policyArbitrary, shape: crowdArbitrary, shares: sharesArbitrary })
  .map(({ policy, shape, shares: { kinds, sharesMilli, minimumPopulation } }) => {
    const shares = policy.borders.map(({ tier }, index) => ({
      tier,
      of: kinds[index] ?? 'population',
      shareMilli: sharesMilli[index] ?? 1_000,
      minimumPopulation,
    }));
    const byShare: Policy = { ...policy, borders: [], shares };
    return { policy: byShare, shape };
  });

const toldByRecord = ({ tiers = [] }: Calibration): unknown =>
  tiers.map(({ tier, border }) => [tier, border?.scoreMilli ?? null]);

const toldByOracle = ({ policies: [policy] }: Oracle): unknown =>
  policy?.borders.map(({ tier, enterMilli }) => [tier, enterMilli]);

/** A tick that finds nothing due leaves amounts as they were before a correction of rates. */
const settledAt = ({ partition, customers }: FoldDriver, at: Instant) =>
  [...customers].map(
    ([customerId, state]) =>
      [customerId, viewAt({ partition, customerId, state, at }).state] as const,
  );

describe('tiers bordered by shares', () => {
  test('have the borders, and their customers the changes, of a naive reading', () => {
    let calibrated = 0;
    fc.assert(
      fc.property(caseArbitrary, ({ policy, shape }) => {
        const log = logOf(shape, [policy]);
        const driver = new FoldDriver();
        const oracle = new Oracle();
        // The calibrations of the log say nothing of shares, and would take away what those in between said.
        const records = log.records.filter(({ record }) => record.kind !== 'calibrated');
        for (const [index, it] of records.entries()) {
          driver.apply(it);
          oracle.apply(it);
          if (index < 2 || index % 3 !== 0 || !isBehindTheClock(driver)) continue;
          const { partition } = driver;
          const at = partition.clock;
          const calibration = census({ set: log.set, at, customers: settledAt(driver, at) });
          const record: LogRecord = { kind: 'calibrated', calibration };
          const tick: LogRecord = { kind: 'tick', customerIds: log.customerIds };
          for (const [number, added] of [tick, record, tick].entries()) {
            const logged = { ...it, offset: it.offset + 100 + number, record: added };
            driver.apply(logged);
            oracle.apply(logged);
          }
          expect(toldByRecord(calibration)).toEqual(toldByOracle(oracle));
        }
        for (const customerId of log.customerIds) {
          const told = driver
            .changesOf(customerId)
            .map((it) => [it.type, it.toTier, it.effectiveAt, it.scoreMilli, it.cause.kind]);
          const expected = oracle
            .customerAt(customerId)
            .changes.map((it) => [it.type, it.toTier, it.effectiveAt, it.scoreMilli, it.causeKind]);
          expect(told).toEqual(expected);
          calibrated += told.filter(([, , , , cause]) => cause === 'calibration').length;
        }
      }),
      MODEL_SETTINGS,
    );
    process.stdout.write(`changes by calibration: ${calibrated}\n`);
    expect(calibrated * 20).toBeGreaterThan(MODEL_SETTINGS.numRuns);
  });
});

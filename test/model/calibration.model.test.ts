import {
  type Calibration,
  census,
  DAY_MS,
  type Dimension,
  isValueDimension,
  type LogRecord,
  type Policy,
} from '@strata/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isBehindTheClock } from './behind-the-clock.ts';
import { FoldDriver } from './fold-driver.ts';
import { logOf, logShapeArbitrary, type ModelLog } from './log-arbitrary.ts';
import { type LoggedRecord, Oracle } from './oracle/oracle.ts';
import { policyArbitrary } from './policy-arbitrary.ts';
import { MODEL_SETTINGS } from './settings.ts';

type Border = NonNullable<Calibration['dimensions'][number]['borders']>[number];

/** Borders in the dimension's own unit, and whether equal values of `c1` and `c2` are cut apart at them. */
const bordersArbitrary = fc
  .uniqueArray(fc.nat(20), { minLength: 1, maxLength: 4 })
  .map((values) => values.toSorted((a, b) => a - b));

const caseArbitrary = fc.record({
  policy: policyArbitrary,
  shape: logShapeArbitrary.map((shape) => ({ ...shape, factor: 1 })),
  borders: bordersArbitrary,
  isCut: fc.boolean(),
});

const bucketsOf = (borders: readonly number[]): number => borders.length + 1;

/** Tenure and what models say are not ranked. */
const rankable = ({ dimensions }: Policy): readonly Dimension[] =>
  dimensions.filter((it) => it.of !== 'tenure' && !isValueDimension(it));

function byQuantiles(policy: Policy, buckets: number, ties: 'together' | 'rank'): Policy {
  const quantiles = { buckets, ties, minimumPopulation: 1 };
  const dimensions = rankable(policy).map((it) => ({ ...it, steps: [], quantiles }));
  return { ...policy, dimensions };
}

/** One calibration of whole values, as any population could have made it. */
function calibrationOf(policy: Policy, values: readonly number[], isCut: boolean): Calibration {
  const scales = { recency: 1, complaints: 1_000_000 };
  const dimensions = policy.dimensions.map(({ name, of }) => {
    const scale = of in scales ? scales[of as keyof typeof scales] : 1_000;
    const borders = values.map(
      (value): Border => ({ atMost: value * scale, lastId: isCut ? 'c1' : null }),
    );
    return { policy: policy.name, dimension: name, population: 9, minimumPopulation: 1, borders };
  });
  return { id: 'calibration', setId: 'set-1', at: 0, dimensions };
}

/** The same said by hand, as steps, for one customer: above a border is one thousandth more, or at it behind `c1`. */
function bySteps(policy: Policy, values: readonly number[], isAtBorderAbove: boolean): Policy {
  const top = bucketsOf(values);
  const dimensions = rankable(policy).map((it): Dimension => {
    if (it.of === 'recency') {
      const steps = values.map((value, index) => ({
        withinMs: (isAtBorderAbove ? value : value + 1) * DAY_MS,
        pointsMilli: (top - index) * 1_000,
      }));
      return { ...it, steps: [...steps, { withinMs: 10_000 * DAY_MS, pointsMilli: 1_000 }] };
    }
    const steps = values.map((value, index) => ({
      atLeastMilli: value * 1_000 + (isAtBorderAbove ? 0 : 1),
      pointsMilli: (index + 2) * 1_000,
    }));
    const ended = [...steps.toReversed(), { atLeastMilli: 0, pointsMilli: 1_000 }];
    return { ...it, steps: ended } as Dimension;
  });
  return { ...policy, dimensions };
}

/** Values of complaints are finer than thousandths, which steps by hand cannot name. */
const withoutComplaints = (policy: Policy): Policy => ({
  ...policy,
  dimensions: policy.dimensions.filter((it) => it.of !== 'complaints'),
});

function inserted(log: ModelLog, after: number, record: LogRecord): readonly LoggedRecord[] {
  const before = log.records[after] as LoggedRecord;
  const added = { offset: before.offset + 1, appendedAt: before.appendedAt, record };
  return log.records.toSpliced(after + 1, 0, added);
}

/**
 * A correction of rates at the very instant of a calibration: its place, too, would depend on who was touched in between,
 * which is written down among what the guarantee does not cover.
 */
function isAtACalibration({ partition }: FoldDriver, { appendedAt }: LoggedRecord): boolean {
  const { clock, time, calibrations } = partition;
  const at = time === 'wall' ? Math.max(clock, appendedAt) : clock;
  return calibrations.some(({ since }) => since === at);
}

describe('a policy with quantiles under one calibration', () => {
  test('tells the changes of the steps that say the same, to the instant', () => {
    let changes = 0;
    fc.assert(
      fc.property(caseArbitrary, ({ policy: any, shape, borders, isCut }) => {
        const policy = withoutComplaints(any);
        const ties = isCut ? 'rank' : 'together';
        const log = logOf(shape, [byQuantiles(policy, bucketsOf(borders), ties)]);
        const calibration = calibrationOf(policy, borders, isCut);
        const driver = new FoldDriver();
        for (const it of inserted(log, 1, { kind: 'calibrated', calibration })) driver.apply(it);
        for (const customerId of log.customerIds) {
          const oracle = new Oracle();
          const steps = bySteps(policy, borders, isCut && customerId !== 'c1');
          for (const it of logOf(shape, [steps]).records) oracle.apply(it);
          const told = driver
            .changesOf(customerId)
            .map((it) => [it.type, it.fromTier, it.toTier, it.effectiveAt, it.scoreMilli]);
          changes += told.length;
          expect(told).toEqual(
            oracle
              .customerAt(customerId)
              .changes.map((it) => [
                it.type,
                it.fromTier,
                it.toTier,
                it.effectiveAt,
                it.scoreMilli,
              ]),
          );
        }
      }),
      MODEL_SETTINGS,
    );
    expect(changes).toBeGreaterThan(MODEL_SETTINGS.numRuns);
  });
});

describe('calibrations in the middle of a log', () => {
  test('give the same changes however often everybody is touched', () => {
    let calibrated = 0;
    fc.assert(
      fc.property(
        caseArbitrary,
        fc.array(fc.constantFrom(false, true, true), { minLength: 4, maxLength: 4 }),
        ({ policy: any, shape, isCut }, ticks) => {
          const ties = isCut ? 'rank' : 'together';
          const policy = byQuantiles(any, 3, ties);
          const log = logOf(shape, [policy]);
          const [rare, often] = [new FoldDriver(), new FoldDriver()];
          for (const [index, it] of log.records.entries()) {
            if (it.record.kind === 'rates-corrected' && isAtACalibration(rare, it)) continue;
            const added: LogRecord[] = [];
            if (index > 1 && index % 3 === 0 && isBehindTheClock(rare)) {
              const { partition, customers } = rare;
              const content = { set: log.set, at: partition.clock, customers };
              added.push({ kind: 'calibrated', calibration: census(content) });
            }
            for (const driver of [rare, often]) {
              driver.apply(it);
              for (const record of added) driver.apply({ ...it, offset: it.offset + 100, record });
            }
            if (ticks[index % ticks.length] !== true) continue;
            const tick: LogRecord = { kind: 'tick', customerIds: log.customerIds };
            often.apply({ ...it, offset: it.offset + 101, record: tick });
          }
          // Whoever waits for a touch since the last calibration gets it now.
          const last = log.records.at(-1) as LoggedRecord;
          for (const driver of [rare, often]) driver.apply({ ...last, offset: last.offset + 102 });
          for (const customerId of log.customerIds) {
            const [told, toldOften] = [rare, often].map((driver) =>
              driver
                .changesOf(customerId)
                .map((it) => [it.customerSeq, it.type, it.toTier, it.effectiveAt, it.cause.kind]),
            );
            expect(toldOften).toEqual(told);
            calibrated += (told ?? []).filter(([, , , , cause]) => cause === 'calibration').length;
          }
        },
      ),
      MODEL_SETTINGS,
    );
    expect(calibrated * 20).toBeGreaterThan(MODEL_SETTINGS.numRuns);
  });
});

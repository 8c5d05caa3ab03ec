import { describe, expect, it } from 'vitest';
import { aDimension, aPolicy, aPolicySet } from '../builders/index.ts';
import type { CalibrationRules } from '../policy/policy.ts';
import type { Calibration, ValueModel } from './calibration.ts';
import { type BorderMove, compareCalibrations, uncalibrated } from './compare-calibrations.ts';

const rules: CalibrationRules = {
  everyMs: null,
  driftLimitMilli: 250,
  modelDriftLimitMilli: 100,
};
const setOf = (calibration?: CalibrationRules) =>
  aPolicySet(
    aPolicy({
      dimensions: [aDimension('revenue')],
      ...(calibration === undefined ? {} : { calibration }),
    }),
  );

const MODEL: ValueModel = {
  purchases: { r: 0.25, alpha: 25, a: 1, b: 3 },
  spend: { p: 6, q: 4, v: 500 },
};

function calibration(
  borders: readonly number[] | null,
  more: { readonly score?: number | null; readonly model?: ValueModel | null } = {},
): Calibration {
  const { score, model } = more;
  const at = { policy: 'test', population: 100, minimumPopulation: 10 };
  const border =
    score === null || score === undefined
      ? null
      : { scoreMilli: score, customers: 20, revenueMinor: 80 };
  return {
    id: 'c',
    setId: 'test-1',
    at: 0,
    dimensions: [
      {
        ...at,
        dimension: 'revenue',
        borders: borders?.map((atMost) => ({ atMost, lastId: null })) ?? null,
      },
    ],
    ...(score === undefined
      ? {}
      : {
          tiers: [
            { ...at, tier: 'gold', of: 'revenue', shareMilli: 800, revenueMinor: 100, border },
          ],
        }),
    ...(model === undefined
      ? {}
      : {
          models: [
            { ...at, dimension: 'value', model, why: model === null ? 'did-not-converge' : null },
          ],
        }),
  };
}

const told = ({ kind, name, part, before, after, moved, movedShare, isDrift }: BorderMove) => [
  [kind, name, part].join(' '),
  before,
  after,
  moved,
  movedShare,
  isDrift,
];

describe('two calibrations of one set', () => {
  it('are compared border by border, by how far each moved and by what share of itself', () => {
    const before = calibration([100, 200, 0], { score: 4_000 });
    const after = calibration([120, 200, 3], { score: 2_000 });
    const { borders, bordersMoved, drifted } = compareCalibrations(setOf(rules), before, after);
    expect(borders.map(told)).toEqual([
      ['quantile revenue 1', 100, 120, 20, 0.2, false],
      ['quantile revenue 2', 200, 200, 0, 0, false],
      ['quantile revenue 3', 0, 3, 3, Infinity, true],
      ['share gold ', 4_000, 2_000, -2_000, -0.5, true],
    ]);
    expect(bordersMoved).toBe(3);
    expect(drifted.map(({ name }) => name)).toEqual(['revenue', 'gold']);
  });

  it('drift at the limit is none, and without a limit nothing is', () => {
    const at = compareCalibrations(setOf(rules), calibration([100]), calibration([125]));
    expect(at.drifted).toEqual([]);
    const above = compareCalibrations(setOf(rules), calibration([1_000]), calibration([1_251]));
    expect(above.drifted).toHaveLength(1);
    const free = compareCalibrations(setOf(), calibration([100]), calibration([900]));
    expect([free.bordersMoved, free.drifted]).toEqual([1, []]);
  });

  it('count a border that came or went as moved and never as drift, and nothing where there was none before', () => {
    const none = calibration(null, { score: null });
    const some = calibration([100], { score: 4_000 });
    const came = compareCalibrations(setOf(rules), none, some);
    expect([came.bordersMoved, came.drifted]).toEqual([2, []]);
    const went = compareCalibrations(setOf(rules), some, calibration([100], { score: null }));
    expect([went.bordersMoved, went.drifted]).toEqual([1, []]);
    const noBuckets = calibration(null, { score: 4_000 });
    const all = compareCalibrations(setOf(rules), some, noBuckets);
    expect(all.borders.map(told)).toEqual([
      ['share gold ', 4_000, 4_000, 0, 0, false],
      ['quantile revenue 1', 100, null, null, null, false],
    ]);
    expect([all.bordersMoved, all.drifted]).toEqual([1, []]);
    expect(compareCalibrations(setOf(rules), null, some).bordersMoved).toBe(0);
  });

  it('judge a model by what it says of everybody: parameters far apart can say the same', () => {
    const before = calibration([100], { model: MODEL });
    const same: ValueModel = {
      purchases: { r: 0.5, alpha: 50, a: 2, b: 6 },
      spend: { p: 12, q: 4, v: 250 },
    };
    const apart = compareCalibrations(setOf(rules), before, calibration([100], { model: same }));
    expect(apart.drifted).toEqual([]);
    expect(apart.bordersMoved).toBe(0);
    const ofKind = (kind: string) => apart.borders.filter((it) => it.kind === kind).map(told);
    expect(ofKind('model')).toEqual([
      ['model value purchase_rate', 0.01, 0.01, 0, 0, false],
      ['model value drop_out', 0.25, 0.25, 0, 0, false],
      ['model value spend', 1_000, 1_000, 0, 0, false],
    ]);
    expect(ofKind('parameter')[0]).toEqual(['parameter value r', 0.25, 0.5, 0.25, 1, false]);
    const faster = { ...MODEL, purchases: { ...MODEL.purchases, alpha: 20 } };
    const { drifted } = compareCalibrations(
      setOf(rules),
      before,
      calibration([100], { model: faster }),
    );
    expect(drifted.map(({ part }) => part)).toEqual(['purchase_rate']);
  });
});

it('says of each part without a border why it has none', () => {
  const few = calibration(null, { score: null, model: null });
  expect(uncalibrated(few)).toMatchObject([
    { kind: 'quantile', name: 'revenue', why: 'too-few', population: 100, minimumPopulation: 10 },
    { kind: 'model', name: 'value', why: 'did-not-converge' },
    { kind: 'share', name: 'gold', why: 'no-revenue' },
  ]);
  expect(uncalibrated(calibration([1], { score: 1, model: MODEL }))).toEqual([]);
});

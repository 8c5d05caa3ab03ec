import { readdirSync, readFileSync } from 'node:fs';
import {
  DAY_MS,
  type Dimension,
  type Policy,
  QUALIFICATIONS,
  SOFT_LANDINGS,
  WINDOWED_KINDS,
} from '@strata/domain';
import { problemText } from '@strata/yaml-file';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffSets } from './diff-sets.ts';
import { parsePolicyFile } from './parse-policy-file.ts';
import { policySetOf } from './policy-set.ts';
import { policySetYaml } from './write-policy.ts';

const PRESETS = new URL('../../../policies/', import.meta.url);

const name = fc.constantFrom('a', 'b-2', '银牌', 'no', 'null', 'x.y_z', 'true1', 'e5', 'Ünï');
const names = (minLength: number, maxLength: number) =>
  fc.uniqueArray(name, { minLength, maxLength });
const milli = fc.integer({ min: -9_000_000, max: 9_000_000 });
const share = fc.integer({ min: 1, max: 1_000 });
const windowMs = fc.integer({ min: 1, max: 800_000 }).map((it) => (it * DAY_MS) / 1_000);
/** From a day on, so that a limit of changes can be kept. */
const clockMs = fc.integer({ min: 1_000, max: 90_000 }).map((it) => (it * DAY_MS) / 1_000);
const text = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('yes', '12', '~', ': x', "'"));
const quantiles = fc.record({
  buckets: fc.integer({ min: 2, max: 100 }),
  ties: fc.constantFrom('together' as const, 'rank' as const),
  minimumPopulation: fc.integer({ min: 1, max: 500 }),
});

/** Falling thresholds, each with its points. */
const steps = (of: fc.Arbitrary<number>, max = 4) =>
  fc.uniqueArray(fc.record({ atLeastMilli: of, pointsMilli: milli }), {
    maxLength: max,
    selector: (it) => it.atLeastMilli,
  });
const falling = (of: fc.Arbitrary<number>) =>
  steps(of).map((list) => list.toSorted((a, b) => b.atLeastMilli - a.atLeastMilli));

const base = {
  weightMilli: milli,
  otherwiseMilli: milli,
  capMilli: fc.option(milli),
};

const byValue = fc.oneof(
  fc.record({ quantiles, steps: fc.constant([]) }),
  fc.record({ steps: falling(milli) }),
);
const worth = fc.dictionary(text, fc.integer({ min: 0, max: 1_000 }), { minKeys: 1, maxKeys: 3 });

const dimension: fc.Arbitrary<Dimension> = fc.oneof(
  fc
    .tuple(fc.record({ ...base, name, of: fc.constantFrom(...WINDOWED_KINDS), windowMs }), byValue)
    .map(([one, two]) => ({ ...one, ...two })),
  fc
    .tuple(
      fc.record({
        ...base,
        name,
        of: fc.constant('complaints' as const),
        windowMs,
        perMilli: fc.record({ low: share, medium: share, high: share, critical: share }),
        resolvedCountsMilli: fc.integer({ min: 0, max: 1_000 }),
      }),
      byValue,
    )
    .map(([one, two]) => ({ ...one, ...two })),
  fc.record({
    ...base,
    name,
    of: fc.constant('potential' as const),
    fitMilli: fc.option(fc.dictionary(name, worth, { minKeys: 1, maxKeys: 2 })),
    engagement: fc.option(fc.record({ windowMs, fullMilli: share })),
    stagesMilli: worth,
    steps: falling(milli),
  }),
  fc.record({
    ...base,
    name,
    of: fc.constant('clv' as const),
    horizonMs: windowMs,
    monthlyDiscountMilli: fc.integer({ min: 0, max: 1_000 }),
    minimumPopulation: share,
    steps: fc.record({ atLeastMilli: milli, pointsMilli: milli }).map((it) => [it]),
  }),
  fc.record({
    ...base,
    name,
    of: fc.constant('tenure' as const),
    steps: fc.record({ atLeastMs: windowMs, pointsMilli: milli }).map((it) => [it]),
  }),
  fc.record({
    ...base,
    name,
    of: fc.constant('recency' as const),
    steps: fc.record({ withinMs: windowMs, pointsMilli: milli }).map((it) => [it]),
  }),
  fc.record({
    ...base,
    name,
    of: fc.constant('channel_share' as const),
    windowMs,
    channel: text,
    steps: falling(milli),
  }),
  fc.record({
    ...base,
    name,
    of: fc.constant('p_alive' as const),
    minimumPopulation: share,
    steps: falling(fc.integer({ min: 0, max: 1_000 })),
  }),
);

const label = fc.record({ zh: text, en: text }, { requiredKeys: [] });

const policy: fc.Arbitrary<Policy> = fc
  .record({
    ladder: names(1, 4),
    dimensions: fc.uniqueArray(dimension, {
      minLength: 1,
      maxLength: 4,
      selector: (it) => it.name,
    }),
  })
  .chain(({ ladder, dimensions }) => {
    const upper = ladder.slice(1);
    const [lowest = ''] = ladder;
    return fc.record(
      {
        name,
        version: fc.integer({ min: 1, max: 1_000 }),
        appliesTo: fc.oneof(
          fc.constant('existing' as const),
          fc.record({ attribute: name, in: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }) }),
        ),
        baseCurrency: fc.constantFrom('CNY', 'JPY', 'EUR'),
        timeZone: fc.constantFrom('UTC', 'Asia/Shanghai'),
        ladder: fc.constant(ladder),
        labels: fc.dictionary(fc.constantFrom(...ladder), label, { maxKeys: 2 }),
        dimensions: fc.constant(dimensions),
        borders: fc.array(milli, { minLength: upper.length, maxLength: upper.length }).map((by) =>
          upper.map((tier, index) => {
            const enterMilli = index * 20_000_000 + (by[index] ?? 0);
            return { tier, enterMilli, leaveMilli: enterMilli - 500 };
          }),
        ),
        segments: fc
          .dictionary(
            name,
            fc.tuple(label, fc.uniqueArray(milli, { minLength: 1, maxLength: 2 })),
            {
              maxKeys: 3,
            },
          )
          .map((found) =>
            Object.entries(found).map(([segment, [words, points]]) => ({
              name: segment,
              label: words,
              whenMilli: { [dimensions[0]?.name ?? '']: points },
            })),
          ),
        lifecycle: fc.record(
          {
            minimumStayMs: clockMs,
            graceMs: clockMs,
            softLanding: fc.constantFrom(...SOFT_LANDINGS),
            qualification: fc.constantFrom(...QUALIFICATIONS),
            atRiskNoticeMs: fc.option(windowMs),
            onCorrection: fc.constantFrom('withdraw' as const, 'keep' as const),
            changesPerYearMax: fc.constant(100_000),
          },
          {
            requiredKeys: [
              'minimumStayMs',
              'graceMs',
              'softLanding',
              'qualification',
              'atRiskNoticeMs',
              'onCorrection',
            ],
          },
        ),
        treatment: fc.dictionary(
          fc.constantFrom(...ladder),
          fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))),
          { maxKeys: 2 },
        ),
        replaces: fc.constant({ gone: lowest }),
        calibration: fc
          .record({ everyMs: fc.option(clockMs), limit: fc.option(share), model: share })
          .filter(({ everyMs, limit }) => everyMs !== null || limit !== null)
          .map(({ everyMs, limit, model }) => ({
            everyMs,
            driftLimitMilli: limit,
            modelDriftLimitMilli: limit === null ? null : model,
          })),
      },
      {
        requiredKeys: [
          'name',
          'version',
          'appliesTo',
          'baseCurrency',
          'timeZone',
          'ladder',
          'labels',
          'dimensions',
          'borders',
          'segments',
          'lifecycle',
          'treatment',
        ],
      },
    );
  });

it('a set written as a file is read as the same set', () => {
  fc.assert(
    fc.property(policy, (one) => {
      const set = policySetOf([one]);
      const yaml = policySetYaml(set);
      const again = parsePolicyFile(yaml, { file: 'p.yaml' });
      const problems = again.ok ? [] : again.problems.map((it) => problemText(it, 'en'));
      expect(problems, yaml).toEqual([]);
      expect(again.ok && again.set.id, yaml).toBe(set.id);
      expect(again.ok && again.set).toEqual(set);
    }),
    { numRuns: 300 },
  );
});

it.each(readdirSync(PRESETS).filter((file) => file.endsWith('.yaml')))(
  'the preset %s written as a file is read as the same set',
  (file) => {
    const read = parsePolicyFile(readFileSync(new URL(file, PRESETS), 'utf8'), { file });
    if (!read.ok) throw new Error(file);
    const again = parsePolicyFile(policySetYaml(read.set), { file });
    expect(again.ok && again.set).toEqual(read.set);
  },
);

it('two sets differ in something that can be told exactly where their ids do', () => {
  const pair = fc.oneof(
    fc.tuple(policy, policy),
    policy.map((it) => [it, { ...it, dimensions: it.dimensions.toReversed() }] as const),
    policy.map((it) => [it, { ...it, segments: it.segments.toReversed() }] as const),
    policy.map((it) => [it, structuredClone(it)] as const),
  );
  fc.assert(
    fc.property(pair, ([one, two]) => {
      const [before, after] = [policySetOf([one]), policySetOf([two])];
      const { policies } = diffSets(before, after);
      expect(policies.length > 0).toBe(before.id !== after.id);
    }),
    { numRuns: 300 },
  );
});

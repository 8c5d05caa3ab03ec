import type { Policy, PolicySet } from '../policy/policy.ts';
import { policyNamed } from '../policy/population.ts';
import type { Calibration, QuantileBorder, ValueModel } from './calibration.ts';

export const BORDER_KINDS = ['quantile', 'share', 'model', 'parameter'] as const;
/**
 * `quantile`: the end of a bucket, in the dimension's exact unit. `share`: the score of a tier, in thousandths. `model`: what
 * the parameters of customer value mean together. `parameter`: one of them, which is shown and never judged: several
 * parameters far apart can say the same.
 */
export type BorderKind = (typeof BORDER_KINDS)[number];

/** One border of a set under two calibrations, the former first. */
export interface BorderMove {
  readonly kind: BorderKind;
  readonly policy: string;
  /** The dimension, or the tier. */
  readonly name: string;
  /** Which border of it: the bucket from 1 on, or what the number of a model is; null where there is one alone. */
  readonly part: string | null;
  /** Null where there was not enough data. */
  readonly before: number | null;
  readonly after: number | null;
  /** `after` less `before`; null where one of them is. */
  readonly moved: number | null;
  /** `moved` as a share of `before`; Infinity away from zero. */
  readonly movedShare: number | null;
  /** It moved further than its policy allows without somebody's word. */
  readonly isDrift: boolean;
}

export interface CalibrationComparison {
  /** All of them, in the order of the set; last those that the former calibration alone has. */
  readonly borders: readonly BorderMove[];
  /** Of the quantile and share borders those that are elsewhere, or were not or are not there any more. */
  readonly bordersMoved: number;
  readonly drifted: readonly BorderMove[];
}

/** What of the set has no border or model by a calibration, because too few customers give one, or the model does not fit. */
export interface Uncalibrated {
  readonly kind: 'quantile' | 'share' | 'model';
  readonly policy: string;
  /** The dimension, or the tier. */
  readonly name: string;
  readonly population: number;
  readonly minimumPopulation: number;
  readonly why: 'too-few' | 'no-revenue' | 'too-few-repeats' | 'did-not-converge';
}

/** Compares two calibrations of one set. Without a former one nothing has moved. */
export function compareCalibrations(
  set: PolicySet,
  before: Calibration | null,
  after: Calibration,
): CalibrationComparison {
  const was = before === null ? [] : bordersOf(before);
  const former = new Map(was.map((it) => [keyOf(it), it.value]));
  const present = bordersOf(after);
  const left = new Set(present.map(keyOf));
  const gone = was.filter((it) => !left.has(keyOf(it))).map((it) => ({ ...it, value: null }));
  const borders = [...present, ...gone].map((it): BorderMove => {
    const { value, ...place } = it;
    const from = former.get(keyOf(it)) ?? null;
    const moved = from === null || value === null ? null : value - from;
    const movedShare = moved === null || from === null ? null : shareOf(moved, from);
    const limit = limitOf(policyNamed(set, it.policy), it.kind);
    const isDrift = movedShare !== null && Math.abs(movedShare) > limit;
    return { ...place, before: from, after: value, moved, movedShare, isDrift };
  });
  const isMoved = ({ kind, before: from, after: to }: BorderMove): boolean =>
    (kind === 'quantile' || kind === 'share') && from !== to;
  return {
    borders,
    bordersMoved: before === null ? 0 : borders.filter(isMoved).length,
    drifted: borders.filter(({ isDrift }) => isDrift),
  };
}

export function uncalibrated({ dimensions, models = [], tiers = [] }: Calibration): Uncalibrated[] {
  return [
    ...dimensions.flatMap((it): Uncalibrated[] =>
      it.borders === null ? [{ ...placeOf('quantile', it, it.dimension), why: 'too-few' }] : [],
    ),
    ...models.flatMap((it): Uncalibrated[] => {
      if (it.model !== null) return [];
      const isFew = it.population < Math.max(1, it.minimumPopulation);
      const unfit =
        it.why === 'did-not-converge'
          ? ('did-not-converge' as const)
          : ('too-few-repeats' as const);
      return [{ ...placeOf('model', it, it.dimension), why: isFew ? 'too-few' : unfit }];
    }),
    ...tiers.flatMap((it): Uncalibrated[] => {
      if (it.border !== null) return [];
      const isFew = it.population < Math.max(1, it.minimumPopulation);
      return [{ ...placeOf('share', it, it.tier), why: isFew ? 'too-few' : 'no-revenue' }];
    }),
  ];
}

function placeOf(
  kind: Uncalibrated['kind'],
  of: Pick<Uncalibrated, 'policy' | 'population' | 'minimumPopulation'>,
  name: string,
): Omit<Uncalibrated, 'why'> {
  const { policy, population, minimumPopulation } = of;
  return { kind, policy, name, population, minimumPopulation };
}

interface Border extends Pick<BorderMove, 'kind' | 'policy' | 'name' | 'part'> {
  readonly value: number | null;
}

const keyOf = ({ kind, policy, name, part }: Border): string =>
  JSON.stringify([kind, policy, name, part]);

function bordersOf({ dimensions, models = [], tiers = [] }: Calibration): readonly Border[] {
  return [
    ...dimensions.flatMap(({ policy, dimension: name, borders }) =>
      (borders ?? []).map((border: QuantileBorder, index): Border => {
        return { kind: 'quantile', policy, name, part: `${index + 1}`, value: border.atMost };
      }),
    ),
    ...models.flatMap(({ policy, dimension: name, model }) =>
      model === null
        ? []
        : [
            ...Object.entries(meaningOf(model)).map(([part, value]): Border => {
              return { kind: 'model', policy, name, part, value };
            }),
            ...Object.entries({ ...model.purchases, ...model.spend }).map(
              ([part, value]): Border => {
                return { kind: 'parameter', policy, name, part, value };
              },
            ),
          ],
    ),
    ...tiers.map(({ policy, tier: name, border }): Border => {
      return { kind: 'share', policy, name, part: null, value: border?.scoreMilli ?? null };
    }),
  ];
}

/**
 * The means of the populations that the parameters describe: purchases a day of who is still there, the chance to be gone
 * after a purchase, and the spend of a transaction in minor units.
 */
function meaningOf({ purchases, spend }: ValueModel): Readonly<Record<string, number>> {
  const { r, alpha, a, b } = purchases;
  const means = { purchase_rate: r / alpha, drop_out: a / (a + b) };
  return spend === null ? means : { ...means, spend: (spend.p * spend.v) / (spend.q - 1) };
}

function shareOf(moved: number, before: number): number {
  if (moved === 0) return 0;
  return before === 0 ? Infinity : moved / Math.abs(before);
}

function limitOf(policy: Policy | null, kind: BorderKind): number {
  const milli =
    kind === 'parameter'
      ? null
      : kind === 'model'
        ? policy?.calibration?.modelDriftLimitMilli
        : policy?.calibration?.driftLimitMilli;
  return milli === null || milli === undefined ? Infinity : milli / 1_000;
}

import { formatRfc3339 } from '@strata/contracts';
import {
  type CalibratedDimension,
  type CalibratedModel,
  type CalibratedTier,
  type Calibration,
  type DimensionKind,
  exactUnitOf,
  type PolicySet,
  policyNamed,
  REPEATERS_MIN,
} from '@strata/domain';
import { describeNumber } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { moneyText } from '../money-text.ts';
import { tierLabelIn } from '../policy-names.ts';
import { groupDigits } from '../progress.ts';
import { percent } from './percent.ts';

/** When borders were made, of how many, and what they are; or that there was not enough data. */
export function calibrationLines(
  calibration: Calibration,
  set: PolicySet,
  language: Language,
): readonly string[] {
  const texts = backtestTexts(language);
  const rows = calibration.dimensions.map((dimension) => {
    const { population, minimumPopulation } = dimension;
    const borders = bordersIn(dimension, set);
    const customers = groupDigits(population);
    const name = dimensionIn(dimension, set);
    return borders === null
      ? texts.notEnoughData(name, customers, groupDigits(minimumPopulation))
      : texts.quantiles(name, customers, borders.join(', '));
  });
  const tiers = (calibration.tiers ?? []).map((it) => tierLine(it, set, language));
  const models = (calibration.models ?? []).map((it) => modelLine(it, set, language));
  const lines = [...rows, ...models, ...tiers.toReversed()].map((row) => `  ${row}`);
  return [texts.calibrated(formatRfc3339(calibration.at)), ...lines];
}

/** What a share asked for, and what its border came to. */
function tierLine(found: CalibratedTier, set: PolicySet, language: Language): string {
  const texts = backtestTexts(language);
  const policy = policyNamed(set, found.policy);
  if (policy === null) throw new TypeError(`the set holds no policy ${found.policy}`);
  const { tier, of, shareMilli, population, minimumPopulation, revenueMinor, border } = found;
  const name = tierLabelIn(set, { policy, tier }, language);
  const wanted = texts.shares[of](describeNumber(shareMilli * 100));
  if (border === null) {
    return population < Math.max(1, minimumPopulation)
      ? texts.tooFewForShare(name, wanted, {
          customers: groupDigits(population),
          minimum: groupDigits(minimumPopulation),
        })
      : texts.noRevenueToShare(name, wanted);
  }
  return texts.shareBorder(name, wanted, {
    score: describeNumber(border.scoreMilli),
    customers: groupDigits(border.customers),
    population: groupDigits(population),
    customersShare: percent(border.customers, population),
    revenueShare: percent(border.revenueMinor, revenueMinor),
    revenue: moneyText(revenueMinor, policy.baseCurrency),
  });
}

export function calibrationJson(calibration: Calibration, set: PolicySet): Record<string, unknown> {
  return {
    id: calibration.id,
    at: formatRfc3339(calibration.at),
    dimensions: calibration.dimensions.map((dimension) => ({
      policy: dimension.policy,
      dimension: dimension.dimension,
      population: dimension.population,
      minimumPopulation: dimension.minimumPopulation,
      borders: bordersIn(dimension, set),
    })),
    tiers: (calibration.tiers ?? []).map((it) => ({
      policy: it.policy,
      tier: it.tier,
      [`${it.of}Share`]: it.shareMilli / 1_000,
      population: it.population,
      minimumPopulation: it.minimumPopulation,
      revenueMinor: it.revenueMinor,
      border: it.border && {
        score: it.border.scoreMilli / 1_000,
        customers: it.border.customers,
        revenueMinor: it.border.revenueMinor,
      },
    })),
    models: calibration.models ?? [],
  };
}

function modelLine(calibrated: CalibratedModel, set: PolicySet, language: Language): string {
  const texts = backtestTexts(language);
  const { population, minimumPopulation, model, why } = calibrated;
  const dimension = dimensionIn(calibrated, set);
  const customers = groupDigits(population);
  if (model === null) {
    if (why === 'did-not-converge') return texts.notConverged(dimension, customers);
    if (population >= Math.max(1, minimumPopulation)) {
      const kind = kindOf(calibrated, set) === 'clv' ? 'clv' : 'p_alive';
      const minimum = groupDigits(REPEATERS_MIN);
      return texts.tooFewRepeats[kind]({ dimension, customers, minimum });
    }
    return texts.notEnoughData(dimension, customers, groupDigits(minimumPopulation));
  }
  const { purchases, spend } = model;
  const shown = (parameters: object): string =>
    Object.entries(parameters)
      .map(([name, value]) => `${name} ${Number(value).toPrecision(6)}`)
      .join(', ');
  const spends = spend === null ? '' : `; Gamma-Gamma ${shown(spend)}`;
  return texts.model(dimension, customers, `BG/NBD ${shown(purchases)}${spends}`);
}

/** A dimension, with its policy where there are several. */
function dimensionIn(
  { policy, dimension }: { readonly policy: string; readonly dimension: string },
  set: PolicySet,
): string {
  return set.policies.length === 1 ? dimension : `${policy}: ${dimension}`;
}

function kindOf(
  { policy, dimension }: { readonly policy: string; readonly dimension: string },
  set: PolicySet,
): DimensionKind | undefined {
  return policyNamed(set, policy)?.dimensions.find((it) => it.name === dimension)?.of;
}

/** The largest value of each bucket but the last, in the dimension's own unit. */
function bordersIn(
  { policy, dimension, borders }: CalibratedDimension,
  set: PolicySet,
): readonly number[] | null {
  const kind = kindOf({ policy, dimension }, set);
  if (kind === undefined || borders === null) return null;
  return borders.map((border) => border.atMost / exactUnitOf(kind));
}

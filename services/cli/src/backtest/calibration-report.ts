import { formatRfc3339 } from '@strata/contracts';
import {
  type CalibratedDimension,
  type CalibratedTier,
  type Calibration,
  exactUnitOf,
  type Policy,
} from '@strata/domain';
import { describeNumber, tierLabel } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { moneyText } from '../money-text.ts';
import { groupDigits } from '../progress.ts';
import { percent } from './percent.ts';

/** When borders were made, of how many, and what they are; or that there was not enough data. */
export function calibrationLines(
  calibration: Calibration,
  policy: Policy,
  language: Language,
): readonly string[] {
  const texts = backtestTexts(language);
  const rows = calibration.dimensions.map((dimension) => {
    const { population, minimumPopulation } = dimension;
    const borders = bordersIn(dimension, policy);
    const customers = groupDigits(population);
    return borders === null
      ? texts.notEnoughData(dimension.dimension, customers, groupDigits(minimumPopulation))
      : texts.quantiles(dimension.dimension, customers, borders.join(', '));
  });
  const tiers = (calibration.tiers ?? []).map((it) => tierLine(it, policy, language));
  const lines = [...rows, ...tiers.toReversed()].map((row) => `  ${row}`);
  return [texts.calibrated(formatRfc3339(calibration.at)), ...lines];
}

/** What a share asked for, and what its border came to. */
function tierLine(found: CalibratedTier, policy: Policy, language: Language): string {
  const texts = backtestTexts(language);
  const { tier, of, shareMilli, population, minimumPopulation, revenueMinor, border } = found;
  const name = tierLabel(policy, tier, language);
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

export function calibrationJson(calibration: Calibration, policy: Policy): Record<string, unknown> {
  return {
    id: calibration.id,
    at: formatRfc3339(calibration.at),
    dimensions: calibration.dimensions.map((dimension) => ({
      dimension: dimension.dimension,
      population: dimension.population,
      minimumPopulation: dimension.minimumPopulation,
      borders: bordersIn(dimension, policy),
    })),
    tiers: (calibration.tiers ?? []).map((it) => ({
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
  };
}

/** The largest value of each bucket but the last, in the dimension's own unit. */
function bordersIn(
  { dimension, borders }: CalibratedDimension,
  policy: Policy,
): readonly number[] | null {
  const kind = policy.dimensions.find((it) => it.name === dimension)?.of;
  if (kind === undefined || borders === null) return null;
  return borders.map((border) => border.atMost / exactUnitOf(kind));
}

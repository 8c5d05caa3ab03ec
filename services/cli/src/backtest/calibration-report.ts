import { formatRfc3339 } from '@strata/contracts';
import {
  type CalibratedDimension,
  type Calibration,
  exactUnitOf,
  type Policy,
} from '@strata/domain';
import type { Language } from '../language.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { groupDigits } from '../progress.ts';

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
  return [texts.calibrated(formatRfc3339(calibration.at)), ...rows.map((row) => `  ${row}`)];
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

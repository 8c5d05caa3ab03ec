import { fitPurchases, fitSpend } from '../clv/fit.ts';
import type { PurchaseHistory } from '../clv/purchase-model.ts';
import type { SpendHistory } from '../clv/spend-model.ts';
import { fixedScoring, type Scoring } from '../dimensions/steps.ts';
import { isValueDimension, type Policy, type ValueDimension } from '../policy/policy.ts';
import type { CalibratedModel, Calibration, ValueModel } from './calibration.ts';

/** Fits once for all of a policy's dimensions that ask for it, to those who ever bought. */
export function fitModels(
  policy: Policy,
  histories: readonly (PurchaseHistory & SpendHistory)[],
): readonly CalibratedModel[] {
  const dimensions = policy.dimensions.filter(isValueDimension);
  if (dimensions.length === 0) return [];
  const population = histories.length;
  const least = Math.min(...dimensions.map((it) => it.minimumPopulation));
  const isEnough = population >= Math.max(1, least);
  const purchases = isEnough ? fitPurchases(histories) : null;
  const spend =
    purchases?.isFitted === true && dimensions.some((it) => it.of === 'clv')
      ? fitSpend(histories)
      : null;
  return dimensions.map(({ name, of, minimumPopulation }) => {
    const told = { policy: policy.name, dimension: name, population, minimumPopulation };
    const fits = of === 'clv' ? [purchases, spend] : [purchases];
    const isNone = purchases === null || population < minimumPopulation;
    if (isNone) return { ...told, model: null, why: 'not-enough-data' as const };
    const failed = fits.find((it) => it !== null && !it.isFitted);
    if (!purchases.isFitted || failed?.isFitted === false) {
      const why = failed?.isFitted === false ? failed.why : 'did-not-converge';
      return { ...told, model: null, why };
    }
    const spends = of === 'clv' && spend?.isFitted === true ? spend.parameters : null;
    return { ...told, model: { purchases: purchases.parameters, spend: spends }, why: null };
  });
}

/** The model of a dimension and how its value becomes points; without one it gives `otherwise` and says why. */
export function valueScoring(
  dimension: ValueDimension,
  by: { readonly policy: { readonly name: string }; readonly calibration: Calibration | null },
): { readonly model: ValueModel | null; readonly scoring: Scoring } {
  const found = by.calibration?.models?.find(
    (it) => it.policy === by.policy.name && it.dimension === dimension.name,
  );
  if (found !== undefined && found.model !== null) {
    const scale = dimension.of === 'clv' ? 1_000 : 1_000_000;
    return { model: found.model, scoring: fixedScoring(dimension.steps, scale) };
  }
  return { model: null, scoring: { steps: [], unscored: found?.why ?? 'not-calibrated' } };
}

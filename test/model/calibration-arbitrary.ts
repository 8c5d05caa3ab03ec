import {
  type Calibration,
  isValueDimension,
  type PolicySet,
  type ValueModel,
} from '@strata/domain';

/** Populations of CDNOW, of the example of the lifetimes library, and two in which customers come and go faster. */
const MODELS: readonly ValueModel[] = [
  { purchases: { r: 0.243, alpha: 30.9, a: 0.793, b: 2.426 }, spend: { p: 6.25, q: 3.74, v: 43 } },
  { purchases: { r: 0.164, alpha: 1.86, a: 1.85, b: 3.18 }, spend: { p: 2.1, q: 3.44, v: 80 } },
  { purchases: { r: 1.5, alpha: 8, a: 0.3, b: 1.2 }, spend: { p: 1.2, q: 1.5, v: 30 } },
  { purchases: { r: 2.5, alpha: 4, a: 2.2, b: 0.9 }, spend: { p: 6.25, q: 3.74, v: 43 } },
];

interface CalibrationShape {
  readonly id: string;
  /** Which model, in turn; the one after the last is none. */
  readonly choice: number;
  /** Time runs so many times as slowly. */
  readonly factor: number;
}

/** What a calibration of the set found, were its population another; null where there is nothing to calibrate. */
export function calibrationOf(
  { id: setId, policies }: PolicySet,
  { id, choice, factor }: CalibrationShape,
): Calibration | null {
  const asked = policies.flatMap(({ name, dimensions }) =>
    dimensions.filter(isValueDimension).map((dimension) => ({ policy: name, dimension })),
  );
  if (asked.length === 0) return null;
  const models = asked.map(({ policy, dimension: { name, minimumPopulation } }, index) => {
    const model = MODELS[(choice + index) % (MODELS.length + 1)] ?? null;
    return {
      policy,
      dimension: name,
      population: 99,
      minimumPopulation,
      model: model && slowed(model, factor),
      why: model === null ? ('not-enough-data' as const) : null,
    };
  });
  return { id, setId, at: 0, dimensions: [], models };
}

const slowed = ({ purchases, spend }: ValueModel, factor: number): ValueModel => ({
  purchases: { ...purchases, alpha: purchases.alpha * factor },
  spend,
});

import { type FieldPath, type FileProblem } from '@strata/yaml-file';
import { describeNumber } from './describe-number.ts';
import type { DimensionDocument, PolicyDocument } from './document-schema.ts';
import type { PolicySource, ProblemKey } from './problem-texts.ts';

/** What can be published and hardly does what was meant: borders nobody reaches, points nobody gets, dimensions that change nothing. */
export function doubtsAbout(source: PolicySource, document: PolicyDocument): FileProblem[] {
  const doubts: FileProblem[] = [];
  const doubt = (key: ProblemKey, path: FieldPath, args: Readonly<Record<string, string>> = {}) => {
    doubts.push({ ...source.problem(key, path, args), severity: 'warning' });
  };
  const most = highestScore(document);
  for (const [tier, { enter }] of Object.entries(document.tiers)) {
    if (enter === undefined || most === null || enter <= most) continue;
    const args = { value: describeNumber(enter), most: describeNumber(most) };
    doubt('unreachable-border', ['tiers', tier, 'enter'], args);
  }
  for (const [index, { when }] of document.segments.entries()) {
    for (const [name, wanted] of Object.entries(when)) {
      const dimension = document.dimensions[name];
      const known = dimension === undefined ? null : possiblePoints(dimension);
      for (const [place, points] of wanted.entries()) {
        if (known === null || known.includes(points)) continue;
        doubt('impossible-points', ['segments', index, 'when', name, place], {
          value: describeNumber(points),
          known: known.map(describeNumber).join(', '),
        });
      }
    }
  }
  for (const [name, dimension] of Object.entries(document.dimensions)) {
    if (document.applies_to === 'prospects' && KINDS_OF_BUYERS.has(dimension.of)) {
      doubt('same-for-prospects', ['dimensions', name]);
    }
    const most = VALUE_MAX_MILLI[dimension.of];
    for (const [index, value] of thresholdsOf(dimension).entries()) {
      if (most === undefined || value <= most) continue;
      const args = { value: describeNumber(value), most: describeNumber(most) };
      doubt('unreachable-step', ['dimensions', name, 'steps', index, 'at_least'], args);
    }
  }
  const flickering = flickeringTier(document);
  if (flickering !== undefined) doubt('flickering', ['tiers', flickering], { value: flickering });
  if (document.calibration !== undefined && !asksPopulation(document)) {
    doubt('idle-calibration', ['calibration']);
  }
  for (const name of Object.keys(document.dimensions)) {
    const isAsked = document.segments.some(({ when }) => when[name] !== undefined);
    if (isAsked || (document.score[name] ?? 0) !== 0) continue;
    doubt('idle-dimension', ['dimensions', name], { value: name });
  }
  return doubts;
}

/** Whether a calibration makes anything of the policy: quantiles, shares or a model of customer value. */
function asksPopulation({ dimensions, tiers }: PolicyDocument): boolean {
  return (
    Object.values(dimensions).some(
      (it) =>
        it.of === 'p_alive' || it.of === 'clv' || ('quantiles' in it && it.quantiles !== undefined),
    ) ||
    Object.values(tiers).some(
      (it) => it.population_share !== undefined || it.revenue_share !== undefined,
    )
  );
}

/** Before somebody buys these have no value, or always the same. */
const KINDS_OF_BUYERS: ReadonlySet<DimensionDocument['of']> = new Set([
  'recency',
  'orders',
  'purchase_days',
  'revenue',
  'average_order',
  'categories',
  'channels',
  'channel_share',
  'tenure',
  'p_alive',
  'clv',
]);

/** The highest value of the kinds that have one, in thousandths. */
const VALUE_MAX_MILLI: Readonly<Partial<Record<DimensionDocument['of'], number>>> = {
  feedback: 100_000,
  satisfaction: 100_000,
  channel_share: 100_000,
  potential: 100_000,
  share_of_wallet: 1_000,
  p_alive: 1_000,
};

/** In thousandths; those of recency are durations and none of them. */
function thresholdsOf(dimension: DimensionDocument): readonly number[] {
  return dimension.of === 'recency'
    ? []
    : (dimension.steps ?? []).map(({ at_least: threshold }) => threshold);
}

/** A tier that is entered and left at one score, where no clock holds it either. */
function flickeringTier({ tiers, lifecycle }: PolicyDocument): string | undefined {
  const { minimum_stay: stay, grace, qualification } = lifecycle;
  if (stay > 0 || grace > 0 || qualification !== 'rolling') return undefined;
  return Object.entries(tiers).find(
    ([, { enter, leave }]) => enter !== undefined && enter === leave,
  )?.[0];
}

/** Every number of points the dimension can give, rising; null where the value itself is the points. */
function possiblePoints(dimension: DimensionDocument): readonly number[] | null {
  const { cap } = dimension;
  const quantiles = 'quantiles' in dimension ? dimension.quantiles : undefined;
  const steps: readonly { readonly points: number }[] | undefined = dimension.steps;
  if (steps === undefined && quantiles === undefined) return null;
  const given =
    quantiles === undefined
      ? (steps ?? []).map(({ points }) => points)
      : Array.from({ length: quantiles.buckets }, (_, index) => (index + 1) * 1_000);
  const capped = [...given, dimension.otherwise].map((points) => Math.min(points, cap ?? points));
  return [...new Set(capped)].toSorted((a, b) => a - b);
}

/** In thousandths; null where it has no end. */
function highestScore({ dimensions, score }: PolicyDocument): number | null {
  let sum = 0;
  for (const [name, dimension] of Object.entries(dimensions)) {
    const weight = score[name] ?? 0;
    if (weight === 0) continue;
    const points = possiblePoints(dimension);
    const best = weight > 0 ? (points?.at(-1) ?? mostOf(dimension)) : (points?.[0] ?? 0);
    sum += (weight * best) / 1_000;
  }
  return sum === Infinity ? null : sum;
}

/** The most that a value can give which is its own points. */
function mostOf({ of, cap = Infinity, otherwise }: DimensionDocument): number {
  return Math.min(cap, Math.max(VALUE_MAX_MILLI[of] ?? Infinity, otherwise));
}

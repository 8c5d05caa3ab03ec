import type { RecencyScoring } from '../dimensions/recency.ts';
import { fixedScoring, type Scale, type Scoring } from '../dimensions/steps.ts';
import { DAY_MS } from '../instant.ts';
import type {
  Dimension,
  RecencyDimension,
  TenureDimension,
  ValueDimension,
} from '../policy/policy.ts';
import type { Unscored } from '../tier/tier-change.ts';
import type { Calibration, QuantileBorder } from './calibration.ts';
import { firstAbove } from './quantile-borders.ts';

/** Who is scored, by which calibration. */
interface ScoredBy {
  readonly policy: { readonly name: string };
  readonly calibration: Calibration | null;
  readonly customerId: string;
}

type Borders =
  | { readonly borders: readonly QuantileBorder[] }
  | { readonly borders: null; readonly unscored: Unscored };

/** Recency is ranked in whole days; the most recent bucket gives the most points. Days pass, so borders are steps. */
export function recencyScoring(dimension: RecencyDimension, by: ScoredBy): RecencyScoring {
  if (dimension.quantiles === undefined) return { steps: dimension.steps, unscored: null };
  const found = bordersFor(dimension.name, by);
  if (found.borders === null) return { steps: [], unscored: found.unscored };
  const { borders } = found;
  const steps = borders.map((border, index) => ({
    withinMs: firstAbove(border, by.customerId) * DAY_MS,
    pointsMilli: (borders.length + 1 - index) * 1_000,
  }));
  return { steps: [...steps, { withinMs: Infinity, pointsMilli: 1_000 }], unscored: null };
}

/** The largest values give the most points; whether that is good is said by the weight. */
export function scoringOf(
  dimension: Exclude<Dimension, RecencyDimension | TenureDimension | ValueDimension>,
  by: ScoredBy,
): Scoring {
  const { of, quantiles, steps } = dimension;
  if (quantiles === undefined) return fixedScoring(steps, SCALES[of]);
  const found = bordersFor(dimension.name, by);
  if (found.borders === null) return { steps: [], unscored: found.unscored };
  const exact = found.borders.map((border, index) => ({
    atLeast: Math.ceil(firstAbove(border, by.customerId) / GRAINS[of]) * GRAINS[of],
    pointsMilli: (index + 2) * 1_000,
  }));
  const lowest = { atLeast: Number.NEGATIVE_INFINITY, pointsMilli: 1_000 };
  return { steps: [...exact.toReversed(), lowest], unscored: null };
}

function bordersFor(dimension: string, { policy, calibration }: ScoredBy): Borders {
  const found = calibration?.dimensions.find(
    (it) => it.policy === policy.name && it.dimension === dimension,
  );
  if (found === undefined) return { borders: null, unscored: 'not-calibrated' };
  if (found.borders === null) return { borders: null, unscored: 'not-enough-data' };
  return { borders: found.borders };
}

/** How many of a dimension's exact units make one of its own: a border is `atMost` over this. */
export function exactUnitOf(kind: Dimension['of']): number {
  return kind in SCALES ? SCALES[kind as ValueKind] : 1;
}

type ValueKind = Exclude<Dimension['of'], 'recency' | 'tenure' | ValueDimension['of']>;

const SCALES: Readonly<Record<ValueKind, Scale>> = {
  orders: 1_000,
  purchase_days: 1_000,
  revenue: 1_000,
  engagement: 1_000,
  complaints: 1_000_000,
  average_order: 1_000,
  feedback: 1_000,
  satisfaction: 1_000,
  referrals: 1_000,
  categories: 1_000,
  channels: 1_000,
  channel_share: 1_000,
  share_of_wallet: 1_000,
  potential: 1_000,
};

/** What values of a kind are multiples of, so that a border is shown as a value that a customer can have. */
const GRAINS: Readonly<Record<ValueKind, number>> = {
  orders: 1_000,
  purchase_days: 1_000,
  revenue: 1_000,
  engagement: 1,
  complaints: 1,
  average_order: 1,
  feedback: 1,
  satisfaction: 1,
  referrals: 1_000,
  categories: 1_000,
  channels: 1_000,
  channel_share: 1,
  share_of_wallet: 1,
  potential: 1,
};

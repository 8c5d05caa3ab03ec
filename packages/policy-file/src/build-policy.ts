import type {
  Border,
  Dimension,
  Label,
  Policy,
  Quantiles,
  ShareBorder,
  ThresholdStep,
} from '@strata/domain';
import type { DimensionDocument, PolicyDocument } from './document-schema.ts';

/** The checked document as the core works with it. */
export function buildPolicy(document: PolicyDocument): Policy {
  const [, ...upper] = document.ladder;
  return {
    name: document.policy,
    version: document.version,
    appliesTo: document.applies_to,
    baseCurrency: document.base_currency,
    timeZone: document.time_zone,
    ladder: document.ladder,
    labels: mapValues(document.labels, buildLabel),
    dimensions: Object.entries(document.dimensions).map(([name, dimension]) =>
      buildDimension(name, dimension, document.score[name] ?? 0),
    ),
    borders: upper.flatMap((tier) => buildBorder(tier, document)),
    ...buildShares(upper, document),
    segments: document.segments.map((segment) => ({
      name: segment.name,
      label: buildLabel(segment.label),
      whenMilli: segment.when,
    })),
    lifecycle: {
      minimumStayMs: document.lifecycle.minimum_stay,
      graceMs: document.lifecycle.grace,
      softLanding: document.lifecycle.soft_landing,
      qualification: document.lifecycle.qualification,
      atRiskNoticeMs: document.lifecycle.at_risk_notice ?? null,
      onCorrection: document.lifecycle.on_correction,
      ...buildLimit(document),
    },
    treatment: document.treatment,
    ...(Object.keys(document.replaces).length === 0 ? {} : { replaces: document.replaces }),
    ...buildCalibration(document),
  };
}

/** Absent where nothing is said, so that the id of such a set is what it always was. */
function buildCalibration({ calibration }: PolicyDocument): Pick<Policy, 'calibration'> {
  if (calibration === undefined) return {};
  const { every, drift_limit, model_drift_limit } = calibration;
  const limit = drift_limit ?? null;
  return {
    calibration: {
      everyMs: every ?? null,
      driftLimitMilli: limit,
      modelDriftLimitMilli: model_drift_limit ?? limit,
    },
  };
}

/** Absent where there is none, so that the id of a set without one is what it always was. */
function buildLimit({ lifecycle }: PolicyDocument): { readonly changesPerYearMax?: number } {
  const { changes_per_year_max: max } = lifecycle;
  return max === undefined ? {} : { changesPerYearMax: max };
}

function buildBorder(tier: string, document: PolicyDocument): readonly Border[] {
  const { enter, leave } = document.tiers[tier] ?? {};
  return enter === undefined || leave === undefined
    ? []
    : [{ tier, enterMilli: enter, leaveMilli: leave }];
}

/** Absent where borders are scores, so that the id of such a set is what it always was. */
function buildShares(
  tiers: readonly string[],
  document: PolicyDocument,
): { readonly shares?: readonly ShareBorder[] } {
  const shares = tiers.flatMap((tier): ShareBorder[] => {
    const { population_share, revenue_share, minimum_population } = document.tiers[tier] ?? {};
    const shareMilli = population_share ?? revenue_share;
    if (shareMilli === undefined) return [];
    const of = population_share === undefined ? 'revenue' : 'population';
    return [{ tier, of, shareMilli, minimumPopulation: minimum_population ?? 1 }];
  });
  return shares.length === 0 ? {} : { shares };
}

function buildDimension(name: string, document: DimensionDocument, weightMilli: number): Dimension {
  const base = {
    name,
    weightMilli,
    capMilli: document.cap ?? null,
    otherwiseMilli: document.otherwise,
    ...buildQuantiles(document),
  };
  switch (document.of) {
    case 'recency':
      return {
        ...base,
        of: document.of,
        steps: (document.steps ?? []).map(({ within, points }) => ({
          withinMs: within,
          pointsMilli: points,
        })),
      };
    case 'complaints':
      return {
        ...base,
        of: document.of,
        windowMs: document.window,
        perMilli: document.per,
        resolvedCountsMilli: document.resolved_counts,
        steps: buildSteps(document.steps),
      };
    case 'tenure':
      return { ...base, of: document.of, steps: buildTenureSteps(document) };
    case 'p_alive':
      return {
        ...base,
        of: document.of,
        minimumPopulation: document.minimum_population ?? 1,
        steps: buildSteps(document.steps),
      };
    case 'clv':
      return {
        ...base,
        of: document.of,
        ...buildValue(document),
        steps: buildSteps(document.steps),
      };
    case 'channel_share':
      return {
        ...base,
        of: document.of,
        windowMs: document.window,
        channel: document.channel,
        steps: buildSteps(document.steps),
      };
    case 'share_of_wallet':
      return { ...base, of: document.of, steps: buildSteps(document.steps) };
    case 'potential':
      return {
        ...base,
        of: document.of,
        ...buildFactors(document),
        steps: buildSteps(document.steps),
      };
    default:
      return {
        ...base,
        of: document.of,
        windowMs: document.window,
        steps: buildSteps(document.steps),
      };
  }
}

type ValueDocument = Extract<DimensionDocument, { readonly of: 'clv' }>;

function buildValue({ horizon, monthly_discount, minimum_population }: ValueDocument) {
  return {
    horizonMs: horizon,
    monthlyDiscountMilli: monthly_discount,
    minimumPopulation: minimum_population ?? 1,
  };
}

type TenureDocument = Extract<DimensionDocument, { readonly of: 'tenure' }>;

function buildTenureSteps({ steps = [] }: TenureDocument) {
  return steps.map(({ at_least, points }) => ({ atLeastMs: at_least, pointsMilli: points }));
}

type PotentialDocument = Extract<DimensionDocument, { readonly of: 'potential' }>;

/** A factor that the file leaves out is null, and counts as one. */
function buildFactors({ fit, engagement, stages }: PotentialDocument) {
  return {
    fitMilli: fit ?? null,
    engagement: engagement ? { windowMs: engagement.window, fullMilli: engagement.full } : null,
    stagesMilli: stages ?? null,
  };
}

/** Absent where there are none, so that the id of a set without quantiles is what it always was. */
function buildQuantiles(document: DimensionDocument): { readonly quantiles?: Quantiles } {
  if (!('quantiles' in document) || document.quantiles === undefined) return {};
  const { quantiles, minimum_population } = document;
  return { quantiles: { ...quantiles, minimumPopulation: minimum_population ?? 1 } };
}

function buildSteps(
  steps: readonly { at_least: number; points: number }[] | undefined,
): readonly ThresholdStep[] {
  return (steps ?? []).map((step) => ({ atLeastMilli: step.at_least, pointsMilli: step.points }));
}

function buildLabel(label: { zh?: string | undefined; en?: string | undefined }): Label {
  return {
    ...(label.zh === undefined ? {} : { zh: label.zh }),
    ...(label.en === undefined ? {} : { en: label.en }),
  };
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

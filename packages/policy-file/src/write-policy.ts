import { DAY_MS, type Dimension, type Policy, type PolicySet } from '@strata/domain';
import { documentsText } from '@strata/yaml-file';

type Plain = Readonly<Record<string, unknown>>;

/** A set as the text of a policy file. `parsePolicyFile` makes a set with the same id of it, if the horizon allows. */
export function policySetYaml({ policies }: PolicySet): string {
  return documentsText(policies.map(policyDocument));
}

/** A policy as its document in a file, with every default written out. Keys that say nothing are left out. */
export function policyDocument(policy: Policy): Plain {
  const { dimensions, segments, labels, treatment, replaces = {} } = policy;
  return {
    policy: policy.name,
    version: policy.version,
    applies_to: policy.appliesTo,
    base_currency: policy.baseCurrency,
    time_zone: policy.timeZone,
    ladder: policy.ladder,
    ...(isEmpty(replaces) ? {} : { replaces }),
    ...(isEmpty(labels) ? {} : { labels }),
    dimensions: Object.fromEntries(dimensions.map((it) => [it.name, dimensionDocument(it)])),
    score: Object.fromEntries(dimensions.map((it) => [it.name, decimal(it.weightMilli)])),
    ...(policy.ladder.length === 1 ? {} : { tiers: tierDocuments(policy) }),
    ...(segments.length === 0 ? {} : { segments: segments.map(segmentDocument) }),
    lifecycle: lifecycleDocument(policy),
    ...calibrationDocument(policy),
    ...(isEmpty(treatment) ? {} : { treatment }),
  };
}

function tierDocuments({ borders, shares = [] }: Policy): Plain {
  return Object.fromEntries([
    ...borders.map(({ tier, enterMilli, leaveMilli }) => [
      tier,
      { enter: decimal(enterMilli), leave: decimal(leaveMilli) },
    ]),
    ...shares.map(({ tier, of, shareMilli, minimumPopulation }) => [
      tier,
      { [`${of}_share`]: decimal(shareMilli), ...populationDocument(minimumPopulation) },
    ]),
  ]);
}

function segmentDocument({ name, label, whenMilli }: Policy['segments'][number]): Plain {
  const when = Object.entries(whenMilli).map(([dimension, points]) => [
    dimension,
    points.map(decimal),
  ]);
  return { name, ...(isEmpty(label) ? {} : { label }), when: Object.fromEntries(when) };
}

function lifecycleDocument({ lifecycle }: Policy): Plain {
  const { atRiskNoticeMs: notice, changesPerYearMax: max } = lifecycle;
  return {
    minimum_stay: days(lifecycle.minimumStayMs),
    grace: days(lifecycle.graceMs),
    soft_landing: lifecycle.softLanding,
    qualification: lifecycle.qualification,
    ...(notice === null ? {} : { at_risk_notice: days(notice) }),
    on_correction: lifecycle.onCorrection,
    ...(max === undefined ? {} : { changes_per_year_max: max }),
  };
}

function calibrationDocument({ calibration }: Policy): Plain {
  if (calibration === undefined) return {};
  const { everyMs, driftLimitMilli, modelDriftLimitMilli } = calibration;
  const said = {
    ...(everyMs === null ? {} : { every: days(everyMs) }),
    ...(driftLimitMilli === null ? {} : { drift_limit: decimal(driftLimitMilli) }),
    ...(modelDriftLimitMilli === null ? {} : { model_drift_limit: decimal(modelDriftLimitMilli) }),
  };
  return { calibration: said };
}

function dimensionDocument(dimension: Dimension): Plain {
  const { of, quantiles, otherwiseMilli, capMilli } = dimension;
  const { minimumPopulation, ...cut } = quantiles ?? { minimumPopulation: 1 };
  return {
    of,
    ...('windowMs' in dimension ? { window: days(dimension.windowMs) } : {}),
    ...kindDocument(dimension),
    ...(quantiles === undefined
      ? stepsDocument(dimension)
      : { quantiles: cut, ...populationDocument(minimumPopulation) }),
    otherwise: decimal(otherwiseMilli),
    ...(capMilli === null ? {} : { cap: decimal(capMilli) }),
  };
}

/** What only one kind says. */
function kindDocument(dimension: Dimension): Plain {
  switch (dimension.of) {
    case 'channel_share':
      return { channel: dimension.channel };
    case 'complaints':
      return {
        per: mapValues(dimension.perMilli, decimal),
        resolved_counts: decimal(dimension.resolvedCountsMilli),
      };
    case 'p_alive':
      return populationDocument(dimension.minimumPopulation);
    case 'clv':
      return {
        horizon: days(dimension.horizonMs),
        monthly_discount: decimal(dimension.monthlyDiscountMilli),
        ...populationDocument(dimension.minimumPopulation),
      };
    case 'potential': {
      const { fitMilli: fit, engagement, stagesMilli: stages } = dimension;
      return {
        ...(fit === null ? {} : { fit: mapValues(fit, (worth) => mapValues(worth, decimal)) }),
        ...(engagement === null
          ? {}
          : {
              engagement: {
                window: days(engagement.windowMs),
                full: decimal(engagement.fullMilli),
              },
            }),
        ...(stages === null ? {} : { stages: mapValues(stages, decimal) }),
      };
    }
    default:
      return {};
  }
}

/** No steps at all are not the same as an empty list, which a file may not hold. */
function stepsDocument(dimension: Dimension): Plain {
  const steps = dimension.steps.map((step) => ({
    ...('withinMs' in step ? { within: days(step.withinMs) } : {}),
    ...('atLeastMs' in step ? { at_least: days(step.atLeastMs) } : {}),
    ...('atLeastMilli' in step ? { at_least: decimal(step.atLeastMilli) } : {}),
    points: decimal(step.pointsMilli),
  }));
  return steps.length === 0 ? {} : { steps };
}

const populationDocument = (minimum: number): Plain =>
  minimum === 1 ? {} : { minimum_population: minimum };

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;

/** Thousandths divided once give the same double that the shortest decimal text reads as. */
const decimal = (milli: number): number => milli / 1_000;
const days = (ms: number): string => `${ms / DAY_MS}d`;

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

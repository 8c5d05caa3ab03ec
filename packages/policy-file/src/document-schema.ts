import {
  isCurrency,
  QUALIFICATIONS,
  QUANTILE_TIES,
  SEVERITIES,
  SOFT_LANDINGS,
  WINDOWED_KINDS,
} from '@strata/domain';
import { isTimeZone, quoted, shown } from '@strata/yaml-file';
import { z } from 'zod';
import { decimal, duration, issueOf, wholeNumber } from './scalars.ts';

const NAME = /^\p{L}[\p{L}\p{N}_.-]{0,63}$/u;
const TIERS_MAX = 64;
const WEIGHT_MAX = 1_000_000;
const BUCKETS_MAX = 100;
const POPULATION_MAX = 1_000_000_000;
/** Of some million customers it still is a sum without loss. */
const COST_MAX = 1_000_000_000;
const CHANGES_MAX = 100_000;

/** Names become keys of plain objects, so those that every object has already are no names. */
export function isName(text: string): boolean {
  return NAME.test(text) && !(text in {});
}

const name = z.string().superRefine((value, context) => {
  if (!isName(value)) context.addIssue(issueOf('bad-name', { value: shown(value) }));
});

const version = z.unknown().transform((value, context): number => {
  if (value === undefined) context.addIssue(issueOf('missing'));
  else if (Number.isSafeInteger(value) && Number(value) > 0) return Number(value);
  else context.addIssue(issueOf('not-a-version', { value: quoted(value) }));
  return z.NEVER;
});

const currency = z.string().superRefine((value, context) => {
  if (!isCurrency(value)) context.addIssue(issueOf('not-a-currency', { value: shown(value) }));
});

const timeZone = z.string().superRefine((value, context) => {
  if (!isTimeZone(value)) context.addIssue(issueOf('not-a-zone', { value: shown(value) }));
});

function nonEmpty<T extends z.ZodType>(item: T, max: number) {
  return z.array(item).superRefine((list, context) => {
    if (list.length === 0) context.addIssue(issueOf('empty-list'));
    if (list.length > max) {
      context.addIssue(
        issueOf('out-of-range', { value: `${list.length}`, min: '1', max: `${max}` }),
      );
    }
  });
}

function refuseEmpty(value: object, context: z.RefinementCtx): void {
  if (Object.keys(value).length === 0) context.addIssue(issueOf('empty-list'));
}

const label = z.strictObject({ zh: z.string().optional(), en: z.string().optional() });

/** For suggestions, as they are written. */
export const POPULATIONS = ['existing', 'prospects', '{attribute: NAME, in: [VALUE]}'] as const;

const byAttribute = z.strictObject({ attribute: name, in: nonEmpty(z.string(), 100) });
const appliesTo = z.union([z.enum(['existing', 'prospects']), byAttribute]);

const window = duration({ isPositive: true });
const thresholdStep = z.strictObject({ at_least: decimal(), points: decimal() });
/** A share of one: whoever writes 80 means 0.8, and nobody would reach it. */
const shareStep = z.strictObject({ at_least: decimal({ min: 0, max: 1 }), points: decimal() });
const recencyStep = z.strictObject({ within: duration({ isPositive: true }), points: decimal() });

const points = {
  otherwise: decimal().prefault(0),
  cap: decimal().optional(),
};

const quantiles = z.strictObject({
  buckets: wholeNumber({ min: 2, max: BUCKETS_MAX }),
  ties: z.enum(QUANTILE_TIES).default('together'),
});

const minimumPopulation = wholeNumber({ min: 1, max: POPULATION_MAX });

const byQuantiles = {
  quantiles: quantiles.optional(),
  minimum_population: minimumPopulation.optional(),
};

const recency = z.strictObject({
  of: z.literal('recency'),
  steps: nonEmpty(recencyStep, 100).optional(),
  ...byQuantiles,
  ...points,
});

const windowed = z.strictObject({
  of: z.enum(WINDOWED_KINDS),
  window,
  steps: nonEmpty(thresholdStep, 100).optional(),
  ...byQuantiles,
  ...points,
});

const channelShare = z.strictObject({
  of: z.literal('channel_share'),
  window,
  channel: z.string(),
  steps: nonEmpty(thresholdStep, 100).optional(),
  ...byQuantiles,
  ...points,
});

const shareOfWallet = z.strictObject({
  of: z.literal('share_of_wallet'),
  steps: nonEmpty(shareStep, 100).optional(),
  ...byQuantiles,
  ...points,
});

const worth = z.record(z.string(), decimal({ min: 0, max: 1 })).superRefine(refuseEmpty);
const fullEngagement = z.strictObject({
  window,
  full: decimal({ min: 0.001, max: WEIGHT_MAX }),
});

const potential = z.strictObject({
  of: z.literal('potential'),
  fit: z.record(z.string(), worth).superRefine(refuseEmpty).optional(),
  engagement: fullEngagement.optional(),
  stages: worth.optional(),
  steps: nonEmpty(thresholdStep, 100).optional(),
  ...byQuantiles,
  ...points,
});

const severityWeight = decimal({ min: 0, max: WEIGHT_MAX });

const complaints = z.strictObject({
  of: z.literal('complaints'),
  window,
  per: z.strictObject({
    low: severityWeight,
    medium: severityWeight,
    high: severityWeight,
    critical: severityWeight,
  } satisfies Record<(typeof SEVERITIES)[number], unknown>),
  resolved_counts: decimal({ min: 0, max: 1 }).prefault(1),
  steps: nonEmpty(thresholdStep, 100).optional(),
  ...byQuantiles,
  ...points,
});

const tenureStep = z.strictObject({ at_least: duration({ isPositive: false }), points: decimal() });

const tenure = z.strictObject({
  of: z.literal('tenure'),
  steps: nonEmpty(tenureStep, 100).optional(),
  ...points,
});

const pAlive = z.strictObject({
  of: z.literal('p_alive'),
  steps: nonEmpty(shareStep, 100).optional(),
  minimum_population: minimumPopulation.optional(),
  ...points,
});

const clv = z.strictObject({
  of: z.literal('clv'),
  horizon: duration({ isPositive: true }),
  monthly_discount: decimal({ min: 0, max: 1 }),
  // A value that falls all the time would make a change due all the time.
  steps: nonEmpty(thresholdStep, 100),
  minimum_population: minimumPopulation.optional(),
  ...points,
});

export const dimensionSchema = z.discriminatedUnion('of', [
  recency,
  windowed,
  channelShare,
  complaints,
  tenure,
  pAlive,
  clv,
  shareOfWallet,
  potential,
]);
export type DimensionDocument = z.output<typeof dimensionSchema>;

const share = decimal({ min: 0.001, max: 1 });

/** Scores or a share: which keys stand together is a matter of `checkBorders`. */
const border = z.strictObject({
  enter: decimal().optional(),
  leave: decimal().optional(),
  population_share: share.optional(),
  revenue_share: share.optional(),
  minimum_population: wholeNumber({ min: 1, max: POPULATION_MAX }).optional(),
});
export type BorderDocument = z.output<typeof border>;

const segment = z.strictObject({
  name,
  label: label.prefault({}),
  when: z.record(z.string(), nonEmpty(decimal(), 100)),
});

const lifecycle = z.strictObject({
  minimum_stay: duration({ isPositive: false }).prefault('0d'),
  grace: duration({ isPositive: false }).prefault('0d'),
  soft_landing: z.enum(SOFT_LANDINGS).default('target'),
  qualification: z.enum(QUALIFICATIONS).default('rolling'),
  at_risk_notice: duration({ isPositive: true }).optional(),
  on_correction: z.enum(['withdraw', 'keep']).default('withdraw'),
  changes_per_year_max: wholeNumber({ min: 1, max: CHANGES_MAX }).optional(),
});

const driftLimit = decimal({ min: 0.001, max: 1 });

const calibration = z
  .strictObject({
    every: duration({ isPositive: true }).optional(),
    drift_limit: driftLimit.optional(),
    model_drift_limit: driftLimit.optional(),
  })
  .superRefine(refuseEmpty);

/** Benefits are free data but for these two, which are counted; money is in minor units of the base currency. */
export const countedTreatmentSchema = z.object({
  visit_every: duration({ isPositive: true }).optional(),
  cost_per_customer_year: wholeNumber({ min: 0, max: COST_MAX }).optional(),
});

/** Checked, and kept as it stands: what the file says is what events carry. */
const benefits = z.record(z.string(), z.json()).superRefine((value, context) => {
  for (const issue of countedTreatmentSchema.safeParse(value).error?.issues ?? []) {
    context.addIssue({ ...issue });
  }
});
const treatment = z.record(z.string(), benefits);

/** The shape of one document. Every number comes out as integer thousandths, every duration in milliseconds. */
export const documentSchema = z.strictObject({
  policy: name,
  version,
  applies_to: appliesTo.default('existing'),
  base_currency: currency,
  time_zone: timeZone.default('UTC'),
  ladder: nonEmpty(name, TIERS_MAX),
  replaces: z.record(z.string(), name).default({}),
  labels: z.record(z.string(), label).default({}),
  dimensions: z.record(z.string(), dimensionSchema),
  score: z.record(z.string(), decimal({ min: -WEIGHT_MAX, max: WEIGHT_MAX })),
  tiers: z.record(z.string(), border).prefault({}),
  segments: z.array(segment).default([]),
  lifecycle: lifecycle.prefault({}),
  calibration: calibration.optional(),
  treatment: treatment.default({}),
});
export type PolicyDocument = z.output<typeof documentSchema>;

const KEYS_OF_DIMENSION: Readonly<Record<string, readonly string[]>> = {
  recency: Object.keys(recency.shape),
  complaints: Object.keys(complaints.shape),
  channel_share: Object.keys(channelShare.shape),
  tenure: Object.keys(tenure.shape),
  p_alive: Object.keys(pAlive.shape),
  clv: Object.keys(clv.shape),
  share_of_wallet: Object.keys(shareOfWallet.shape),
  potential: Object.keys(potential.shape),
};

/** The keys that may stand at a place of the document, for suggestions. `raw` is the document as read. */
export function knownKeysAt(path: readonly (string | number)[], raw: unknown): readonly string[] {
  const [head, , third] = path;
  if (head === undefined) return Object.keys(documentSchema.shape);
  if (head === 'lifecycle') return Object.keys(lifecycle.shape);
  if (head === 'calibration') return Object.keys(calibration.shape);
  if (head === 'applies_to') return Object.keys(byAttribute.shape);
  if (head === 'tiers') return Object.keys(border.shape);
  if (head === 'labels') return Object.keys(label.shape);
  if (head === 'segments') return Object.keys(third === 'label' ? label.shape : segment.shape);
  if (head !== 'dimensions') return [];
  if (third === 'per') return [...SEVERITIES];
  const of = kindAt(path, raw);
  if (third === 'engagement') return Object.keys(fullEngagement.shape);
  if (third === 'quantiles') return Object.keys(quantiles.shape);
  if (third === 'steps') {
    return Object.keys(of === 'recency' ? recencyStep.shape : thresholdStep.shape);
  }
  return KEYS_OF_DIMENSION[of] ?? Object.keys(windowed.shape);
}

/** The kind of the dimension around a place of the document, as it is written there. */
export function kindAt([head, name]: readonly (string | number)[], raw: unknown): string {
  if (head !== 'dimensions') return '';
  const dimensions = (raw as { dimensions?: Record<string, { of?: unknown }> }).dimensions;
  return String(dimensions?.[String(name)]?.of);
}

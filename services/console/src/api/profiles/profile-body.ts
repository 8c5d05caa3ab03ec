import { formatRfc3339, fromMilli, type TierOverride } from '@strata/contracts';
import type { AtRisk, CustomerProfile, DimensionScore, Instant, Override } from '@strata/domain';
import { z } from 'zod';
import { freshnessSchema } from './freshness.ts';

const instantText = z.string().describe('RFC 3339, UTC, milliseconds.');

export const labelsSchema = z
  .object({ zh: z.string().nullable(), en: z.string().nullable() })
  .describe('What people call the tier.');

const dimensionSchema = z.object({
  name: z.string(),
  value: z.number().nullable().describe('In its own unit; null where the customer has none.'),
  points: z.number(),
  weight: z.number().describe('Points times weight, summed, is the score.'),
  borderBelow: z.number().nullable().describe('The value that gives these points.'),
  borderAbove: z.number().nullable().describe('The value that would give the next better ones.'),
  unscored: z
    .string()
    .optional()
    .describe('Why the points are not of the value: a calibration is missing or was not possible.'),
});

const atRiskSchema = z.object({
  at: instantText.nullable().describe('When the demotion comes if nothing more happens.'),
  toTier: z.string().nullable(),
  distances: z
    .array(z.object({ name: z.string(), distance: z.number().nullable() }))
    .describe('How far each dimension is from its next better step.'),
});

export const overrideSchema = z.object({
  kind: z.string().describe('floor, lock or ceiling.'),
  tier: z.string(),
  reason: z.string().nullable(),
  actor: z.string().nullable(),
  until: instantText.nullable(),
});

export const aliasSchema = z.object({
  customerId: z.string(),
  survivorId: z.string(),
  at: instantText,
});

/** Where a customer stands, without what differs from one asking to the next. */
export const standingSchema = z.object({
  customerId: z.string(),
  tier: z.string().nullable().describe('Null for a customer that no policy grades (yet).'),
  labels: labelsSchema,
  since: instantText.nullable(),
  score: z.number().nullable(),
  segment: z.string().nullable(),
  dimensions: z.array(dimensionSchema),
  atRisk: atRiskSchema.nullable().describe('Null unless the customer is in an at-risk episode.'),
  protectedUntil: instantText.nullable().describe('Before it no fall of the score leads down.'),
  override: overrideSchema.nullable().describe('What a person decided, where it is in force.'),
  nextCrossingAt: instantText
    .nullable()
    .describe('The next change of tier if nothing more happens.'),
  treatment: z.unknown().describe('Benefits of the tier as they stand in the policy.'),
  policy: z.string().nullable(),
  policyVersion: z.number().int().nullable(),
  customerSeq: z
    .number()
    .int()
    .describe(
      'Of the last tier change: a webhook or stream event above it is newer than this answer.',
    ),
  aliases: z
    .array(aliasSchema)
    .describe(
      'From the id asked for to the customer that it is part of since a merge or link; empty for one who is nobody else.',
    ),
});

export const profileSchema = standingSchema.extend({
  at: instantText.describe('The instant at which everything was evaluated.'),
  freshness: freshnessSchema,
});
export type StandingBody = z.output<typeof standingSchema>;
export type ProfileBody = z.output<typeof profileSchema>;
export type AliasBody = z.output<typeof aliasSchema>;

export function standingBody(
  { customerId, customerSeq, standing, override }: CustomerProfile,
  { aliases, seqBase }: { readonly aliases: readonly AliasBody[]; readonly seqBase: number },
): StandingBody {
  return {
    customerId,
    tier: standing?.tier ?? null,
    labels: { zh: standing?.label?.zh ?? null, en: standing?.label?.en ?? null },
    since: instantOrNull(standing?.since ?? null),
    score: standing === null ? null : fromMilli(standing.scoreMilli),
    segment: standing?.segment ?? null,
    dimensions: standing?.dimensions.map(dimensionBody) ?? [],
    atRisk: atRiskBody(standing?.atRisk ?? null),
    protectedUntil: instantOrNull(standing?.protectedUntil ?? null),
    override: overrideBody(override),
    nextCrossingAt: instantOrNull(standing?.nextCrossingAt ?? null),
    treatment: standing?.treatment ?? null,
    policy: standing?.policy ?? null,
    policyVersion: standing?.policyVersion ?? null,
    customerSeq: customerSeq + seqBase,
    aliases: [...aliases],
  };
}

function dimensionBody(dimension: DimensionScore): StandingBody['dimensions'][number] {
  const { name, value, pointsMilli, weightMilli, borderBelow, borderAbove, unscored } = dimension;
  return {
    name,
    value,
    points: fromMilli(pointsMilli),
    weight: fromMilli(weightMilli),
    borderBelow,
    borderAbove,
    ...(unscored === undefined ? {} : { unscored }),
  };
}

function atRiskBody(atRisk: AtRisk | null): StandingBody['atRisk'] {
  return (
    atRisk && {
      at: instantOrNull(atRisk.at),
      toTier: atRisk.toTier,
      distances: atRisk.distances.map((it) => ({ ...it })),
    }
  );
}

export function overrideBody(override: Override | TierOverride | null): StandingBody['override'] {
  if (override === null) return null;
  const { kind, tier, reason, actor, until } = override;
  return { kind, tier, reason, actor, until: instantOrNull(until) };
}

export function instantOrNull(instant: Instant | null): string | null {
  return instant === null ? null : formatRfc3339(instant);
}

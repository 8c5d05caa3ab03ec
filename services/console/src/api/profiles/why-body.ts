import { z } from 'zod';
import { freshnessSchema } from './freshness.ts';
import { aliasSchema, overrideSchema } from './profile-body.ts';

const instant = z.string();
const milli = z.number().int();

/** As `./strata why --json` writes it, of the present alone: its history is in the log and on the stream. */
export const whySchema = z.object({
  customerId: z.string(),
  at: instant,
  policy: z.string(),
  policyVersion: z.number().int(),
  tier: z.string(),
  since: instant,
  scoreMilli: milli.describe('Thousandths.'),
  segment: z.string().nullable(),
  dimensions: z.array(
    z.object({
      name: z.string(),
      value: z.number().nullable(),
      pointsMilli: milli,
      weightMilli: milli,
      borderBelow: z.number().nullable(),
      borderAbove: z.number().nullable(),
      unscored: z.string().optional(),
    }),
  ),
  leaveMilli: milli.nullable().describe('Under this score the tier is left.'),
  nextTier: z.string().nullable(),
  nextEnterMilli: milli.nullable().describe('This score enters the next tier.'),
  shares: z
    .array(z.record(z.string(), z.unknown()))
    .describe('Where borders by share come from; empty where borders are scores.'),
  grace: z.object({ since: instant.nullable(), until: instant.nullable() }).nullable(),
  minimumStayUntil: instant.nullable(),
  periodEndsAt: instant.nullable(),
  override: overrideSchema.nullable(),
  nextMove: z
    .object({ at: instant, kind: z.string(), toTier: z.string() })
    .nullable()
    .describe('The next change of tier if nothing more happens.'),
  counterfactuals: z
    .array(
      z.object({
        amountMinor: z.number().int(),
        outcome: z.string().describe('keeps, promotes or hands-over.'),
        tier: z.string(),
        policy: z.string(),
        policyVersion: z.number().int(),
      }),
    )
    .describe('One order of at least this much would do this.'),
  evidence: z
    .array(z.string())
    .describe(
      '`<partition>:<offset>` in the customer log of what is behind the values, newest first.',
    ),
  aliases: z.array(aliasSchema),
  freshness: freshnessSchema,
});

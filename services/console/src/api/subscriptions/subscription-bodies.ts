import { parseRfc3339 } from '@strata/contracts';
import {
  type AddressRules,
  contentShape,
  DELIVER_MODES,
  OVERLAP_MS_MAX,
  STANDINGS,
  subscriptionIdSchema,
} from '@strata/subscriptions';
import { z } from 'zod';

const REASON_LENGTH_MAX = 500;
const MS_PER_SECOND = 1_000;

export const reason = z
  .string()
  .max(REASON_LENGTH_MAX)
  .nullish()
  .describe('Why; kept in the history.');
export const reasonBody = z.strictObject({ reason });

export const creationBody = (rules: AddressRules) =>
  z.strictObject({ id: subscriptionIdSchema, ...contentShape(rules), reason });
export const wholeBody = (rules: AddressRules) =>
  z.strictObject({ ...contentShape(rules), reason });
/** A field that is null takes its default again. */
export const partBody = (rules: AddressRules) =>
  z.strictObject({ ...contentShape(rules), reason }).partial();

export const rotationBody = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(OVERLAP_MS_MAX / MS_PER_SECOND)
    .nullish()
    .describe('How long the former secret signs beside the new one; a day where it is not said.'),
  reason,
});

const instant = z
  .string()
  .refine((text) => parseRfc3339(text) !== null, 'must be an instant of RFC 3339 with offset');
export const replayBody = z
  .strictObject({
    since: instant.nullish().describe('Published at or after it.'),
    until: instant.nullish().describe('Published before it; now, where it is not said.'),
    customerId: z.string().min(1).max(1_024).nullish().describe('Only those of one customer.'),
    givenUp: z.boolean().nullish().describe('Only deliveries that were given up.'),
    reason,
  })
  .refine(
    ({ since, customerId, givenUp }) => (since ?? customerId ?? null) !== null || givenUp === true,
    'must have since, customerId or givenUp: true',
  )
  .refine(
    ({ since, until }) =>
      typeof since !== 'string' ||
      typeof until !== 'string' ||
      (parseRfc3339(until) ?? 0) > (parseRfc3339(since) ?? 0),
    { path: ['until'], message: 'must lie behind since' },
  );

const names = z.array(z.string()).nullable();
export const subscriptionSchema = z.object({
  id: z.string(),
  version: z.number().int(),
  standing: z.enum(STANDINGS),
  heldSince: z.string().optional().describe('Of one that is paused or disabled.'),
  heldReason: z.string().nullable().optional(),
  url: z.string(),
  description: z.string().nullable(),
  types: names,
  directions: names,
  tiers: names.describe('Afterwards.'),
  segments: names,
  minimumSteps: z.number().int().describe('Rungs of the ladder that a change has to span.'),
  backfill: z.boolean(),
  operational: z.boolean(),
  deliver: z.enum(DELIVER_MODES),
  concurrency: z.number().int(),
  perSecond: z.number().nullable(),
  activeFrom: z.string().describe('Only changes published at or after it are delivered.'),
  changedAt: z.string(),
  changedBy: z.string(),
  formerSecretsEndAt: z.array(z.string()),
});
export const listSchema = z.object({ subscriptions: z.array(subscriptionSchema) });
export const secretSchema = subscriptionSchema.extend({
  secret: z.string().describe('Shown this once.'),
});
export const rotatedSchema = z.object({
  id: z.string(),
  version: z.number().int(),
  secret: z.string().describe('Shown this once.'),
  formerSecretEndsAt: z.string().nullable(),
});
export const testSchema = z.object({
  test: z.string(),
  askedAt: z.string(),
  outcome: z
    .string()
    .nullable()
    .describe('Null until a notifier has sent it: delivered, retry, rejected.'),
  reason: z.string().nullable(),
  tookMs: z.number().int().nullable(),
});
export const replaySchema = z.object({ replay: z.string(), subscription: z.string() });
export const historySchema = z.object({
  records: z.array(z.record(z.string(), z.unknown())).describe('Oldest first.'),
});

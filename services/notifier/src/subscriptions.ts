import { TIER_CHANGE_TYPES } from '@strata/domain';
import { z } from 'zod';
import { NotifierFault } from './notifier-fault.ts';
import { DELIVER_MODES, DIRECTIONS, type Subscription } from './subscription.ts';
import { signWith } from './webhook-signature.ts';

const CONCURRENCY_DEFAULT = 8;

/** Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
const SECRET_REMEDY =
  'must be whsec_ and the base64 of 24 to 64 random bytes, for example from: ' +
  "node -p \"'whsec_' + crypto.randomBytes(32).toString('base64')\"";

const secretSchema = z.string(SECRET_REMEDY).refine((text) => {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, 'base64').length;
  return bytes >= SECRET_BYTES_MIN && bytes <= SECRET_BYTES_MAX;
}, SECRET_REMEDY);

function urlSchema(isHttpAllowed: boolean) {
  return z
    .string('must be the address to post to')
    .refine(
      (text) => URL.canParse(text),
      'must be a whole address such as https://example.org/hook',
    )
    .refine(
      (text) =>
        !URL.canParse(text) ||
        new URL(text).protocol === 'https:' ||
        (isHttpAllowed && new URL(text).protocol === 'http:'),
      'must begin with https:// (http:// is for a local stack: STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES=true)',
    )
    .refine((text) => {
      if (!URL.canParse(text)) return true;
      const { username, password } = new URL(text);
      return username === '' && password === '';
    }, 'must carry no user name and no password; the receiver checks the signature instead');
}

const idPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

function fileSchema(isHttpAllowed: boolean) {
  const subscription = z.strictObject({
    id: z
      .string('must be a name of your choice')
      .regex(idPattern, 'must be 1 to 64 of a-z, 0-9, - and _, and begin with a letter or digit'),
    url: urlSchema(isHttpAllowed),
    secret: secretSchema,
    types: z
      .array(z.enum(TIER_CHANGE_TYPES, `must be of: ${TIER_CHANGE_TYPES.join(', ')}`))
      .min(1, 'must name a type, or be left out for all')
      .optional(),
    tiers: z
      .array(z.string('must be the name of a tier').min(1))
      .min(1, 'must name a tier, or be left out for all')
      .optional(),
    directions: z
      .array(z.enum(DIRECTIONS, `must be of: ${DIRECTIONS.join(', ')}`))
      .min(1, 'must name a direction, or be left out for all')
      .optional(),
    segments: z
      .array(z.string('must be the name of a segment').min(1))
      .min(1, 'must name a segment, or be left out for all')
      .optional(),
    minimumSteps: z.int('must be a whole number').min(1, 'must be 1 or more').optional(),
    backfill: z.boolean('must be true or false').optional(),
    operational: z.boolean('must be true or false').optional(),
    deliver: z.enum(DELIVER_MODES, `must be of: ${DELIVER_MODES.join(', ')}`).optional(),
    concurrency: z
      .int('must be a whole number')
      .min(1, 'must be 1 to 50')
      .max(50, 'must be 1 to 50')
      .optional(),
    perSecond: z.number('must be a number').min(0.01).max(10_000).optional(),
  });
  return z.array(subscription, 'must be a list of subscriptions: [{"id", "url", "secret"}, ...]');
}

/**
 * Reads the text of a subscriptions file. `place` is what an error calls the file; no error repeats
 * what stands in it.
 */
export function parseSubscriptions(
  text: string,
  options: { readonly place: string; readonly isHttpAllowed: boolean },
): readonly Subscription[] {
  const parsed = fileSchema(options.isHttpAllowed).safeParse(parseJson(text, options.place));
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      (issue) => `${pathOf(issue.path)}: ${sentenceOf(issue)}`,
    );
    throw new NotifierFault(
      'STRATA_NOTIFIER_SUBSCRIPTIONS',
      `The subscriptions in ${options.place} cannot be used. ${issues.join('; ')}.`,
    );
  }
  const seen = new Set<string>();
  return parsed.data.map((entry, index) => {
    if (seen.has(entry.id)) {
      throw new NotifierFault(
        'STRATA_NOTIFIER_SUBSCRIPTIONS',
        `The subscriptions in ${options.place} cannot be used. [${index}].id: is taken by an ` +
          'earlier subscription; give each its own.',
      );
    }
    seen.add(entry.id);
    return {
      id: entry.id,
      version: 1,
      url: new URL(entry.url),
      sign: signWith(entry.secret),
      types: entry.types ?? null,
      tiers: entry.tiers ?? null,
      directions: entry.directions ?? null,
      segments: entry.segments ?? null,
      minimumSteps: entry.minimumSteps ?? 1,
      hasBackfill: entry.backfill ?? false,
      isOperational: entry.operational ?? false,
      deliver: entry.deliver ?? 'every',
      concurrency: entry.concurrency ?? CONCURRENCY_DEFAULT,
      perSecond: entry.perSecond ?? null,
      standing: 'active',
      activeFromMs: 0,
      heldSinceMs: null,
    };
  });
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's own sentence may quote the text around the fault, and with it a secret; only its
    // place is taken.
    const where = /line \d+ column \d+/.exec(String(error))?.[0];
    throw new NotifierFault(
      'STRATA_NOTIFIER_SUBSCRIPTIONS',
      `The subscriptions in ${place} are no JSON${where === undefined ? '' : ` (${where})`}. ` +
        'Write a list: [{"id": "crm", "url": "https://...", "secret": "whsec_..."}].',
    );
  }
}

function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `has an unknown field: ${issue.keys.join(', ')}`;
  return issue.message;
}

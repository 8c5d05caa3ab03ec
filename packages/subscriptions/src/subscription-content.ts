import { TIER_DIRECTIONS } from '@strata/contracts';
import { TIER_CHANGE_TYPES } from '@strata/domain';
import { z } from 'zod';
import { CONTENT_SENTENCES as SAYS } from './content-sentences.ts';
import { isPrivateLiteral } from './private-address.ts';

/** `latest`: a newer change of a customer takes the place of its older ones that are not delivered yet. */
export const DELIVER_MODES = ['every', 'latest'] as const;
export type DeliverMode = (typeof DELIVER_MODES)[number];

const CONCURRENCY_DEFAULT = 8;
const CONCURRENCY_MAX = 50;
const PER_SECOND_MIN = 0.01;
const PER_SECOND_MAX = 10_000;
const STEPS_MAX = 20;
const NAMES_MAX = 100;
const NAME_LENGTH_MAX = 200;
const DESCRIPTION_LENGTH_MAX = 500;

/** What a subscription says, in the form in which files, commands and the topic carry it. Null lets everything through. */
export interface SubscriptionContent {
  readonly url: string;
  readonly description: string | null;
  readonly types: readonly string[] | null;
  readonly directions: readonly string[] | null;
  /** Afterwards. */
  readonly tiers: readonly string[] | null;
  readonly segments: readonly string[] | null;
  readonly minimumSteps: number;
  readonly backfill: boolean;
  readonly operational: boolean;
  readonly deliver: DeliverMode;
  readonly concurrency: number;
  readonly perSecond: number | null;
}

export interface AddressRules {
  /** `http:` is for a local stack. */
  readonly isHttpAllowed: boolean;
  readonly arePrivateAddressesAllowed: boolean;
}

export const SUBSCRIPTION_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
export const subscriptionIdSchema = z
  .string(SAYS.idAbsent.en)
  .regex(SUBSCRIPTION_ID, SAYS.idForm.en);

function urlSchema({ isHttpAllowed, arePrivateAddressesAllowed }: AddressRules) {
  return z.string(SAYS.urlAbsent.en).superRefine((text, context) => {
    const url = URL.parse(text);
    const fault = (sentence: { readonly en: string }): void => context.addIssue(sentence.en);
    if (url === null) return fault(SAYS.urlForm);
    if (url.protocol !== 'https:' && !(isHttpAllowed && url.protocol === 'http:')) {
      return fault(SAYS.urlScheme);
    }
    if (url.username !== '' || url.password !== '') return fault(SAYS.urlCredentials);
    if (!arePrivateAddressesAllowed && isPrivateLiteral(url)) fault(SAYS.urlPrivate);
  });
}

function names(form: { readonly en: string }, none: { readonly en: string }) {
  return z
    .array(z.string(form.en).min(1, form.en).max(NAME_LENGTH_MAX, form.en))
    .min(1, none.en)
    .max(NAMES_MAX, SAYS.tooMany.en)
    .nullish();
}

const flag = z.boolean(SAYS.flag.en).nullish();

/** The fields of a subscription as people write them: what is left out, or null, takes its default. */
export function contentShape(rules: AddressRules) {
  return {
    url: urlSchema(rules),
    description: z
      .string(SAYS.description.en)
      .max(DESCRIPTION_LENGTH_MAX, SAYS.description.en)
      .nullish(),
    types: z.array(z.enum(TIER_CHANGE_TYPES, SAYS.type.en)).min(1, SAYS.noType.en).nullish(),
    directions: z
      .array(z.enum(TIER_DIRECTIONS, SAYS.direction.en))
      .min(1, SAYS.noDirection.en)
      .nullish(),
    tiers: names(SAYS.tier, SAYS.noTier),
    segments: names(SAYS.segment, SAYS.noSegment),
    minimumSteps: z
      .int(SAYS.minimumSteps.en)
      .min(1, SAYS.minimumSteps.en)
      .max(STEPS_MAX, SAYS.minimumSteps.en)
      .nullish(),
    backfill: flag,
    operational: flag,
    deliver: z.enum(DELIVER_MODES, SAYS.deliver.en).nullish(),
    concurrency: z
      .int(SAYS.concurrency.en)
      .min(1, SAYS.concurrency.en)
      .max(CONCURRENCY_MAX, SAYS.concurrency.en)
      .nullish(),
    perSecond: z
      .number(SAYS.perSecond.en)
      .min(PER_SECOND_MIN, SAYS.perSecond.en)
      .max(PER_SECOND_MAX, SAYS.perSecond.en)
      .nullish(),
  };
}

type WrittenContent = z.output<z.ZodObject<ReturnType<typeof contentShape>>>;

export function contentOf(written: WrittenContent): SubscriptionContent {
  return {
    url: written.url,
    description: written.description ?? null,
    types: written.types ?? null,
    directions: written.directions ?? null,
    tiers: written.tiers ?? null,
    segments: written.segments ?? null,
    minimumSteps: written.minimumSteps ?? 1,
    backfill: written.backfill ?? false,
    operational: written.operational ?? false,
    deliver: written.deliver ?? 'every',
    concurrency: written.concurrency ?? CONCURRENCY_DEFAULT,
    perSecond: written.perSecond ?? null,
  };
}

/** A place in what was written, and what is wrong there, in English; `inChinese` has the other sentence. */
export interface ContentProblem {
  readonly path: readonly PropertyKey[];
  readonly sentence: string;
}

export function checkContent(
  written: unknown,
  rules: AddressRules,
): { readonly content: SubscriptionContent } | { readonly problems: readonly ContentProblem[] } {
  const parsed = z.strictObject(contentShape(rules), SAYS.noObject.en).safeParse(written);
  return parsed.success
    ? { content: contentOf(parsed.data) }
    : { problems: problemsOf(parsed.error) };
}

export function problemsOf({ issues }: z.core.$ZodError): readonly ContentProblem[] {
  return issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? { path: [...issue.path, ...issue.keys.slice(0, 1)], sentence: SAYS.unknownField.en }
      : { path: issue.path, sentence: issue.message },
  );
}

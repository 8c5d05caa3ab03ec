import { type AttributeValue, type Instant, isCurrency, type Money } from '@strata/domain';
import { type ZodType, z } from 'zod';
import type { DeadLetterReason } from './dead-letter-reason.ts';
import { LAST_INSTANT, parseRfc3339 } from './rfc3339.ts';

/**
 * The kinds of field that events are made of. A refusal with a reason of its own carries it in
 * `params`.
 */

const ID_CHARACTERS_MAX = 256;
const TEXT_CHARACTERS_MAX = 1_024;
const ROLES_MAX = 64;
/** Avro's reader refuses 2^53 - 1; a round number below it is easier to say. */
export const AMOUNT_MINOR_MAX = 9_000_000_000_000_000;
const DECIMAL_MAX = 1_000_000_000;

/**
 * Control characters would break keys and files; a lone surrogate has no UTF-8 form, so two ids
 * would become one.
 */
function isPlain(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);
}

function refusal(reason: DeadLetterReason) {
  return { params: { reason } };
}

export const plainText = (charactersMax: number = ID_CHARACTERS_MAX) =>
  z.string().min(1).max(charactersMax).refine(isPlain);
export const id = plainText();
/** A member of a growing set, such as a kind or a stage. */
export const word = plainText();
export const text = z
  .string()
  .max(TEXT_CHARACTERS_MAX)
  .refine((value) => value.isWellFormed());

function hasThreeDecimals(value: number): boolean {
  return Math.round(value * 1_000) / 1_000 === value;
}

/** A number from zero on with at most 3 decimals. */
export const decimal = z.number().min(0).max(DECIMAL_MAX).refine(hasThreeDecimals);

export const money: ZodType<Money> = z.object({
  minor: z
    .number()
    .refine(Number.isInteger)
    .refine((minor) => minor >= 0, refusal('negative-amount'))
    .refine((minor) => minor <= AMOUNT_MINOR_MAX, refusal('unsafe-number')),
  currency: z.string().refine(isCurrency, refusal('unknown-currency')),
});

/** Attribute values; the names are held against the allow-list before. */
export const attributes: ZodType<Readonly<Record<string, AttributeValue>>> = z.record(
  z.string(),
  z.union([text, z.number(), z.array(text).max(ROLES_MAX)]),
);

/**
 * How the two forms of the intake write an instant: JSON as RFC 3339, Avro as epoch milliseconds.
 */
export const INSTANT_FORMS = ['rfc3339', 'epoch-ms'] as const;
export type InstantForm = (typeof INSTANT_FORMS)[number];

export const instantField: Readonly<Record<InstantForm, ZodType<Instant>>> = {
  rfc3339: z.string().transform((value, context): Instant => {
    const instant = parseRfc3339(value);
    if (instant !== null) return instant;
    context.addIssue({ code: 'custom', ...refusal('bad-time') });
    return z.NEVER;
  }),
  'epoch-ms': z
    .number()
    .refine(
      (value) => Number.isSafeInteger(value) && value >= 0 && value <= LAST_INSTANT,
      refusal('bad-time'),
    ),
};

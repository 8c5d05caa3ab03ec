import { type AttributeValue, type Instant, isCurrency, type Money } from '@strata/domain';
import { type ZodType, z } from 'zod';
import type { DeadLetterReason } from './dead-letter-reason.ts';
import { LAST_INSTANT, parseRfc3339, RFC3339_PATTERN } from './rfc3339.ts';

/**
 * The kinds of field that events are made of. A refusal with a reason of its own carries it in
 * `params`; `meta` holds what the published JSON Schema could not tell from the check itself.
 */

export const ID_CHARACTERS_MAX = 256;
export const TEXT_CHARACTERS_MAX = 1_024;
export const ROLES_MAX = 64;
/** Avro's reader refuses 2^53 - 1; a round number below it is easier to say. */
export const AMOUNT_MINOR_MAX = 9_000_000_000_000_000;
export const DECIMAL_MAX = 1_000_000_000;

/**
 * Control characters would break keys and files; a lone surrogate has no UTF-8 form, so two ids
 * would become one.
 */
export function isPlain(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);
}

function refusal(reason: DeadLetterReason) {
  return { params: { reason } };
}

/** The same for readers of the published contract; a lone surrogate is none that a schema can tell. */
const PLAIN = String.raw`^[^\u0000-\u001f\u007f]*$`;
export const plainText = (charactersMax: number = ID_CHARACTERS_MAX) =>
  z.string().min(1).max(charactersMax).refine(isPlain).meta({ pattern: PLAIN });
export const id = plainText();
/** A member of a growing set, such as a kind or a stage. */
export const word = plainText();
export const text = z
  .string()
  .max(TEXT_CHARACTERS_MAX)
  .refine((value) => value.isWellFormed());

export function hasThreeDecimals(value: number): boolean {
  return Math.round(value * 1_000) / 1_000 === value;
}

/** A number from zero on with at most 3 decimals. */
export const decimal = z.number().min(0).max(DECIMAL_MAX).refine(hasThreeDecimals);
export const decimalAboveZero = decimal.refine((value) => value > 0).meta({ exclusiveMinimum: 0 });

export const money: ZodType<Money> = z.object({
  minor: z
    .number()
    .refine(Number.isInteger)
    .refine((minor) => minor >= 0, refusal('negative-amount'))
    .refine((minor) => minor <= AMOUNT_MINOR_MAX, refusal('unsafe-number'))
    .meta({ type: 'integer', minimum: 0, maximum: AMOUNT_MINOR_MAX }),
  currency: z
    .string()
    .refine(isCurrency, refusal('unknown-currency'))
    .meta({ pattern: '^[A-Z]{3}$' }),
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
  rfc3339: z
    .string()
    .meta({ format: 'date-time', pattern: RFC3339_PATTERN })
    .transform((value, context): Instant => {
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

import { isCurrency } from '@strata/domain';
import { type ZodType, z } from 'zod';
import {
  AMOUNT_MINOR_MAX,
  attributes,
  DECIMAL_MAX,
  decimal,
  hasThreeDecimals,
  ID_CHARACTERS_MAX,
  id,
  isPlain,
  money,
  ROLES_MAX,
  TEXT_CHARACTERS_MAX,
  text,
  word,
} from './fields.ts';

/**
 * What the kinds of field accept, as plain functions: zod keeps an account of each value that costs
 * more than all the rest of a record's way. They accept nothing that zod does not, which a property
 * test holds, and are asked first; where they refuse, zod is asked, and says why.
 */
export type Accepts = (value: unknown) => boolean;

const isId: Accepts = (value) =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= ID_CHARACTERS_MAX &&
  isPlain(value);

const isText: Accepts = (value) =>
  typeof value === 'string' && value.length <= TEXT_CHARACTERS_MAX && value.isWellFormed();

const isDecimal: Accepts = (value) =>
  typeof value === 'number' && value >= 0 && value <= DECIMAL_MAX && hasThreeDecimals(value);

const isAttribute: Accepts = (value) =>
  (typeof value === 'number' && Number.isFinite(value)) ||
  isText(value) ||
  (Array.isArray(value) && value.length <= ROLES_MAX && value.every(isText));

function isMoney(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  const { minor, currency } = value as { readonly minor?: unknown; readonly currency?: unknown };
  return (
    typeof currency === 'string' &&
    isCurrency(currency) &&
    typeof minor === 'number' &&
    Number.isInteger(minor) &&
    minor >= 0 &&
    minor <= AMOUNT_MINOR_MAX
  );
}

function areAttributes(value: unknown): boolean {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value).every(isAttribute)
  );
}

const KINDS: ReadonlyMap<ZodType, Accepts> = new Map<ZodType, Accepts>([
  [id, isId],
  [word, isId],
  [text, isText],
  [decimal, isDecimal],
  [money, isMoney],
  [attributes, areAttributes],
]);

/** A field of a type: its name, whether it may be absent, and what it accepts. */
export interface PlainField {
  readonly name: string;
  readonly isOptional: boolean;
  readonly accepts: Accepts;
}

export function plainField(name: string, schema: ZodType): PlainField {
  const isOptional = schema instanceof z.ZodExactOptional;
  const inner = isOptional ? (schema.unwrap() as ZodType) : schema;
  return { name, isOptional, accepts: KINDS.get(inner) ?? closedSet(inner) ?? asked(inner) };
}

function closedSet(schema: ZodType): Accepts | null {
  if (!(schema instanceof z.ZodEnum)) return null;
  const members: ReadonlySet<unknown> = new Set(schema.options);
  return (value) => members.has(value);
}

/** A kind of one field alone: zod is asked for it, and for the rest of its record it is not. */
function asked(schema: ZodType): Accepts {
  return (value) => schema.safeParse(value).success;
}

export const isIntakeId = isId;
export const isIntakeText = isText;

import type { CustomerEvent, Instant } from '@strata/domain';
import type { EventDefinition, IntakeBase } from './event-definition.ts';
import type { InstantForm } from './fields.ts';
import { countDropped, type Dropped, type Minimisation, NOTHING_DROPPED } from './minimisation.ts';
import { isIntakeId, isIntakeText, type PlainField, plainField } from './plain-fields.ts';
import { LAST_INSTANT, parseRfc3339 } from './rfc3339.ts';

export interface PlainEvent {
  readonly kind: 'event';
  readonly event: CustomerEvent;
  readonly dropped: Dropped;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * Reads the events that are as they should be, which nearly all are, at a fifth of what the schema
 * costs. Null for any other, and then the schema is asked and says what is wrong: what is accepted
 * here, the schema accepts and makes the same of it.
 */
export type PlainReader = (raw: Raw, rules: Minimisation) => PlainEvent | null;

/** `names` are all the fields that an event of this type may have. */
export function plainReader(
  definition: EventDefinition,
  instants: InstantForm,
  names: ReadonlySet<string>,
): PlainReader {
  const fields = Object.entries(definition.shape).map(([name, schema]) => plainField(name, schema));
  const instantOf = INSTANT_READERS[instants];
  return (raw, rules) => {
    // Who is meant by a guest, and whether it counts at all, the slow way says.
    if (raw['guest'] !== undefined && raw['guest'] !== null) return null;
    const dropped = droppedOf(raw, names, rules);
    if (dropped === null) return null;
    const base = baseOf(raw, instantOf);
    if (base === null) return null;
    const own = ownOf(raw, fields, rules);
    if (own === null) return null;
    return { kind: 'event', event: definition.fromIntake(base, own), dropped };
  };
}

const INSTANT_READERS: Readonly<Record<InstantForm, (value: unknown) => Instant | null>> = {
  rfc3339: (value) => (typeof value === 'string' ? parseRfc3339(value) : null),
  'epoch-ms': (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= LAST_INSTANT
      ? value
      : null,
};

function baseOf(raw: Raw, instantOf: (value: unknown) => Instant | null): IntakeBase | null {
  const { source, eventId, customerId, channel } = raw;
  const occurredAt = instantOf(raw['occurredAt']);
  if (
    occurredAt === null ||
    !isIntakeId(source) ||
    !isIntakeId(eventId) ||
    !isIntakeId(customerId)
  ) {
    return null;
  }
  const base = { source, eventId, customerId, occurredAt } as IntakeBase;
  if (channel === undefined || channel === null) return base;
  return isIntakeText(channel) ? { ...base, channel: channel as string } : null;
}

/** The fields of the type; null counts as absent, as everywhere in the intake. */
function ownOf(
  raw: Raw,
  fields: readonly PlainField[],
  rules: Minimisation,
): Record<string, unknown> | null {
  const own: Record<string, unknown> = {};
  for (const { name, isOptional, accepts } of fields) {
    const value = raw[name];
    if (value === undefined || value === null) {
      if (!isOptional) return null;
      continue;
    }
    if (!accepts(value)) return null;
    const copy = typeof value === 'object' ? innerOf(name, value, rules) : value;
    if (copy === null) return null;
    own[name] = copy;
  }
  return own;
}

/** Money and attributes with nothing in them that has to be dropped, copied. */
function innerOf(name: string, value: object, rules: Minimisation): object | null {
  if (name === 'amount') {
    const { minor, currency } = value as { readonly minor: number; readonly currency: string };
    const isPure = hasOnly(value, (key) => key === 'minor' || key === 'currency', rules);
    return isPure ? { minor, currency } : null;
  }
  if (name === 'attributes') {
    return hasOnly(value, (key) => rules.attributes.has(key), rules) ? { ...value } : null;
  }
  return null;
}

function hasOnly(
  value: object,
  isAllowed: (name: string) => boolean,
  rules: Minimisation,
): boolean {
  for (const name of Object.keys(value)) {
    if (!isAllowed(name) || rules.forbidden(name) !== null) return false;
  }
  return true;
}

/** Null where a forbidden field refuses the record, or is one that the type has. */
function droppedOf(raw: Raw, names: ReadonlySet<string>, rules: Minimisation): Dropped | null {
  let dropped: Map<string, number> | null = null;
  for (const name of Object.keys(raw)) {
    const value = raw[name];
    if (value === null || value === undefined) continue;
    const kind = rules.forbidden(name)?.kind ?? null;
    if (kind === null && names.has(name)) continue;
    if (kind !== null && (names.has(name) || rules.onForbidden === 'refuse')) return null;
    dropped ??= new Map();
    countDropped(dropped, kind);
  }
  return dropped ?? NOTHING_DROPPED;
}

import { CUSTOMER_EVENT_TYPES, type CustomerEvent, type CustomerEventType } from '@strata/domain';
import { z } from 'zod';
import { BASE_NAMES, MONEY_NAMES } from './contract-names.ts';
import { type DeadLetterReason, isDeadLetterReason } from './dead-letter-reason.ts';
import type { EventDefinition, IntakeBase } from './event-definition.ts';
import { definitionOf, EVENT_DEFINITIONS } from './event-definitions.ts';
import { type InstantForm, id, instantField, text } from './fields.ts';
import { guestIdOf, guestPlace } from './guest.ts';
import {
  countDropped,
  type Dropped,
  GUEST_KIND,
  type Minimisation,
  minimisation,
  pick,
} from './minimisation.ts';
import { type PlainReader, plainReader } from './plain-event.ts';
import { formatRfc3339 } from './rfc3339.ts';

/**
 * The intake contract: a raw object, from JSON or Avro, becomes one customer event or is refused
 * with a reason.
 */

export type IntakeResult =
  | { readonly kind: 'event'; readonly event: CustomerEvent; readonly dropped: Dropped }
  | {
      readonly kind: 'refused';
      readonly reason: DeadLetterReason;
      readonly field: string | null;
      readonly type: CustomerEventType | null;
      readonly dropped: Dropped;
    };

export interface IntakeOptions {
  readonly instants: InstantForm;
  readonly rules: Minimisation;
}

const TYPES: ReadonlySet<unknown> = new Set(CUSTOMER_EVENT_TYPES);
const DEFAULT_OPTIONS: IntakeOptions = { instants: 'rfc3339', rules: minimisation() };

interface TypeContract {
  readonly names: ReadonlySet<string>;
  readonly schema: z.ZodType<IntakeBase>;
  readonly readPlain: PlainReader;
}

/** The fields of an event of a type, but for `type` itself and for `guest`, which stands in for one of them. */
export function intakeShape(
  definition: EventDefinition,
  instants: InstantForm,
): Readonly<Record<string, z.ZodType>> {
  return {
    source: id,
    eventId: id,
    customerId: id,
    occurredAt: instantField[instants],
    channel: text.exactOptional(),
    ...definition.shape,
  };
}

function contractOf(definition: EventDefinition, instants: InstantForm): TypeContract {
  const shape = intakeShape(definition, instants);
  const names = new Set([...BASE_NAMES, ...Object.keys(shape)]);
  return {
    names,
    schema: z.object(shape) as unknown as z.ZodType<IntakeBase>,
    readPlain: plainReader(definition, instants, names),
  };
}

function contractsFor(instants: InstantForm): ReadonlyMap<string, TypeContract> {
  return new Map(
    EVENT_DEFINITIONS.map((definition) => [definition.type, contractOf(definition, instants)]),
  );
}

const CONTRACTS: Readonly<Record<InstantForm, ReadonlyMap<string, TypeContract>>> = {
  rfc3339: contractsFor('rfc3339'),
  'epoch-ms': contractsFor('epoch-ms'),
};

/** Reads one object of the intake. Never throws for what a producer sent. */
export function readIntakeEvent(
  raw: Readonly<Record<string, unknown>>,
  options: IntakeOptions = DEFAULT_OPTIONS,
): IntakeResult {
  const { type } = raw;
  const contract = typeof type === 'string' ? CONTRACTS[options.instants].get(type) : undefined;
  return contract?.readPlain(raw, options.rules) ?? readBySchema(raw, options);
}

/** The same by the schema alone, which says what is wrong where something is. */
export function readBySchema(
  raw: Readonly<Record<string, unknown>>,
  { instants, rules }: IntakeOptions,
): IntakeResult {
  const dropped = new Map<string, number>();
  const refuse = (reason: DeadLetterReason, field: string | null): IntakeResult => ({
    kind: 'refused',
    reason,
    field,
    type: TYPES.has(raw['type']) ? (raw['type'] as CustomerEventType) : null,
    dropped,
  });
  const { type } = raw;
  if (type === undefined || type === null) return refuse('missing-field', 'type');
  const contract = typeof type === 'string' ? CONTRACTS[instants].get(type) : undefined;
  if (contract === undefined) return refuse('unknown-type', 'type');

  const { fields, refused } = minimise(raw, contract.names, { rules, dropped });
  if (refused !== null) return refuse('forbidden-field', refused);
  if (!takeGuest(fields, guestPlace(type as CustomerEventType), dropped)) {
    return refuse('bad-field', 'guest');
  }

  const parsed = contract.schema.safeParse(fields);
  if (!parsed.success) {
    const { reason, field } = refusalOf(parsed.error.issues, fields);
    return refuse(reason, field);
  }
  const { source, eventId, customerId, occurredAt, channel } = parsed.data;
  const base = { source, eventId, customerId, occurredAt };
  const event = definitionOf(type as CustomerEventType).fromIntake(
    channel === undefined ? base : { ...base, channel },
    ownFields(parsed.data),
  );
  return { kind: 'event', event, dropped };
}

/**
 * The fields of the type, and inside them the known ones of money and the allowed ones of
 * attributes.
 */
function minimise(
  raw: Readonly<Record<string, unknown>>,
  names: ReadonlySet<string>,
  context: { readonly rules: Minimisation; readonly dropped: Map<string, number> },
): { readonly fields: Record<string, unknown>; readonly refused: string | null } {
  const { fields, refused } = pick(raw, names, context);
  let inner: string | null = null;
  for (const [name, allowed] of [
    ['amount', MONEY_NAMES],
    ['attributes', context.rules.attributes],
  ] as const) {
    const value = fields[name];
    if (!isObject(value)) continue;
    const picked = pick(value, allowed, context);
    fields[name] = picked.fields;
    if (picked.refused !== null) inner ??= `${name}.${picked.refused}`;
  }
  return { fields, refused: refused ?? inner };
}

/** The guest in the place of the id that is not there; beside an id it says nothing more. False for no token. */
function takeGuest(
  fields: Record<string, unknown>,
  place: string,
  dropped: Map<string, number>,
): boolean {
  const { guest } = fields;
  if (guest === undefined) return true;
  delete fields['guest'];
  if (fields[place] !== undefined && fields[place] !== '') {
    countDropped(dropped, GUEST_KIND);
    return true;
  }
  const id = guestIdOf(guest);
  if (id !== null) fields[place] = id;
  return id !== null;
}

function ownFields(parsed: IntakeBase): unknown {
  const { source: _s, eventId: _e, customerId: _c, occurredAt: _o, channel: _h, ...own } = parsed;
  return own;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The first fault found, as a reason of the closed list and the path of the field. */
function refusalOf(
  issues: readonly z.core.$ZodIssue[],
  fields: Readonly<Record<string, unknown>>,
): { readonly reason: DeadLetterReason; readonly field: string | null } {
  const [issue] = issues;
  if (issue === undefined) return { reason: 'bad-field', field: null };
  const field = issue.path.map(String).join('.');
  const value = valueAt(fields, issue.path);
  if (field === 'customerId' && (value === undefined || value === '')) {
    return { reason: 'no-customer', field };
  }
  if (value === undefined) return { reason: 'missing-field', field };
  const stated: unknown = issue.code === 'custom' ? issue.params?.['reason'] : undefined;
  if (typeof stated === 'string' && isDeadLetterReason(stated)) return { reason: stated, field };
  return { reason: field === 'occurredAt' ? 'bad-time' : 'bad-field', field };
}

function valueAt(fields: unknown, path: readonly PropertyKey[]): unknown {
  let value = fields;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value;
}

/** An event in the JSON form of the intake, which `readIntakeEvent` reads back to an equal one. */
export function eventToIntakeJson(event: CustomerEvent): Record<string, unknown> {
  return { ...event, occurredAt: formatRfc3339(event.occurredAt) };
}

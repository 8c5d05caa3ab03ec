import { type InstantForm, intakeFieldsOf } from '@strata/contracts';
import type { CustomerEventType } from '@strata/domain';
import { amountReader } from './amount-value.ts';
import { conditionOf } from './condition.ts';
import type {
  AmountDocument,
  EventDocument,
  FieldsDocument,
  SourceField,
} from './document-schema.ts';
import { type FieldReader, fieldReader, timeReader } from './field-value.ts';
import { type Binding, nameOf, readerOf, textReader } from './reference.ts';
import { RowFault } from './row-fault.ts';
import type { Scope } from './source-row.ts';

/** An object for the intake contract, not held against it yet. */
export interface Draft {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly instants: InstantForm;
  /** The column that a field was read from, for messages. */
  readonly columnOf: (field: string) => string;
}

/** Adds the events that one entry of `events` makes of a row. */
export type MapEvent = (scope: Scope, drafts: Draft[]) => void;

export interface EventContext {
  readonly binding: Binding;
  readonly source: string;
  readonly currency: string | null;
  readonly timeZone: string;
  /** The fields of every event of the part. */
  readonly shared: FieldsDocument;
  /** Place of this entry in the list, from 1: the ids of a row's events differ by it. */
  readonly place: number;
}

const NUMBER_FIELDS: ReadonlySet<string> = new Set(['satisfaction', 'score', 'scale', 'weight']);

export function eventMapper(event: EventDocument, context: EventContext): MapEvent {
  const { binding } = context;
  const holds = conditionOf(event.when, binding);
  const draftOf = drafterOf(event, context);
  if (event.each === undefined) {
    return (scope, drafts) => {
      if (holds(scope)) drafts.push(draftOf(scope));
    };
  }
  const read = readerOf(event.each, binding);
  const column = nameOf(event.each);
  return (scope, drafts) => {
    const list = read?.(scope);
    if (list === undefined || list === null) return;
    if (!Array.isArray(list)) throw new RowFault('bad-field', column);
    for (const [index, item] of list.entries()) {
      scope.item = item;
      scope.index = index + 1;
      if (holds(scope)) drafts.push(draftOf(scope));
    }
    scope.item = undefined;
  };
}

type MakeDraft = (scope: Scope) => Draft;

/** One way of making an event for each type that the entry can have. */
function drafterOf(event: EventDocument, context: EventContext): MakeDraft {
  const { type } = event;
  if (typeof type === 'string') return drafterOfType(type, { event, context });
  const text = textReader(type.from, context.binding);
  const column = nameOf(type.from);
  const known = [
    ...Object.values(type.values),
    ...(type.otherwise === undefined ? [] : [type.otherwise]),
  ] as CustomerEventType[];
  const drafters = new Map(
    [...new Set(known)].map((it) => [it, drafterOfType(it, { event, context })] as const),
  );
  const types = new Map(Object.entries(type.values));
  return (scope) => {
    const found = types.get(text(scope) ?? '') ?? type.otherwise;
    const make = found === undefined ? undefined : drafters.get(found);
    if (make === undefined) throw new RowFault('unknown-type', column);
    return make(scope);
  };
}

interface OwnField extends FieldReader {
  readonly name: string;
}

function drafterOfType(
  type: CustomerEventType,
  { event, context }: { readonly event: EventDocument; readonly context: EventContext },
): MakeDraft {
  const { source, binding, timeZone, shared } = context;
  const written = { ...shared, ...event } as FieldsDocument;
  const { customerId = '', occurredAt = '', eventId } = written;
  const customer = fieldReader(customerId, { binding, isNumber: false });
  const time = timeReader(occurredAt, { binding, timeZone });
  const id = fieldReader(eventId ?? placeId(event, context), { binding, isNumber: false });
  const own = ownFields(type, { written, context });
  const columns = new Map([
    ['customerId', customer.column],
    ['occurredAt', time.column],
    ['eventId', id.column],
    ...own.map(({ name, column }) => [name, column] as const),
  ]);
  const columnOf = (field: string): string => {
    const [head = field] = field.split('.');
    return columns.get(head) ?? field;
  };
  return (scope) => {
    const customerOf = customer.read(scope);
    if (customerOf === null) throw new RowFault('no-customer', customer.column);
    const at = time.read(scope);
    const fields: Record<string, unknown> = {
      type,
      source,
      eventId: id.read(scope),
      customerId: customerOf,
      occurredAt: at,
    };
    for (const { name, read } of own) {
      const value = read(scope);
      if (value !== null) fields[name] = value;
    }
    return { fields, instants: 'epoch-ms', columnOf };
  };
}

/** Where the record has no id its place is one: the same file read again gives the same ids. */
function placeId({ each }: EventDocument, { place }: EventContext): SourceField {
  const behind = place === 1 ? '' : `:${place}`;
  return { template: `{$file}:{$record}${behind}${each === undefined ? '' : ':{$index}'}` };
}

/** In the order in which the map writes them: the first that is wrong is the one that is told. */
function ownFields(
  type: CustomerEventType,
  { written, context }: { readonly written: FieldsDocument; readonly context: EventContext },
): readonly OwnField[] {
  const { binding } = context;
  const known = intakeFieldsOf(type);
  return Object.entries(written).flatMap(([name, value]): OwnField[] => {
    const isChannel = name === 'channel';
    if (value === undefined || (!known.has(name) && !isChannel)) return [];
    if (name === 'amount') {
      const isNeeded = known.get(name)?.isNeeded === true;
      return [{ name, ...amountField(value as AmountDocument, { context, isNeeded }) }];
    }
    if (name === 'attributes') {
      const attributes = value as Readonly<Record<string, SourceField>>;
      return [{ name, ...attributesField(attributes, binding) }];
    }
    const isNumber = NUMBER_FIELDS.has(name);
    return [{ name, ...fieldReader(value, { binding, isNumber }) }];
  });
}

function amountField(
  amount: AmountDocument,
  { context, isNeeded }: { readonly context: EventContext; readonly isNeeded: boolean },
): FieldReader {
  const { read, column } = amountReader(amount, context);
  return {
    column,
    read: (scope) => {
      const money = read(scope);
      if (money === null && isNeeded) throw new RowFault('bad-price', column);
      return money;
    },
  };
}

function attributesField(
  attributes: Readonly<Record<string, SourceField>>,
  binding: Binding,
): FieldReader {
  const readers = Object.entries(attributes).map(
    ([name, source]) => [name, fieldReader(source, { binding, isNumber: false })] as const,
  );
  return {
    column: readers.map(([, { column }]) => column).join(', '),
    read: (scope) => {
      const values = readers.flatMap(([name, { read }]) => {
        const value = read(scope);
        return value === null ? [] : [[name, value] as const];
      });
      return Object.fromEntries(values);
    },
  };
}

import type { FieldPath } from '@strata/yaml-file';
import type {
  AmountDocument,
  ConditionDocument,
  FieldsDocument,
  PartDocument,
  Reference,
  SourceField,
  TimeDocument,
} from './document-schema.ts';
import { placeholdersOf } from './field-value.ts';

export interface PlacedReference {
  readonly reference: Reference;
  readonly path: FieldPath;
}

/** Every reference of a part with the place at which it stands, for checks. `base` is the part's own place. */
export function referencesOf(part: PartDocument, base: FieldPath): readonly PlacedReference[] {
  const { joins, rules, fields, events, keep } = part;
  const found: PlacedReference[] = [
    ...joins.map(({ by }, index) => ({ reference: by, path: [...base, 'joins', index, 'by'] })),
    ...rules.flatMap(({ when }, index) => inCondition(when, [...base, 'rules', index, 'when'])),
    ...inFields(fields, [...base, 'fields']),
  ];
  for (const [index, event] of (events === 'as-is' ? [] : (events ?? [])).entries()) {
    const path = [...base, 'events', index];
    if (typeof event.type === 'object') {
      found.push({ reference: event.type.from, path: [...path, 'type', 'from'] });
    }
    if (event.when !== undefined) found.push(...inCondition(event.when, [...path, 'when']));
    if (event.each !== undefined) found.push({ reference: event.each, path: [...path, 'each'] });
    found.push(...inFields(event, path));
  }
  if (keep === undefined) return found;
  const path = [...base, 'keep'];
  found.push({ reference: keep.by, path: [...path, 'by'] });
  for (const [name, source] of Object.entries(keep.values)) {
    found.push(...inSource(source, [...path, 'values', name]));
  }
  for (const [name, amount] of Object.entries(keep.sums)) {
    found.push(...inAmount(amount, [...path, 'sums', name]));
  }
  return found;
}

function inFields(fields: FieldsDocument, path: FieldPath): readonly PlacedReference[] {
  return Object.entries(fields).flatMap(([name, value]): readonly PlacedReference[] => {
    const at = [...path, name];
    if (value === undefined || NOT_FIELDS.has(name)) return [];
    if (name === 'amount') return inAmount(value as AmountDocument, at);
    if (name !== 'attributes') return inSource(value, at);
    const attributes = value as Readonly<Record<string, SourceField>>;
    return Object.entries(attributes).flatMap(([key, source]) => inSource(source, [...at, key]));
  });
}

/** Keys of an event that are none of its fields. */
export const NOT_FIELDS: ReadonlySet<string> = new Set(['type', 'when', 'each']);

function inSource(source: SourceField | TimeDocument, path: FieldPath): readonly PlacedReference[] {
  if (typeof source !== 'object') return [{ reference: source, path }];
  const template = 'template' in source ? source.template : undefined;
  if (template !== undefined) {
    return placeholdersOf(template).map((reference) => ({
      reference,
      path: [...path, 'template'],
    }));
  }
  const { from = [] } = source;
  const list = Array.isArray(from) ? from : [from];
  return list.map((reference) => ({ reference, path: [...path, 'from'] }));
}

function inAmount(amount: AmountDocument, path: FieldPath): readonly PlacedReference[] {
  const named = (['major', 'minor', 'price', 'quantity'] as const).flatMap((key) => {
    const reference = amount[key];
    return reference === undefined ? [] : [{ reference, path: [...path, key] }];
  });
  const { currency } = amount;
  if (typeof currency !== 'object') return named;
  return [...named, { reference: currency.from, path: [...path, 'currency'] }];
}

function inCondition(condition: ConditionDocument, path: FieldPath): readonly PlacedReference[] {
  return (Array.isArray(condition) ? condition : [condition]).flatMap((all) =>
    Object.keys(all).map((reference) => ({ reference, path })),
  );
}

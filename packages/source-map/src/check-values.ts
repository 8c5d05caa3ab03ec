import type { FieldPath } from '@strata/yaml-file';
import type { AmountDocument, SourceField } from './document-schema.ts';
import type { PartCheck } from './part-check.ts';
import { NOT_FIELDS } from './references-of.ts';

interface Placed<T> {
  readonly value: T;
  readonly path: FieldPath;
}

/** A value comes from one place. */
export function checkValues(check: PartCheck): void {
  for (const { value, path } of sourcesOf(check)) {
    if (typeof value !== 'object') continue;
    const named = [value.from, value.template, value.constant].filter((it) => it !== undefined);
    if (named.length === 1) continue;
    check.add('one-of', path, { keys: 'from, template, constant', example: '{from: customer_id}' });
  }
}

export function checkAmounts({ document, add, ...check }: PartCheck): void {
  for (const { value: amount, path, isSum } of amountsOf(check)) {
    const named = (['major', 'minor', 'price'] as const).filter((key) => amount[key] !== undefined);
    if (named.length !== 1) {
      add('one-of', path, { keys: 'major, minor, price', example: '{major: total}' });
    }
    if (amount.quantity !== undefined && amount.price === undefined) {
      add('quantity-without-price', [...path, 'quantity'], { key: named[0] ?? '' });
    }
    // What is summed in minor units takes its currency where it becomes an amount.
    const hasCurrency = amount.currency !== undefined || document.currency !== undefined;
    if (!hasCurrency && !(isSum && amount.minor !== undefined)) add('no-currency', path);
    if ((amount.decimal_mark ?? '.') === amount.group_mark)
      add('same-marks', [...path, 'group_mark']);
  }
}

type Place = Pick<PartCheck, 'part' | 'path'>;

function fieldsIn({ part, path }: Place): readonly Placed<Readonly<Record<string, unknown>>>[] {
  const events = part.events === 'as-is' ? [] : (part.events ?? []);
  return [
    { value: part.fields, path: [...path, 'fields'] },
    ...events.map((value, index) => ({ value, path: [...path, 'events', index] })),
  ];
}

const OTHER_FORMS: ReadonlySet<string> = new Set([
  ...NOT_FIELDS,
  'occurredAt',
  'amount',
  'attributes',
]);

function sourcesOf(place: Place): readonly Placed<SourceField>[] {
  const { part, path } = place;
  const kept = Object.entries(part.keep?.values ?? {}).map(([name, value]) => ({
    value,
    path: [...path, 'keep', 'values', name],
  }));
  const fields = fieldsIn(place).flatMap(({ value: written, path: at }) => {
    const { attributes = {} } = written as { attributes?: Readonly<Record<string, SourceField>> };
    return [
      ...Object.entries(written).flatMap(([name, value]): Placed<SourceField>[] =>
        value === undefined || OTHER_FORMS.has(name)
          ? []
          : [{ value: value as SourceField, path: [...at, name] }],
      ),
      ...Object.entries(attributes).map(([name, value]) => ({
        value,
        path: [...at, 'attributes', name],
      })),
    ];
  });
  return [...kept, ...fields];
}

function amountsOf(
  place: Place,
): readonly (Placed<AmountDocument> & { readonly isSum: boolean })[] {
  const { part, path } = place;
  const sums = Object.entries(part.keep?.sums ?? {}).map(([name, value]) => ({
    value,
    path: [...path, 'keep', 'sums', name],
    isSum: true,
  }));
  const own = fieldsIn(place).flatMap(({ value, path: at }) => {
    const { amount } = value as { amount?: AmountDocument };
    return amount === undefined ? [] : [{ value: amount, path: [...at, 'amount'], isSum: false }];
  });
  return [...sums, ...own];
}

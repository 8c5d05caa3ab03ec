import { amountReader } from './amount-value.ts';
import type { JoinDocument, KeepDocument, SourceField } from './document-schema.ts';
import { fieldReader } from './field-value.ts';
import { KeptTable, type RowEnd } from './kept-table.ts';
import { type Binding, nameOf, textReader } from './reference.ts';
import { endIn } from './row-end.ts';
import { RowFault } from './row-fault.ts';
import type { JoinedValues, Scope } from './source-row.ts';

export type Tables = Map<string, KeptTable>;

/** What a row joined: the values, and the way to tell that it became an event. */
export interface Joined {
  readonly values: readonly JoinedValues[];
  /** How many kept rows become parts by it. */
  readonly use: () => number;
}

/** Finds what rows of earlier files hold for a row; a row that misses one of them ends. */
export function joiner(
  joins: readonly JoinDocument[],
  { binding, tables }: { readonly binding: Binding; readonly tables: Tables },
): (scope: Scope) => Joined | RowEnd {
  const found = joins.map(({ table, by, otherwise }) => ({
    table: tables.get(table),
    key: textReader(by, binding),
    end: endIn(otherwise, nameOf(by)),
  }));
  return (scope) => {
    const values: JoinedValues[] = [];
    const keys: string[] = [];
    for (const { table, key, end } of found) {
      const wanted = key(scope) ?? '';
      const joined = table?.valuesOf(wanted) ?? null;
      if (joined === null) return end;
      keys.push(wanted);
      values.push(joined);
    }
    const use = (): number =>
      found.reduce((sum, { table }, index) => sum + (table?.use(keys[index] ?? '') ?? 0), 0);
    return { values, use };
  };
}

/** Values of a row to be joined later, taken when the row is read and kept when somebody says so. */
export type Keeper = (scope: Scope) => { readonly keep: () => void; readonly hold: () => void };

/** Opens the table that the rows of a file are kept in. */
export function keeperOf(
  { as, by, values, sums, unused }: KeepDocument,
  context: {
    readonly binding: Binding;
    readonly tables: Tables;
    readonly currency: string | null;
  },
): Keeper {
  const { binding, tables } = context;
  const keyOf = textReader(by, binding);
  const table = new KeptTable(endIn(unused ?? { refuse: 'no-order' }, nameOf(by)));
  tables.set(as, table);
  const read = Object.entries(values).map(
    ([name, source]) => [name, valueReader(source, binding)] as const,
  );
  const added = Object.entries(sums).map(
    ([name, amount]) => [name, amountReader(amount, context)] as const,
  );
  return (scope) => {
    const { row } = scope;
    const key = keyOf(scope) ?? '';
    const kept = Object.fromEntries(read.map(([name, of]) => [name, of(scope)]));
    const minors = Object.fromEntries(
      added.map(([name, amount]) => {
        const money = amount.read(scope);
        if (money === null) throw new RowFault('bad-price', amount.column);
        return [name, money.minor];
      }),
    );
    const keep = (): void => table.keep(key, kept, minors);
    const hold = (): void => {
      keep();
      table.wait(key, row);
    };
    return { keep, hold };
  };
}

function valueReader(source: SourceField, binding: Binding): (scope: Scope) => unknown {
  return fieldReader(source, { binding, isNumber: false }).read;
}

import type { Reference } from './document-schema.ts';
import { RowFault } from './row-fault.ts';
import type { Layout, Read, ReadText } from './source-row.ts';

/** What turns references into values of a row, and remembers which columns there are not. */
export interface Binding {
  readonly layout: Layout;
  /** Names of joined tables in the order of the joins. */
  readonly tables: readonly string[];
  /** Cells that say nothing. */
  readonly empty: ReadonlySet<string>;
  readonly missing: Set<string>;
  readonly used: Set<number>;
}

/** The value a reference stands for; null where the file has no such column. */
export function readerOf(reference: Reference, binding: Binding): Read | null {
  if (typeof reference === 'number') return cellReader(reference - 1, binding);
  const special = specialReader(reference) ?? joinReader(reference, binding);
  if (special !== null) return special;
  if (binding.layout.kind === 'objects') {
    const steps = pathOf(reference);
    return ({ row }) => valueAt(row.content, steps);
  }
  const index = columnIndex(binding.layout.names, reference);
  return index === -1 ? null : cellReader(index, binding);
}

/** As `readerOf`; a column that is not there is noted as missing and reads as empty. */
export function textReader(reference: Reference, binding: Binding): ReadText {
  const read = readerOf(reference, binding);
  if (read === null) {
    binding.missing.add(String(reference));
    return () => null;
  }
  return asText(read, { empty: binding.empty, column: nameOf(reference) });
}

/** The first of several that says something. Of alternatives one has to be there, unless none need. */
export function firstText(
  references: Reference | readonly Reference[],
  binding: Binding,
  isOptional = false,
): ReadText {
  const list = typeof references === 'object' ? references : [references];
  const found = list.flatMap((it): ReadText[] => {
    const read = readerOf(it, binding);
    return read === null ? [] : [asText(read, { empty: binding.empty, column: nameOf(it) })];
  });
  if (found.length === 0 && !isOptional) binding.missing.add(list.join(' / '));
  const [first, ...others] = found;
  if (first === undefined) return () => null;
  if (others.length === 0) return first;
  return (scope) => {
    for (const read of [first, ...others]) {
      const text = read(scope);
      if (text !== null) return text;
    }
    return null;
  };
}

/** Exactly, else without regard to case: exports differ in it from one edition to the next. */
export function columnIndex(names: readonly string[], wanted: string): number {
  const exact = names.indexOf(wanted);
  if (exact !== -1) return exact;
  const folded = wanted.toLowerCase();
  return names.findIndex((name) => name.toLowerCase() === folded);
}

function cellReader(index: number, { layout, used }: Binding): Read | null {
  if (layout.kind === 'objects' || index >= layout.names.length) return null;
  used.add(index);
  return ({ row }) => (row.content as readonly string[])[index];
}

function specialReader(reference: string): Read | null {
  if (reference === '$record') return ({ row }) => row.record;
  if (reference === '$file') return ({ row }) => row.origin;
  if (reference === '$index') return ({ index }) => index;
  if (reference === '$item') return ({ item }) => item;
  if (!reference.startsWith('$item.')) return null;
  const steps = pathOf(reference.slice('$item.'.length));
  return ({ item }) => valueAt(item, steps);
}

function joinReader(reference: string, { tables }: Binding): Read | null {
  const dot = reference.indexOf('.');
  const table = dot === -1 ? -1 : tables.indexOf(reference.slice(0, dot));
  if (table === -1) return null;
  const name = reference.slice(dot + 1);
  return ({ joined }) => joined[table]?.[name];
}

/** `a.b.0` as steps; a dot that belongs to a name is written `\.`. */
function pathOf(path: string): readonly string[] {
  return path.split(/(?<!\\)\./).map((step) => step.replaceAll('\\.', '.'));
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  let found = value;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step))
      return undefined;
    found = (found as Readonly<Record<string, unknown>>)[step];
  }
  return found;
}

const BROKEN_LETTER = '\uFFFD';

/** Blanks around a text mean nothing. A letter that could not be read must not become part of an id. */
function asText(
  read: Read,
  { empty, column }: { empty: ReadonlySet<string>; column: string },
): ReadText {
  return (scope) => {
    const value = read(scope);
    if (typeof value === 'string') {
      const text = value.trim();
      if (text === '' || empty.has(text)) return null;
      if (text.includes(BROKEN_LETTER)) throw new RowFault('not-utf8', column);
      return text;
    }
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
  };
}

/** What messages call the place that a value comes from. */
export function nameOf(references: Reference | readonly Reference[]): string {
  const first = typeof references === 'object' ? references[0] : references;
  return typeof first === 'number' ? `column ${first}` : String(first);
}

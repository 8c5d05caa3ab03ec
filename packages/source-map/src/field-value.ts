import type { Reference, SourceField, TimeDocument, ValueDocument } from './document-schema.ts';
import { type Binding, firstText, nameOf, textReader } from './reference.ts';
import { RowFault } from './row-fault.ts';
import type { ReadText, Scope } from './source-row.ts';
import { instantReader } from './time-pattern.ts';

/** A value of a row for one field of an event; null where the row has none. */
export type ReadField = (scope: Scope) => unknown;

export interface FieldReader {
  readonly read: ReadField;
  /** What messages call the place it comes from. */
  readonly column: string;
}

/** Reads a field as text, or as a number where the contract or the map wants one. */
export function fieldReader(
  source: SourceField,
  { binding, isNumber }: { readonly binding: Binding; readonly isNumber: boolean },
): FieldReader {
  const value: ValueDocument = typeof source === 'object' ? source : { from: source };
  const column = columnNameOf(value);
  const wantsNumber = value.as === undefined ? isNumber : value.as === 'number';
  const { constant, split } = value;
  if (constant !== undefined) {
    const fixed = wantsNumber ? Number(constant) : constant;
    return { column, read: () => fixed };
  }
  const text = mapped(value, plainText(value, binding), column);
  if (split !== undefined) {
    return { column, read: (scope) => listOf(text(scope), split) };
  }
  return { column, read: wantsNumber ? (scope) => numberOf(text(scope), column) : text };
}

export function timeReader(
  source: TimeDocument,
  { binding, timeZone }: { readonly binding: Binding; readonly timeZone: string },
): FieldReader {
  const { from, formats, time_zone }: Exclude<TimeDocument, Reference> =
    typeof source === 'object' ? source : { from: source };
  const column = nameOf(from);
  const text = firstText(from, binding);
  const patterns = typeof formats === 'string' ? [formats] : (formats ?? ['rfc3339']);
  const instantOf = instantReader(patterns, time_zone ?? timeZone);
  return {
    column,
    read: (scope) => {
      const written = text(scope);
      const instant = written === null ? null : instantOf(written);
      if (instant === null) throw new RowFault('bad-time', column);
      return instant;
    },
  };
}

export function columnNameOf({ from, template, constant }: ValueDocument): string {
  return template ?? (from === undefined ? String(constant) : nameOf(from));
}

type Strip = (text: string) => string | null;

/** The text without what the map takes off; of a template, each of its parts without it. */
function plainText(value: ValueDocument, binding: Binding): ReadText {
  const { template, from, optional, without_prefix, without_suffix } = value;
  const prefixes = listed(without_prefix);
  const suffixes = listed(without_suffix);
  const isWhole = prefixes.length + suffixes.length === 0;
  const strip: Strip | null = isWhole ? null : (text) => stripped(text, { prefixes, suffixes });
  if (template !== undefined) return templateReader(template, binding, strip);
  const text = firstText(from ?? [], binding, optional === true);
  return strip === null ? text : withoutEnds(text, strip);
}

function withoutEnds(text: ReadText, strip: Strip): ReadText {
  return (scope) => {
    const written = text(scope);
    return written === null ? null : strip(written);
  };
}

export function stripped(
  text: string,
  off: { readonly prefixes: readonly string[]; readonly suffixes: readonly string[] },
): string | null {
  const prefix = off.prefixes.find((it) => text.startsWith(it)) ?? '';
  const rest = text.slice(prefix.length);
  const suffix = off.suffixes.find((it) => rest.endsWith(it)) ?? '';
  const kept = rest.slice(0, rest.length - suffix.length).trim();
  return kept === '' ? null : kept;
}

/** A value map, the default, and what is put around; a value that the map does not know refuses the row. */
function mapped(value: ValueDocument, text: ReadText, column: string): ReadText {
  const { values, otherwise, default: fallback, prefix = '', suffix = '' } = value;
  const table =
    values === undefined
      ? null
      : new Map(Object.entries(values).map(([key, it]) => [key, String(it)]));
  if (table === null && fallback === undefined && prefix === '' && suffix === '') return text;
  return (scope) => {
    const written = text(scope);
    if (written === null) return fallback === undefined ? null : String(fallback);
    if (table === null) return `${prefix}${written}${suffix}`;
    const known = table.get(written) ?? (otherwise === undefined ? null : String(otherwise));
    if (known === null) throw new RowFault('bad-field', column);
    return `${prefix}${known}${suffix}`;
  };
}

const PLACEHOLDER = /\{([^{}]+)\}/g;

/** The references of a template. */
export function placeholdersOf(template: string): readonly string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, reference = '']) => reference);
}

/** A template of which one part is empty is empty: half an id would be the id of several. */
function templateReader(template: string, binding: Binding, strip: Strip | null): ReadText {
  const references = placeholdersOf(template);
  const between = template.split(PLACEHOLDER).filter((_, index) => index % 2 === 0);
  const readers = references.map((reference) => {
    const text = textReader(reference, binding);
    return strip === null ? text : withoutEnds(text, strip);
  });
  return (scope) => {
    let text = between[0] ?? '';
    for (const [index, read] of readers.entries()) {
      const part = read(scope);
      if (part === null) return null;
      text += part + (between[index + 1] ?? '');
    }
    return text;
  };
}

const NUMBER = /^-?\d{1,15}(\.\d{1,9})?$/;

function numberOf(text: string | null, column: string): number | null {
  if (text === null) return null;
  if (!NUMBER.test(text)) throw new RowFault('bad-field', column);
  return Number(text);
}

function listOf(text: string | null, separator: string): readonly string[] | null {
  if (text === null) return null;
  const parts = text.split(separator).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

export function listed(texts: string | readonly string[] | undefined): readonly string[] {
  return texts === undefined ? [] : typeof texts === 'string' ? [texts] : texts;
}

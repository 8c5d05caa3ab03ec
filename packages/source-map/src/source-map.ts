import type {
  EventDocument,
  FieldsDocument,
  InputDocument,
  JoinDocument,
  KeepDocument,
  MapDocument,
  PartDocument,
  RuleDocument,
} from './document-schema.ts';

/** How the bytes of a file become rows. */
export interface SourceInput {
  readonly format: 'csv' | 'ndjson';
  /** One character, or `spaces` for any run of blanks. */
  readonly separator: string;
  readonly encoding: InputDocument['encoding'];
  readonly header: 'required' | 'optional' | 'none';
  /** The names of the columns by their place; null where the header says them. */
  readonly columns: readonly string[] | null;
  readonly empty: readonly string[];
}

/** What is made of the rows of one file or topic. */
export interface SourcePart {
  /** Names a file may have, without ending; null where a command names the file. */
  readonly files: readonly string[] | null;
  readonly input: SourceInput;
  readonly joins: readonly JoinDocument[];
  readonly rules: readonly RuleDocument[];
  readonly fields: FieldsDocument;
  readonly events: readonly EventDocument[];
  /** Rows are objects of the contract already. */
  readonly isAsIs: boolean;
  readonly keep: KeepDocument | null;
}

/** A mapping file that was checked. */
export interface SourceMap {
  readonly name: string;
  readonly about: { readonly zh?: string | undefined; readonly en?: string | undefined };
  readonly source: string;
  /** Of amounts that name none of their own. */
  readonly currency: string | null;
  /** Whether every amount is in `currency`. */
  readonly isOneCurrency: boolean;
  readonly timeZone: string | null;
  readonly topic: string | null;
  /** Several files of one folder, in the order in which they are read. */
  readonly isFolder: boolean;
  readonly parts: readonly [SourcePart, ...SourcePart[]];
  /** Whether ids of events are places in a file: such a file needs a name. */
  readonly hasPlaceIds: boolean;
}

const SEPARATORS: Readonly<Record<string, string>> = { tab: '\t' };

export function inputOf(input: InputDocument | undefined): SourceInput {
  const {
    format = 'ndjson',
    separator = ',',
    encoding = 'utf-8',
    columns,
    empty = [],
  } = input ?? {};
  return {
    format,
    separator: SEPARATORS[separator] ?? separator,
    encoding,
    header: input?.header ?? (columns === undefined ? 'required' : 'optional'),
    columns: columns ?? null,
    empty,
  };
}

export function partOf(
  part: PartDocument,
  {
    input,
    files,
  }: { readonly input: InputDocument | undefined; readonly files: readonly string[] | null },
): SourcePart {
  const { joins, rules, fields, events = [], keep } = part;
  return {
    files,
    input: inputOf(part.input ?? input),
    joins,
    rules,
    fields,
    events: events === 'as-is' ? [] : events,
    isAsIs: events === 'as-is',
    keep: keep ?? null,
  };
}

/** The parts of a document: its files, or itself. */
export function partsOf(document: MapDocument): readonly PartDocument[] {
  return document.files ?? [document];
}

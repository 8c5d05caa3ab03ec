import { byPlace, checkShape, type FileProblem, readDocuments } from '@strata/yaml-file';
import { checkMap } from './check-map.ts';
import { documentSchema, type MapDocument } from './document-schema.ts';
import { MAP_GRAMMAR } from './map-grammar.ts';
import { MAP_PROBLEM_TEXTS } from './problem-texts.ts';
import { referencesOf } from './references-of.ts';
import { partOf, partsOf, type SourceMap, type SourcePart } from './source-map.ts';

export type SourceMapResult =
  | { readonly ok: true; readonly map: SourceMap }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Reads a mapping file. All problems are reported at once, in the order of the file; nothing is half accepted. */
export function parseSourceMap(text: string, options: { readonly file: string }): SourceMapResult {
  const read = readDocuments(text, { file: options.file, texts: MAP_PROBLEM_TEXTS });
  if (!read.ok) return read;
  const [source, second] = read.sources;
  if (second !== undefined) {
    return { ok: false, problems: [second.problem('several-documents', [])] };
  }
  const shaped = checkShape(source, documentSchema, {
    grammar: MAP_GRAMMAR,
    example: 'map: erp-orders',
  });
  const problems = 'problems' in shaped ? shaped.problems : checkMap(source, shaped.document);
  if ('problems' in shaped || problems.length > 0) {
    return { ok: false, problems: problems.toSorted(byPlace) };
  }
  return { ok: true, map: mapOf(shaped.document) };
}

function mapOf(document: MapDocument): SourceMap {
  const { map, about, source = '', currency = null, topic = null, time_zone, input } = document;
  const parts = (document.files ?? []).map((part) =>
    partOf(part, { input, files: typeof part.file === 'string' ? [part.file] : part.file }),
  );
  const [first = partOf(document, { input, files: null }), ...others] = parts;
  return {
    name: map,
    about,
    source,
    currency,
    isOneCurrency: currency !== null && !namesCurrencies(document),
    timeZone: time_zone ?? null,
    topic,
    isFolder: document.files !== undefined,
    parts: [first, ...others],
    hasPlaceIds:
      partsOf(document).some((part) =>
        referencesOf(part, []).some(({ reference }) => PLACES.has(reference)),
      ) ||
      parts.some(hasDefaultIds) ||
      hasDefaultIds(first),
  };
}

const PLACES: ReadonlySet<unknown> = new Set(['$record', '$file']);

function hasDefaultIds({ events, fields }: SourcePart): boolean {
  return fields.eventId === undefined && events.some(({ eventId }) => eventId === undefined);
}

/** Whether some amount names a currency of its own. */
function namesCurrencies(document: MapDocument): boolean {
  return partsOf(document).some((part) => {
    const events = part.events === 'as-is' ? [] : (part.events ?? []);
    return [part.fields, ...events].some(({ amount }) => amount?.currency !== undefined);
  });
}

import { intakeFieldsOf } from '@strata/contracts';
import type { CustomerEventType } from '@strata/domain';
import { type FieldPath, type FileProblem, guessArgs } from '@strata/yaml-file';
import { checkAmounts, checkValues } from './check-values.ts';
import type { EventDocument, MapDocument, PartDocument } from './document-schema.ts';
import type { PartCheck } from './part-check.ts';
import type { MapSource } from './problem-texts.ts';
import { NOT_FIELDS, referencesOf } from './references-of.ts';

/** What the schema cannot say: which keys go together, and what each names. */
export function checkMap(source: MapSource, document: MapDocument): readonly FileProblem[] {
  const problems: FileProblem[] = [];
  const add: PartCheck['add'] = (key, path, args = {}) => {
    problems.push(source.problem(key, path, args));
  };
  checkPlace(document, add);
  const kept = new Map<string, readonly string[]>();
  const parts: readonly PartDocument[] = document.files ?? [document];
  for (const [index, part] of parts.entries()) {
    const path = document.files === undefined ? [] : ['files', index];
    const input = part.input ?? document.input;
    const check: PartCheck = { document, part, path, input, add };
    checkInput(check);
    checkEnds(check);
    checkEvents(check);
    checkValues(check);
    checkAmounts(check);
    checkJoins(check, kept);
    if (part.keep === undefined) continue;
    const { as, values, sums } = part.keep;
    if (kept.has(as)) add('repeated-name', [...path, 'keep', 'as'], { value: as });
    kept.set(as, [...Object.keys(values), ...Object.keys(sums)]);
  }
  return problems;
}

const OF_ONE_FILE = ['topic', 'events', 'keep'] as const;
const LISTS_OF_ONE_FILE = ['joins', 'rules'] as const;

/** One file or topic, or several files: what belongs to the one does not stand beside the other. */
function checkPlace(document: MapDocument, add: PartCheck['add']): void {
  const { topic, input, files, source } = document;
  if (files !== undefined) {
    for (const key of OF_ONE_FILE)
      if (document[key] !== undefined) add('not-with-files', [key], { key });
    for (const key of LISTS_OF_ONE_FILE)
      if (document[key].length > 0) add('not-with-files', [key], { key });
  } else {
    if (document.keep !== undefined) add('only-in-files', ['keep'], { key: 'keep' });
    if (document.joins.length > 0) add('only-in-files', ['joins'], { key: 'joins' });
    if (topic === undefined && input === undefined) {
      add('missing', ['input'], {
        exampleZh: '，例如 input: {format: csv}',
        exampleEn: ', as input: {format: csv}',
      });
    }
  }
  if (topic !== undefined && input?.format === 'csv') add('topic-is-json', ['input', 'format']);
  if (topic?.startsWith('strata.') === true) add('topic-of-strata', ['topic'], { value: topic });
  const makesEvents = (files ?? [document]).some(
    ({ events }) => events !== undefined && events !== 'as-is',
  );
  if (makesEvents && source === undefined) {
    add('missing', ['source'], { exampleZh: '，例如 source: erp', exampleEn: ', as source: erp' });
  }
}

function checkInput({ part, path, input, document, add }: PartCheck): void {
  const { events, keep } = part;
  if (events === undefined && keep === undefined) add('makes-nothing', path);
  const isJson = input?.format !== 'csv';
  if (events === 'as-is' && !isJson) add('as-is-needs-json', [...path, 'events']);
  if (document.files !== undefined && input === undefined) {
    add('missing', [...path, 'input'], {
      exampleZh: '，例如 input: {format: csv}',
      exampleEn: ', as input: {format: csv}',
    });
  }
  if (part.input === undefined && document.files !== undefined) return;
  const at = [...path, 'input'];
  if (input?.columns !== undefined && input.header === 'required') {
    add('columns-without-use', [...at, 'columns']);
  }
  if (input?.columns === undefined && input?.header === 'optional') {
    add('header-without-columns', [...at, 'header']);
  }
}

function checkEnds({ part, path, add }: PartCheck): void {
  const ends = [
    ...part.rules.map((rule, index) => [rule, [...path, 'rules', index]] as const),
    ...part.joins.map(
      (it, index) => [it.otherwise, [...path, 'joins', index, 'otherwise']] as const,
    ),
    ...(part.keep?.unused === undefined
      ? []
      : [[part.keep.unused, [...path, 'keep', 'unused']] as const]),
  ];
  for (const [end, at] of ends) {
    if ((end.refuse === undefined) !== (end.skip === undefined)) continue;
    add('one-of', at, { keys: 'refuse, skip', example: 'skip: not placed yet' });
  }
}

function checkEvents(check: PartCheck): void {
  const { part, path } = check;
  const events = part.events === 'as-is' ? [] : (part.events ?? []);
  for (const [index, event] of events.entries())
    checkEvent(check, event, [...path, 'events', index]);
}

const OF_EVERY_EVENT = ['customerId', 'occurredAt'] as const;

function checkEvent({ part, add }: PartCheck, event: EventDocument, path: FieldPath): void {
  const written = { ...part.fields, ...event };
  const types: readonly CustomerEventType[] = [...new Set(typesOf(event))];
  for (const field of OF_EVERY_EVENT) {
    if (written[field] === undefined) add('needs-field', path, { type: types.join(', '), field });
  }
  for (const type of types) {
    for (const [field, { isNeeded }] of intakeFieldsOf(type)) {
      const isThere = (written as Readonly<Record<string, unknown>>)[field] !== undefined;
      if (isNeeded && !isThere) add('needs-field', path, { type, field });
    }
  }
  const known = new Set(types.flatMap((type) => [...intakeFieldsOf(type).keys()]));
  for (const field of Object.keys(event)) {
    const isOfAny =
      ['eventId', 'channel', ...OF_EVERY_EVENT].includes(field) || NOT_FIELDS.has(field);
    if (!isOfAny && !known.has(field)) {
      add('foreign-field', [...path, field], { type: types.join(', '), field });
    }
  }
}

function typesOf({ type }: EventDocument): readonly CustomerEventType[] {
  if (typeof type === 'string') return [type];
  return [...Object.values(type.values), ...(type.otherwise === undefined ? [] : [type.otherwise])];
}

const SPECIALS: ReadonlySet<string> = new Set(['$record', '$file']);
const ITEM_SPECIALS = /^\$(item(\..+)?|index)$/;

function checkJoins(check: PartCheck, kept: ReadonlyMap<string, readonly string[]>): void {
  const { part, path, input, add } = check;
  for (const [index, { table }] of part.joins.entries()) {
    if (kept.has(table)) continue;
    const args = { value: table, ...guessArgs(table, [...kept.keys()]) };
    add('unknown-table', [...path, 'joins', index, 'table'], args);
  }
  const joined = new Set(part.joins.map(({ table }) => table));
  for (const { reference, path: at } of referencesOf(part, path)) {
    if (typeof reference === 'number') {
      if (input?.format !== 'csv') add('number-in-json', at, { value: `${reference}` });
      continue;
    }
    if (reference.startsWith('$') && !SPECIALS.has(reference)) {
      if (!ITEM_SPECIALS.test(reference) || !isUnderEach(check, at)) {
        add('unknown-special', at, { value: reference });
      }
    }
    const [table = '', value = ''] = reference.split(/\.(.*)/s);
    const values = joined.has(table) ? kept.get(table) : undefined;
    if (values === undefined || values.includes(value)) continue;
    add('unknown-table-value', at, { table, value, ...guessArgs(value, values) });
  }
}

/** Elements are there in events that go through a list, and in the fields that such an event shares. */
function isUnderEach({ part, path }: PartCheck, at: FieldPath): boolean {
  const events = part.events === 'as-is' ? [] : (part.events ?? []);
  const [key, index] = at.slice(path.length);
  if (key === 'fields') return events.length > 0 && events.every(({ each }) => each !== undefined);
  return key === 'events' && typeof index === 'number' && events[index]?.each !== undefined;
}

import type { z } from 'zod';
import type { FieldPath, FileProblem } from './file-problem.ts';
import type { FileProblemKey } from './file-problem-texts.ts';
import { nearestWord } from './nearest-word.ts';
import { quoted, shown } from './shown.ts';
import type { SourceDocument } from './source-document.ts';
import { fullWidthSign } from './syntax-problem.ts';

type Args = Readonly<Record<string, string>>;

/** What a custom issue carries to the wording. */
export interface IssueParams<K extends string> {
  readonly problem: K | FileProblemKey;
  readonly args: Args;
}

/** A value that fits none of the forms it may have, with what each form said. */
export interface UnfitUnion {
  readonly path: FieldPath;
  readonly value: unknown;
  readonly tried: readonly (readonly z.core.$ZodIssue[])[];
}

/** What the wording has to know of a grammar. */
export interface Grammar<K extends string> {
  /** The keys that may stand at a place, for suggestions. */
  readonly knownKeysAt: (path: FieldPath, raw: unknown) => readonly string[];
  /** What to write for a key that is missing, as `version: 1`. */
  readonly exampleOf: (source: SourceDocument<K>, path: FieldPath) => string | undefined;
  /** How the mapping or list at a place is written. */
  readonly shapeExample: (source: SourceDocument<K>, path: FieldPath) => string;
  readonly describeUnion: (source: SourceDocument<K>, found: UnfitUnion) => FileProblem[];
}

const TYPE_PROBLEMS: Readonly<Record<string, FileProblemKey>> = {
  string: 'not-text',
  array: 'not-a-list',
  number: 'not-a-number',
  object: 'not-a-mapping',
  record: 'not-a-mapping',
};

/** A zod issue in the words of this package: place, what is wrong, what to write instead. */
export function describeIssue<K extends string>(
  source: SourceDocument<K>,
  issue: z.core.$ZodIssue,
  grammar: Grammar<K>,
): FileProblem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys')
    return unknownKeys(source, { path, keys: issue.keys }, grammar);
  const value = valueAt(source.raw, path);
  const sign = value === null ? fullWidthSign(String(path.at(-1))) : null;
  if (sign !== null) return [source.problem('full-width', path, { sign })];
  const missing = (): FileProblem[] => [
    source.problem('missing', path, exampleArgs(grammar.exampleOf(source, path))),
  ];
  if (issue.code === 'custom') {
    const params = issue.params as IssueParams<K> | undefined;
    if (params?.problem === 'missing') return missing();
    if (params !== undefined) return [source.problem(params.problem, path, params.args)];
  }
  if (value === undefined) return missing();
  if (issue.code === 'invalid_value') {
    return [wrongChoice(source, path, { value, choices: issue.values.map(String) })];
  }
  if (issue.code === 'invalid_union') {
    return grammar.describeUnion(source, { path, value, tried: issue.errors });
  }
  if (issue.code === 'too_small' && issue.origin === 'array') {
    return [source.problem('empty-list', path)];
  }
  const expected = issue.code === 'invalid_type' ? issue.expected : 'object';
  const key = TYPE_PROBLEMS[expected] ?? 'not-a-mapping';
  const example = grammar.shapeExample(source, path);
  return [source.problem(key, path, { value: quoted(value), example })];
}

function unknownKeys<K extends string>(
  source: SourceDocument<K>,
  { path, keys }: { readonly path: FieldPath; readonly keys: readonly string[] },
  grammar: Grammar<K>,
): FileProblem[] {
  const known = grammar.knownKeysAt(path, source.raw);
  return keys.map((key) => {
    const sign = fullWidthSign(key);
    return sign === null
      ? source.problem('unknown-key', [...path, key], { key, ...guessArgs(key, known) })
      : source.problem('full-width', [...path, key], { sign });
  });
}

/** "Did you mean" in both languages, and the list of what is known. */
export function guessArgs(word: string, known: readonly string[]): Args {
  const guess = nearestWord(word, known);
  return {
    known: known.join(', '),
    guessZh: guess === null ? '' : `是否想写“${guess}”？`,
    guessEn: guess === null ? '' : `Did you mean '${guess}'? `,
  };
}

export function wrongChoice<K extends string>(
  source: SourceDocument<K>,
  path: FieldPath,
  choice: { readonly value: unknown; readonly choices: readonly string[] },
): FileProblem {
  const value = shown(choice.value);
  return source.problem('wrong-choice', path, { value, ...guessArgs(value, choice.choices) });
}

/** What to write for a key that is not there. */
export function exampleArgs(example: string | undefined): Args {
  return {
    exampleZh: example === undefined ? '' : `，例如 ${example}`,
    exampleEn: example === undefined ? '' : `, as ${example}`,
  };
}

function valueAt(raw: unknown, path: FieldPath): unknown {
  let value: unknown = raw;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

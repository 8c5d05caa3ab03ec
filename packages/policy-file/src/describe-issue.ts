import { DIMENSION_KINDS } from '@strata/domain';
import type { z } from 'zod';
import { kindAt, knownKeysAt, POPULATIONS } from './document-schema.ts';
import { nearestWord } from './nearest-word.ts';
import type { FieldPath, PolicyProblem } from './policy-problem.ts';
import type { ProblemKey } from './problem-texts.ts';
import { type IssueParams, quoted, shown } from './scalars.ts';
import type { SourceDocument } from './source-document.ts';
import { fullWidthSign } from './syntax-problem.ts';

type Args = Readonly<Record<string, string>>;

/** What to write where a field is missing. */
const EXAMPLES: Readonly<Record<string, string>> = {
  policy: 'policy: shop',
  version: 'version: 1',
  base_currency: 'base_currency: CNY',
  ladder: 'ladder: [bronze, silver, gold]',
  dimensions: 'dimensions: {recency: {of: recency, steps: [{within: 30d, points: 3}]}}',
  score: 'score: {recency: 100}',
  of: 'of: orders',
  window: 'window: 365d',
  channel: 'channel: online',
  attribute: 'attribute: segment',
  in: 'in: [retail]',
  full: 'full: 10',
  per: 'per: {low: 1, medium: 2, high: 4, critical: 8}',
  enter: 'enter: 220',
  leave: 'leave: 200',
  points: 'points: 3',
  within: 'within: 30d',
  buckets: 'buckets: 5',
  horizon: 'horizon: 365d',
  monthly_discount: 'monthly_discount: 0.01',
  name: 'name: champions',
  when: 'when: {recency: [5]}',
  low: 'low: 1',
  medium: 'medium: 2',
  high: 'high: 4',
  critical: 'critical: 8',
};

const TYPE_PROBLEMS: Readonly<Record<string, ProblemKey>> = {
  string: 'not-text',
  array: 'not-a-list',
  number: 'not-a-number',
  object: 'not-a-mapping',
  record: 'not-a-mapping',
};

/** How a mapping or list is written, by the field that holds it. */
const SHAPE_EXAMPLES: Readonly<Record<string, string>> = {
  ladder: 'ladder: [bronze, silver, gold]',
  segments: 'segments: [{name: champions, when: {recency: [5]}}]',
  when: 'when: {recency: [5]}',
  tiers: 'gold: {enter: 320, leave: 300}',
  labels: 'gold: {zh: 金牌客户, en: Gold}',
  treatment: 'gold: {service_hours: 4}',
  dimensions: 'orders: {of: orders, window: 365d}',
  score: 'score: {recency: 40, orders: 60}',
  applies_to: 'applies_to: {attribute: segment, in: [retail]}',
  in: 'in: [retail, wholesale]',
  fit: 'fit: {industry: {steel: 1, chemicals: 0.6}}',
  engagement: 'engagement: {window: 90d, full: 10}',
  stages: 'stages: {lead: 0.2, quoted: 0.7}',
  lifecycle: 'lifecycle: {grace: 14d}',
  quantiles: 'quantiles: {buckets: 5}',
  per: 'per: {low: 1, medium: 2, high: 4, critical: 8}',
};

/** What a step of some kinds asks for; the others count something. */
const STEP_EXAMPLES: Readonly<Record<string, string>> = {
  recency: 'within: 30d',
  tenure: 'at_least: 365d',
  p_alive: 'at_least: 0.8',
  share_of_wallet: 'at_least: 0.6',
  revenue: 'at_least: 200000',
  average_order: 'at_least: 20000',
  clv: 'at_least: 200000',
};

/** The keys of steps as they are written in the dimension at hand. */
function stepExamples(source: SourceDocument, path: FieldPath): Readonly<Record<string, string>> {
  const threshold = STEP_EXAMPLES[kindAt(path, source.raw)] ?? 'at_least: 5';
  return { at_least: threshold, steps: `steps: [{${threshold}, points: 3}]` };
}

/** That of the field itself, else of the nearest around it. */
function shapeExample(source: SourceDocument, path: FieldPath): string {
  const examples = { ...SHAPE_EXAMPLES, steps: stepExamples(source, path)['steps'] };
  const named = path.filter((step) => typeof step === 'string').toReversed();
  const known = named.find((step) => Object.hasOwn(examples, step));
  return (examples as Readonly<Record<string, string>>)[known ?? ''] ?? 'key: value';
}

/** A zod issue in the words of this package: place, what is wrong, what to write instead. */
export function describeIssue(source: SourceDocument, issue: z.core.$ZodIssue): PolicyProblem[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(path, source.raw);
    return issue.keys.map((key) => {
      const sign = fullWidthSign(key);
      return sign === null
        ? source.problem('unknown-key', [...path, key], { key, ...guessArgs(key, known) })
        : source.problem('full-width', [...path, key], { sign });
    });
  }
  const value = valueAt(source.raw, path);
  const sign = value === null ? fullWidthSign(String(path.at(-1))) : null;
  if (sign !== null) return [source.problem('full-width', path, { sign })];
  if (issue.code === 'custom') {
    const params = issue.params as IssueParams | undefined;
    if (params?.problem === 'missing') return [missing(source, path)];
    if (params !== undefined) return [source.problem(params.problem, path, params.args)];
  }
  if (value === undefined) return [missing(source, path)];
  if (issue.code === 'invalid_value') {
    return [wrongChoice(source, path, { value, choices: issue.values.map(String) })];
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return [wrongChoice(source, path, { value, choices: DIMENSION_KINDS })];
  }
  if (issue.code === 'invalid_union') {
    return describePopulation(source, { path, value, tried: issue.errors });
  }
  const expected = issue.code === 'invalid_type' ? issue.expected : 'object';
  const key = TYPE_PROBLEMS[expected] ?? 'not-a-mapping';
  return [source.problem(key, path, { value: quoted(value), example: shapeExample(source, path) })];
}

/** A mapping is taken for a condition on an attribute; anything else for a misspelt population. */
function describePopulation(
  source: SourceDocument,
  found: {
    readonly path: FieldPath;
    readonly value: unknown;
    readonly tried: readonly (readonly z.core.$ZodIssue[])[];
  },
): PolicyProblem[] {
  const { path, value, tried } = found;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [wrongChoice(source, path, { value, choices: POPULATIONS })];
  }
  return (tried.at(-1) ?? []).flatMap((issue) =>
    describeIssue(source, { ...issue, path: [...path, ...issue.path] }),
  );
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

function wrongChoice(
  source: SourceDocument,
  path: FieldPath,
  choice: { readonly value: unknown; readonly choices: readonly string[] },
): PolicyProblem {
  const value = shown(choice.value);
  return source.problem('wrong-choice', path, { value, ...guessArgs(value, choice.choices) });
}

function missing(source: SourceDocument, path: FieldPath): PolicyProblem {
  const key = String(path.at(-1));
  return source.problem(
    'missing',
    path,
    exampleArgs(stepExamples(source, path)[key] ?? EXAMPLES[key]),
  );
}

/** What to write for a key that is not there. */
export function missingArgs(key: string): Args {
  return exampleArgs(EXAMPLES[key]);
}

function exampleArgs(example: string | undefined): Args {
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

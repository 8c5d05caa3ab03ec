import { DIMENSION_KINDS } from '@strata/domain';
import {
  describeIssue,
  exampleArgs,
  type FieldPath,
  type FileProblem,
  type Grammar,
  type UnfitUnion,
  wrongChoice,
} from '@strata/yaml-file';
import { kindAt, knownKeysAt, POPULATIONS } from './document-schema.ts';
import type { PolicySource, ProblemKey } from './problem-texts.ts';

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

/** How a mapping or list is written, by the field that holds it. */
const SHAPE_EXAMPLES: Readonly<Record<string, string>> = {
  ladder: 'ladder: [bronze, silver, gold]',
  replaces: 'replaces: {silver: bronze}',
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
  calibration: 'calibration: {every: 7d, drift_limit: 0.25}',
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
function stepExamples(source: PolicySource, path: FieldPath): Readonly<Record<string, string>> {
  const threshold = STEP_EXAMPLES[kindAt(path, source.raw)] ?? 'at_least: 5';
  return { at_least: threshold, steps: `steps: [{${threshold}, points: 3}]` };
}

/** That of the field itself, else of the nearest around it. */
function shapeExample(source: PolicySource, path: FieldPath): string {
  const examples = { ...SHAPE_EXAMPLES, steps: stepExamples(source, path)['steps'] };
  const named = path.filter((step) => typeof step === 'string').toReversed();
  const known = named.find((step) => Object.hasOwn(examples, step));
  return (examples as Readonly<Record<string, string>>)[known ?? ''] ?? 'key: value';
}

export const POLICY_GRAMMAR: Grammar<ProblemKey> = {
  knownKeysAt,
  exampleOf: (source, path) => {
    const key = String(path.at(-1));
    return stepExamples(source, path)[key] ?? EXAMPLES[key];
  },
  shapeExample,
  describeUnion,
};

/** Dimensions differ by kind. Elsewhere a mapping is taken for a condition on an attribute, anything else for a misspelt population. */
function describeUnion(source: PolicySource, found: UnfitUnion): FileProblem[] {
  const { path, value, tried } = found;
  if (path[0] === 'dimensions')
    return [wrongChoice(source, path, { value, choices: DIMENSION_KINDS })];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [wrongChoice(source, path, { value, choices: POPULATIONS })];
  }
  return (tried.at(-1) ?? []).flatMap((issue) =>
    describeIssue(source, { ...issue, path: [...path, ...issue.path] }, POLICY_GRAMMAR),
  );
}

/** What to write for a key that is not there. */
export function missingArgs(key: string): Readonly<Record<string, string>> {
  return exampleArgs(EXAMPLES[key]);
}

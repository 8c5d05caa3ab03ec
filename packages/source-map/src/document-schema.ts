import { DEAD_LETTER_REASONS, INTAKE_FIELD_NAMES } from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES, isCurrency } from '@strata/domain';
import { isTimeZone, shown } from '@strata/yaml-file';
import { z } from 'zod';
import { issueOf } from './problem-texts.ts';
import { isTimePattern } from './time-pattern.ts';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const PLAIN_MAX = 256;

const name = z.string().superRefine((value, context) => {
  if (!NAME.test(value)) context.addIssue(issueOf('bad-map-name', { value: shown(value) }));
});

const label = z.string().superRefine((value, context) => {
  if (value === '' || value.length > PLAIN_MAX) context.addIssue(issueOf('not-a-word'));
});
const currency = z.string().superRefine((value, context) => {
  if (!isCurrency(value)) context.addIssue(issueOf('not-a-currency', { value: shown(value) }));
});
const timeZone = z.string().superRefine((value, context) => {
  if (!isTimeZone(value)) context.addIssue(issueOf('not-a-zone', { value: shown(value) }));
});

/** A column by name, or by number from 1; in JSON a path; `$record`, `$file`, `$item`, `$index`; `table.value` of a join. */
const columnNumber = z.number().superRefine((value, context) => {
  if (!Number.isInteger(value) || value < 1) {
    context.addIssue(issueOf('not-a-column', { value: `${value}` }));
  }
});
const reference = z.union([label, columnNumber]);
export type Reference = z.output<typeof reference>;

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const texts = z.union([z.string(), z.array(z.string()).min(1)]);

const value = z.strictObject({
  from: z.union([reference, z.array(reference).min(1)]).optional(),
  template: label.optional(),
  constant: scalar.optional(),
  optional: z.literal(true).optional(),
  without_prefix: texts.optional(),
  without_suffix: texts.optional(),
  values: z.record(z.string(), scalar).optional(),
  otherwise: scalar.optional(),
  default: scalar.optional(),
  prefix: z.string().optional(),
  suffix: z.string().optional(),
  split: label.optional(),
  as: z.enum(['text', 'number']).optional(),
});
export type ValueDocument = z.output<typeof value>;

/** A reference alone is the value of that column as it stands. */
const source = z.union([reference, value]);
export type SourceField = z.output<typeof source>;

const timePattern = z.string().superRefine((pattern, context) => {
  if (!isTimePattern(pattern))
    context.addIssue(issueOf('not-a-time-format', { value: shown(pattern) }));
});
const time = z.union([
  reference,
  z.strictObject({
    from: z.union([reference, z.array(reference).min(1)]),
    formats: z.union([timePattern, z.array(timePattern).min(1)]).optional(),
    time_zone: timeZone.optional(),
  }),
]);
export type TimeDocument = z.output<typeof time>;

const amount = z.strictObject({
  major: reference.optional(),
  minor: reference.optional(),
  price: reference.optional(),
  quantity: reference.optional(),
  currency: z.union([currency, z.strictObject({ from: reference })]).optional(),
  absolute: z.literal(true).optional(),
  round: z.literal('half-even').optional(),
  decimal_mark: z.enum(['.', ',']).optional(),
  group_mark: z.enum([',', '.', ' ', "'"]).optional(),
  without_prefix: texts.optional(),
  without_suffix: texts.optional(),
});
export type AmountDocument = z.output<typeof amount>;

const comparisons = {
  is: z.enum(['present', 'empty']).optional(),
  starts_with: texts.optional(),
  ends_with: texts.optional(),
  contains: texts.optional(),
  above: z.number().optional(),
  at_least: z.number().optional(),
  below: z.number().optional(),
  at_most: z.number().optional(),
};
const wanted = z.union([scalar, z.array(scalar).min(1), z.strictObject(comparisons)]);
const test = z.union([
  scalar,
  z.array(scalar).min(1),
  z.strictObject({ ...comparisons, not: wanted.optional() }),
]);
export type TestDocument = z.output<typeof test>;

const allOf = z.record(z.string(), test);
/** All tests of a mapping hold; of a list, those of one of its mappings. */
const condition = z.union([allOf, z.array(allOf).min(1)]);
export type ConditionDocument = z.output<typeof condition>;

const reason = z.enum(DEAD_LETTER_REASONS);
const end = {
  refuse: reason.optional(),
  skip: label.optional(),
};
const endDocument = z.strictObject(end);
export type EndDocument = z.output<typeof endDocument>;
const rule = z.strictObject({ when: condition, ...end, field: label.optional() });
export type RuleDocument = z.output<typeof rule>;

const ownFields = Object.fromEntries(
  INTAKE_FIELD_NAMES.filter((field) => field !== 'amount' && field !== 'attributes').map(
    (field) => [field, source.optional()],
  ),
);
const fields = {
  customerId: source.optional(),
  occurredAt: time.optional(),
  eventId: source.optional(),
  channel: source.optional(),
  ...ownFields,
  amount: amount.optional(),
  attributes: z.record(z.string(), source).optional(),
};
const fieldsDocument = z.strictObject(fields);
export type FieldsDocument = z.output<typeof fieldsDocument>;

const eventType = z.enum(CUSTOMER_EVENT_TYPES);
const event = z.strictObject({
  type: z.union([
    eventType,
    z.strictObject({
      from: reference,
      values: z.record(z.string(), eventType),
      otherwise: eventType.optional(),
    }),
  ]),
  when: condition.optional(),
  each: reference.optional(),
  ...fields,
});
export type EventDocument = z.output<typeof event>;

const SEPARATOR_WORDS = ['tab', 'spaces'];
const ENCODINGS = ['utf-8', 'gb18030', 'big5', 'utf-16le', 'windows-1252'] as const;

const separator = z.string().superRefine((value, context) => {
  if (value.length === 1 || SEPARATOR_WORDS.includes(value)) return;
  context.addIssue(issueOf('not-a-separator', { value: shown(value) }));
});

const input = z.strictObject({
  format: z.enum(['csv', 'ndjson']),
  separator: separator.optional(),
  encoding: z.enum(ENCODINGS).default('utf-8'),
  header: z.enum(['required', 'optional', 'none']).optional(),
  columns: z.array(label).min(1).optional(),
  empty: z.array(z.string()).default([]),
});
export type InputDocument = z.output<typeof input>;

const join = z.strictObject({ table: name, by: reference, otherwise: endDocument });
export type JoinDocument = z.output<typeof join>;

const keep = z.strictObject({
  as: name,
  by: reference,
  values: z.record(z.string(), source).default({}),
  sums: z.record(z.string(), amount).default({}),
  unused: endDocument.optional(),
});
export type KeepDocument = z.output<typeof keep>;

const part = {
  joins: z.array(join).default([]),
  rules: z.array(rule).default([]),
  fields: fieldsDocument.default({}),
  events: z.union([z.literal('as-is'), z.array(event).min(1)]).optional(),
  keep: keep.optional(),
};
const filePart = z.strictObject({
  file: z.union([label, z.array(label).min(1)]),
  input: input.optional(),
  ...part,
});
export type PartDocument = Omit<z.output<typeof filePart>, 'file'>;

/** The shape of a mapping file. */
export const documentSchema = z.strictObject({
  map: name,
  about: z.strictObject({ zh: z.string().optional(), en: z.string().optional() }).default({}),
  source: label.optional(),
  currency: currency.optional(),
  time_zone: timeZone.optional(),
  topic: label.optional(),
  input: input.optional(),
  ...part,
  files: z.array(filePart).min(1).optional(),
});
export type MapDocument = z.output<typeof documentSchema>;

/** The building blocks of the grammar by the names that its reference calls them. */
export const GRAMMAR_BLOCKS = {
  map: documentSchema,
  file: filePart,
  input,
  rule,
  end: endDocument,
  join,
  keep,
  event,
  value,
  time,
  amount,
  test,
} as const;

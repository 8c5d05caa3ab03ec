import {
  describeIssue,
  type FieldPath,
  type FileProblem,
  type Grammar,
  knownKeysOf,
  quoted,
  type UnfitUnion,
  wrongChoice,
} from '@strata/yaml-file';
import { documentSchema } from './document-schema.ts';
import type { MapProblemKey, MapSource } from './problem-texts.ts';

/** How a key is written, for whoever left it out or wrote something else. */
const EXAMPLES: Readonly<Record<string, string>> = {
  map: 'map: erp-orders',
  source: 'source: erp',
  file: 'file: orders',
  files: 'files: [{file: orders, events: [{type: purchase}]}]',
  input: 'input: {format: csv}',
  format: 'format: csv',
  separator: "separator: ';'",
  columns: 'columns: [customer, date, amount]',
  joins: 'joins: [{table: customers, by: customer_id, otherwise: {refuse: no-customer}}]',
  table: 'table: customers',
  by: 'by: customer_id',
  otherwise: 'otherwise: {refuse: no-customer}',
  rules: 'rules: [{when: {status: draft}, skip: not placed yet}]',
  when: 'when: {status: [paid, shipped]}',
  fields: 'fields: {customerId: customer_id}',
  events: 'events: [{type: purchase, orderId: order_no, amount: {major: total}}]',
  type: 'type: purchase',
  from: 'from: customer_id',
  values: 'values: {Closed: won}',
  keep: 'keep: {as: customers, by: customer_id}',
  as: 'as: customers',
  sums: 'sums: {paid: {major: payment_value}}',
  amount: 'amount: {major: total}',
  attributes: 'attributes: {segment: customer_type}',
  occurredAt: "occurredAt: {from: date, formats: 'yyyy-MM-dd HH:mm:ss'}",
  formats: "formats: ['yyyy-MM-dd HH:mm:ss']",
  about: 'about: {zh: 订单, en: orders}',
  unused: 'unused: {refuse: no-order}',
};

export const MAP_GRAMMAR: Grammar<MapProblemKey> = {
  knownKeysAt: (path) => knownKeysOf(documentSchema, path),
  exampleOf: (_source, path) => EXAMPLES[String(path.at(-1))],
  shapeExample: (_source, path) => exampleFor(path),
  describeUnion,
};

/** That of the field itself, else of the nearest around it. */
function exampleFor(path: FieldPath): string {
  const named = path.filter((step) => typeof step === 'string').toReversed();
  const known = named.find((step) => Object.hasOwn(EXAMPLES, step));
  const own = path.at(-1);
  if (known === undefined || (known !== own && typeof own === 'string')) return `${own}: COLUMN`;
  return EXAMPLES[known] ?? 'key: value';
}

/** Of the forms that a value may have, the one that was meant is the one that looked inside it. */
function describeUnion(source: MapSource, { path, value, tried }: UnfitUnion): FileProblem[] {
  const meant = tried.find((issues) => issues.some((issue) => !isOtherKind(issue)));
  if (meant === undefined) {
    const choices = tried.flat().flatMap((it) => (it.code === 'invalid_value' ? it.values : []));
    if (typeof value === 'string' && choices.length > 0) {
      return [wrongChoice(source, path, { value, choices: choices.map(String) })];
    }
    const args = { value: quoted(value), example: exampleFor(path) };
    return [source.problem('unfit-value', path, args)];
  }
  return meant.flatMap((issue) =>
    describeIssue(source, { ...issue, path: [...path, ...issue.path] }, MAP_GRAMMAR),
  );
}

/** A form for another kind of value, which has not looked inside this one. */
function isOtherKind(issue: UnfitUnion['tried'][number][number]): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.flat().every(isOtherKind);
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

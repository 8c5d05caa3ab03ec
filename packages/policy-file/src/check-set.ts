import { type FileProblem } from '@strata/yaml-file';
import type { PolicyDocument } from './document-schema.ts';
import type { PolicySource } from './problem-texts.ts';

/** A document of the file whose shape is that of a policy. */
export interface CheckedDocument {
  readonly source: PolicySource;
  readonly document: PolicyDocument;
}

type AttributeDocument = CheckedDocument & {
  readonly condition: Extract<PolicyDocument['applies_to'], object>;
};

/** What no policy can say alone: who grades whom, and whether all of them count in one currency. */
export function checkSet(documents: readonly CheckedDocument[]): readonly FileProblem[] {
  const byAttribute = documents.flatMap((it): AttributeDocument[] => {
    const { applies_to: condition } = it.document;
    return typeof condition === 'object' ? [{ ...it, condition }] : [];
  });
  return [
    ...nameProblems(documents),
    ...currencyProblems(documents),
    ...populationProblems(documents),
    ...byAttribute.flatMap(repeatedValueProblems),
    ...byAttribute.flatMap((it, index) => reachProblems(it, byAttribute.slice(0, index))),
    ...coverProblems(documents, byAttribute),
  ];
}

/** Events, calibrations and hand-overs call a policy by its name. */
function nameProblems(documents: readonly CheckedDocument[]): readonly FileProblem[] {
  const names = documents.map(({ document }) => document.policy);
  return documents.flatMap(({ source }, index) => {
    const value = names[index] ?? '';
    if (names.indexOf(value) === index) return [];
    return [source.problem('repeated-name', ['policy'], { value })];
  });
}

/** Customers go from one policy to the other with their orders, which are converted once. */
function currencyProblems([first, ...others]: readonly CheckedDocument[]): FileProblem[] {
  return others.flatMap(({ source, document: { base_currency: value } }) => {
    const expected = first?.document.base_currency ?? value;
    if (value === expected) return [];
    return [source.problem('other-currency', ['base_currency'], { value, expected })];
  });
}

function populationProblems(documents: readonly CheckedDocument[]): readonly FileProblem[] {
  return (['existing', 'prospects'] as const).flatMap((value) =>
    documents
      .filter(({ document }) => document.applies_to === value)
      .slice(1)
      .map(({ source }) => source.problem('repeated-population', ['applies_to'], { value })),
  );
}

function repeatedValueProblems({ source, condition }: AttributeDocument): FileProblem[] {
  return condition.in.flatMap((value, index) =>
    condition.in.indexOf(value) === index
      ? []
      : [source.problem('repeated-name', ['applies_to', 'in', index], { value })],
  );
}

/** The first policy that matches wins, so one whose values all stand before it grades nobody. */
function reachProblems(
  { source, condition }: AttributeDocument,
  before: readonly AttributeDocument[],
): readonly FileProblem[] {
  const same = before.filter((it) => it.condition.attribute === condition.attribute);
  const taken = new Set(same.flatMap((it) => it.condition.in));
  if (!condition.in.every((value) => taken.has(value))) return [];
  const args = {
    attribute: condition.attribute,
    values: condition.in.join(', '),
    before: [...new Set(same.map((it) => it.document.policy))].join(', '),
  };
  return [source.problem('unreachable-policy', ['applies_to'], args)];
}

function coverProblems(
  documents: readonly CheckedDocument[],
  [firstByAttribute]: readonly AttributeDocument[],
): readonly FileProblem[] {
  if (documents.some(({ document }) => document.applies_to === 'existing')) return [];
  if (firstByAttribute === undefined) {
    return documents
      .slice(0, 1)
      .map(({ source }) => source.problem('no-hand-over', ['applies_to']));
  }
  const warning = firstByAttribute.source.problem('some-ungraded', ['applies_to']);
  return [{ ...warning, severity: 'warning' }];
}

import { LEDGER_HORIZON_DAYS_DEFAULT, type PolicySet } from '@strata/domain';
import {
  type Document,
  isDocument,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from 'yaml';
import { buildPolicy } from './build-policy.ts';
import { checkPolicy } from './check-policy.ts';
import { describeIssue } from './describe-issue.ts';
import { documentSchema } from './document-schema.ts';
import { refuseNotYet } from './not-yet.ts';
import type { FieldPath, PolicyProblem } from './policy-problem.ts';
import { policySetOf } from './policy-set.ts';
import { PROBLEM_TEXTS } from './problem-texts.ts';
import { quoted } from './scalars.ts';
import { SourceDocument } from './source-document.ts';
import { type SourceText, syntaxProblem } from './syntax-problem.ts';

export interface PolicyFileOptions {
  /** The name by which problems call the file. */
  readonly file: string;
  /** Windows may not be longer: older events are not in the ledger. */
  readonly ledgerHorizonDays?: number;
}

export type PolicyFileResult =
  | { readonly ok: true; readonly set: PolicySet; readonly warnings: readonly PolicyProblem[] }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Reads a policy file. All problems are reported at once, in the order of the file; nothing is half accepted. */
export function parsePolicyFile(text: string, options: PolicyFileOptions): PolicyFileResult {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const documents = (Array.isArray(parsed) ? parsed : []).filter(isDocument);
  const broken = documents.flatMap((document) => document.errors);
  if (broken.length > 0)
    return refused(
      tellable(broken).map((error) => syntaxProblem(error, { text, lines, file: options.file })),
    );
  const sources: SourceDocument[] = [];
  for (const document of documents.filter(hasContents)) {
    const source = readSource(document, { text, lines, file: options.file });
    if ('problem' in source) return refused([source.problem]);
    sources.push(source.source);
  }
  const [first, second] = sources;
  if (first === undefined) return refused([emptyProblem(options.file)]);
  if (second !== undefined) return refused([second.problem('several-documents', [])]);
  return parseDocument(first, options);
}

/** Behind a bracket that is not closed nothing is read as it was meant: only the first such error says anything. */
function tellable(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter((error) => error.code === 'DUPLICATE_KEY' || error === first);
}

/** A document of comments alone is none. */
function hasContents({ contents }: Document.Parsed): boolean {
  return contents !== null && !(isScalar(contents) && contents.value === null);
}

/** Aliases are only resolved here: one may name nothing, contain itself, or unfold without end. */
function readSource(
  document: Document.Parsed,
  where: SourceText,
): { readonly source: SourceDocument } | { readonly problem: PolicyProblem } {
  try {
    const source = new SourceDocument({ document, ...where });
    if (!containsItself(source.raw)) return { source };
    return { problem: aliasProblem(document, where, 'An alias stands inside its own anchor') };
  } catch (fault) {
    if (!(fault instanceof ReferenceError)) throw fault;
    return { problem: aliasProblem(document, where, fault.message) };
  }
}

function containsItself(value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (around.includes(value)) return true;
  return Object.values(value).some((inner) => containsItself(inner, [...around, value]));
}

function aliasProblem(
  document: Document.Parsed,
  where: SourceText,
  message: string,
): PolicyProblem {
  let offset = document.range[0];
  visit(document, {
    Alias: (_, alias) => {
      offset = alias.range?.[0] ?? offset;
      return visit.BREAK;
    },
  });
  return syntaxProblem({ code: 'BAD_ALIAS', message, pos: [offset, offset] }, where);
}

function parseDocument(source: SourceDocument, options: PolicyFileOptions): PolicyFileResult {
  if (typeof source.raw !== 'object' || source.raw === null || Array.isArray(source.raw)) {
    return refused([
      source.problem('not-a-mapping', [], { value: quoted(source.raw), example: 'policy: shop' }),
    ]);
  }
  const refusals = refuseNotYet(source);
  const result = documentSchema.safeParse(source.raw);
  if (!result.success || refusals.length > 0) {
    const issues = (result.error?.issues ?? [])
      .filter((issue) => !refusals.some((refusal) => covers(refusal.path, issue)))
      .flatMap((issue) => describeIssue(source, issue));
    return refused([...refusals.map((refusal) => refusal.problem), ...issues]);
  }
  const horizonDays = options.ledgerHorizonDays ?? LEDGER_HORIZON_DAYS_DEFAULT;
  const problems = checkPolicy(source, result.data, horizonDays);
  if (problems.some((problem) => problem.severity === 'error')) return refused(problems);
  return { ok: true, set: policySetOf([buildPolicy(result.data)]), warnings: problems };
}

/** A refusal says all there is to say about the fields under its path. */
function covers(path: FieldPath, issue: { readonly path: readonly PropertyKey[] }): boolean {
  return path.every((step, index) => issue.path[index] === step);
}

function refused(problems: readonly PolicyProblem[]): PolicyFileResult {
  return { ok: false, problems: problems.toSorted(byPlace) };
}

function byPlace(a: PolicyProblem, b: PolicyProblem): number {
  return a.line - b.line || a.column - b.column;
}

function emptyProblem(file: string): PolicyProblem {
  const texts = PROBLEM_TEXTS['empty-file'];
  const place = { file, line: 1, column: 1, field: '' };
  return { severity: 'error', ...place, what: texts.what({}), remedy: texts.remedy({}) };
}

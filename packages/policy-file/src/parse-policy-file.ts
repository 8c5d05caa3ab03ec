import { LEDGER_HORIZON_DAYS_DEFAULT, type PolicySet } from '@strata/domain';
import { buildPolicy } from './build-policy.ts';
import { checkPolicy } from './check-policy.ts';
import { type CheckedDocument, checkSet } from './check-set.ts';
import { describeIssue } from './describe-issue.ts';
import { documentSchema, type PolicyDocument } from './document-schema.ts';
import type { PolicyProblem } from './policy-problem.ts';
import { policySetOf } from './policy-set.ts';
import { readDocuments } from './read-documents.ts';
import { quoted } from './scalars.ts';
import type { SourceDocument } from './source-document.ts';
import { fullWidthSign } from './syntax-problem.ts';

export interface PolicyFileOptions {
  /** The name by which problems call the file. */
  readonly file: string;
  /** Windows may not be longer: older events are not in the ledger. */
  readonly ledgerHorizonDays?: number;
}

export type PolicyFileResult =
  | { readonly ok: true; readonly set: PolicySet; readonly warnings: readonly PolicyProblem[] }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/**
 * Reads a policy file: each of its documents is a policy, together they are one set. All problems are reported at
 * once, in the order of the file; nothing is half accepted.
 */
export function parsePolicyFile(text: string, options: PolicyFileOptions): PolicyFileResult {
  const read = readDocuments(text, options.file);
  if (!read.ok) return refused(read.problems);
  const horizonDays = options.ledgerHorizonDays ?? LEDGER_HORIZON_DAYS_DEFAULT;
  const problems: PolicyProblem[] = [];
  const checked: CheckedDocument[] = [];
  for (const source of read.sources) {
    const shaped = shapeOf(source);
    if ('problems' in shaped) {
      problems.push(...shaped.problems);
      continue;
    }
    const { document } = shaped;
    problems.push(...checkPolicy(source, document, horizonDays));
    checked.push({ source, document });
  }
  // What a set lacks cannot be said while a part of it is not understood.
  if (checked.length === read.sources.length) problems.push(...checkSet(checked));
  if (problems.some((problem) => problem.severity === 'error')) return refused(problems);
  const set = policySetOf(checked.map(({ document }) => buildPolicy(document)));
  return { ok: true, set, warnings: problems.toSorted(byPlace) };
}

/** A document that has the shape of a policy, or everything that is wrong with its shape. */
function shapeOf(
  source: SourceDocument,
): { readonly document: PolicyDocument } | { readonly problems: readonly PolicyProblem[] } {
  if (typeof source.raw !== 'object' || source.raw === null || Array.isArray(source.raw)) {
    const sign = typeof source.raw === 'string' ? fullWidthSign(source.raw) : null;
    if (sign !== null) return { problems: [source.problem('full-width', [], { sign })] };
    const args = { value: quoted(source.raw), example: 'policy: shop' };
    return { problems: [source.problem('not-a-mapping', [], args)] };
  }
  const result = documentSchema.safeParse(source.raw);
  return result.success
    ? { document: result.data }
    : { problems: result.error.issues.flatMap((issue) => describeIssue(source, issue)) };
}

function refused(problems: readonly PolicyProblem[]): PolicyFileResult {
  return { ok: false, problems: problems.toSorted(byPlace) };
}

function byPlace(a: PolicyProblem, b: PolicyProblem): number {
  return a.line - b.line || a.column - b.column;
}

import { LEDGER_HORIZON_DAYS_DEFAULT, type PolicySet } from '@strata/domain';
import { byPlace, checkShape, type FileProblem, readDocuments } from '@strata/yaml-file';
import { buildPolicy } from './build-policy.ts';
import { checkPolicy } from './check-policy.ts';
import { type CheckedDocument, checkSet } from './check-set.ts';
import { checkSuccession, type Predecessors } from './check-succession.ts';
import { documentSchema } from './document-schema.ts';
import { POLICY_GRAMMAR } from './policy-grammar.ts';
import { policySetOf } from './policy-set.ts';
import { PROBLEM_TEXTS } from './problem-texts.ts';

export interface PolicyFileOptions {
  /** The name by which problems call the file. */
  readonly file: string;
  /** Windows may not be longer: older events are not in the ledger. */
  readonly ledgerHorizonDays?: number;
  /** Where the set is to take the place of another: what has to fit. */
  readonly follows?: Predecessors;
}

export type PolicyFileResult =
  | { readonly ok: true; readonly set: PolicySet; readonly warnings: readonly FileProblem[] }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/**
 * Reads a policy file: each of its documents is a policy, together they are one set. All problems are reported at
 * once, in the order of the file; nothing is half accepted.
 */
export function parsePolicyFile(text: string, options: PolicyFileOptions): PolicyFileResult {
  const read = readDocuments(text, { file: options.file, texts: PROBLEM_TEXTS });
  if (!read.ok) return refused(read.problems);
  const horizonDays = options.ledgerHorizonDays ?? LEDGER_HORIZON_DAYS_DEFAULT;
  const problems: FileProblem[] = [];
  const checked: CheckedDocument[] = [];
  for (const source of read.sources) {
    const shaped = checkShape(source, documentSchema, {
      grammar: POLICY_GRAMMAR,
      example: 'policy: shop',
    });
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
  if (options.follows !== undefined) problems.push(...checkSuccession(checked, options.follows));
  if (problems.some((problem) => problem.severity === 'error')) return refused(problems);
  const set = policySetOf(checked.map(({ document }) => buildPolicy(document)));
  return { ok: true, set, warnings: problems.toSorted(byPlace) };
}

function refused(problems: readonly FileProblem[]): PolicyFileResult {
  return { ok: false, problems: problems.toSorted(byPlace) };
}

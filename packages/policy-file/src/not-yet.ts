import { DIMENSION_KINDS } from '@strata/domain';
import type { FieldPath, PolicyProblem } from './policy-problem.ts';
import type { ProblemKey } from './problem-texts.ts';
import type { SourceDocument } from './source-document.ts';

const LATER_KINDS = ['potential'];

export interface Refusal {
  readonly path: FieldPath;
  readonly problem: PolicyProblem;
}

/** What the contract knows and this version does not grade by: refused by name, for a policy that is silently half used grades people wrongly. */
export function refuseNotYet(source: SourceDocument): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (key: ProblemKey, path: FieldPath, args: Record<string, string> = {}): void => {
    refusals.push({ path, problem: source.problem(key, path, args) });
  };
  const raw = mappingOf(source.raw);
  for (const [name, value] of Object.entries(mappingOf(raw['dimensions']))) {
    const key = dimensionRefusal(mappingOf(value));
    if (key !== null) {
      const of = String(mappingOf(value)['of']);
      refuse(key, ['dimensions', name], { value: of });
    }
  }
  return refusals;
}

/** Kinds of dimension a policy may name today. */
export const KNOWN_KINDS: readonly string[] = DIMENSION_KINDS;

function dimensionRefusal(dimension: Record<string, unknown>): ProblemKey | null {
  return LATER_KINDS.includes(String(dimension['of'])) ? 'not-yet-dimension' : null;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mappingOf(value: unknown): Record<string, unknown> {
  return isMapping(value) ? value : {};
}

import type { PolicyDocument } from './document-schema.ts';
import type { FieldPath } from './policy-problem.ts';
import type { ProblemKey } from './problem-texts.ts';
import type { SourceDocument } from './source-document.ts';

/** What the checks of a policy look at, and where they put what they find. */
export interface Check {
  readonly source: SourceDocument;
  readonly document: PolicyDocument;
  readonly horizonDays: number;
  readonly add: (key: ProblemKey, path: FieldPath, args?: Readonly<Record<string, string>>) => void;
}

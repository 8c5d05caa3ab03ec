import { type FieldPath } from '@strata/yaml-file';
import type { PolicyDocument } from './document-schema.ts';
import type { PolicySource, ProblemKey } from './problem-texts.ts';

/** What the checks of a policy look at, and where they put what they find. */
export interface Check {
  readonly source: PolicySource;
  readonly document: PolicyDocument;
  readonly horizonDays: number;
  readonly add: (key: ProblemKey, path: FieldPath, args?: Readonly<Record<string, string>>) => void;
}

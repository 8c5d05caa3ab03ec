export type { Predecessors } from './check-succession.ts';
export { type CountedTreatment, countedTreatment } from './counted-treatment.ts';
export { describeNumber } from './describe-number.ts';
export {
  diffSets,
  type PolicyChange,
  type PolicyDifference,
  type SetDifference,
} from './diff-sets.ts';
export {
  type PolicyFileOptions,
  type PolicyFileResult,
  parsePolicyFile,
} from './parse-policy-file.ts';
export { policySetOf, tierLabel, withBaseCurrency } from './policy-set.ts';
export { policyDocument, policySetYaml } from './write-policy.ts';

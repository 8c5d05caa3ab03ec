export { describeNumber } from './describe-number.ts';
export { nearestWord } from './nearest-word.ts';
export {
  type PolicyFileOptions,
  type PolicyFileResult,
  parsePolicyFile,
} from './parse-policy-file.ts';
export {
  type Bilingual,
  type FilePlace,
  type PolicyProblem,
  problemText,
} from './policy-problem.ts';
export { policySetOf, tierLabel, withBaseCurrency } from './policy-set.ts';

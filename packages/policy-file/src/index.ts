export { type CountedTreatment, countedTreatment } from './counted-treatment.ts';
export { describeNumber } from './describe-number.ts';
export {
  type PolicyFileOptions,
  type PolicyFileResult,
  parsePolicyFile,
} from './parse-policy-file.ts';
export { policySetOf, tierLabel, withBaseCurrency } from './policy-set.ts';

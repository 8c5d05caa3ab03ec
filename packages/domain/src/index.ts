export * from './calibration/calibration.ts';
export { type Census, CensusCount, CensusScoring, census } from './calibration/census.ts';
export * from './calibration/compare-calibrations.ts';
export { exactUnitOf } from './calibration/quantile-scoring.ts';
export * from './canonical-json.ts';
export { type Fit, type FitFailure, fitPurchases, fitSpend, REPEATERS_MIN } from './clv/fit.ts';
export {
  type DiscountStep,
  discountSteps,
  lifetimeValue,
  type Outlook,
} from './clv/lifetime-value.ts';
export { groupsOf, type HistoryGroup, logLikelihood } from './clv/purchase-likelihood.ts';
export * from './clv/purchase-model.ts';
export * from './clv/spend-model.ts';
export * from './compare-bytewise.ts';
export { correctionOf, type Published } from './correction.ts';
export * from './currency.ts';
export * from './customer-event.ts';
export * from './customer-profile.ts';
export * from './customer-state.ts';
export { divideHalfEven } from './decimal.ts';
export * from './erasures.ts';
export * from './explain.ts';
export * from './fold.ts';
export * from './fold-types.ts';
export { FOLD_VERSION } from './fold-version.ts';
export type { GoneLive } from './going-live.ts';
export { handOverRecord, isHandOver } from './hand-over.ts';
export * from './hash64.ts';
export { type Candidate, moveOf, type Trial, trialOf } from './impact/activation-impact.ts';
export * from './impact/calibration-impact.ts';
export * from './impact/move-tally.ts';
export type { TierPlace } from './impact/tier-place.ts';
export * from './instant.ts';
export { keepChanged } from './keep-changed.ts';
export { LEDGER_LISTS, type LedgerListName } from './ledger/ledger-lists.ts';
export { mergedLedger } from './ledger/merge.ts';
export { linkIdOf } from './link-steps.ts';
export * from './log-record.ts';
export {
  activated,
  activeSet,
  calibrated,
  decidingPolicy,
  initialPartition,
  LEDGER_HORIZON_DAYS_DEFAULT,
  setOf,
  turnNumber,
} from './partition-state.ts';
export * from './policy/activation.ts';
export { type ChangeBound, changeBound } from './policy/change-bound.ts';
export * from './policy/policy.ts';
export { baseCurrencyOf, policyFor, policyNamed } from './policy/population.ts';
export * from './policy/precedence.ts';
export {
  type CustomerView,
  type ProfileQuery,
  type ProfileRow,
  profileAt,
  revenueAt,
  viewAt,
} from './profile.ts';
export type { OriginalAmount } from './rates/convert.ts';
export { type RateRow, type RateTable, rateTableOf } from './rates/rate-table.ts';
export {
  type DayRate,
  NO_RATES,
  type RateSeries,
  type Rates,
  withTable,
} from './rates/rates.ts';
export { bordersOf } from './tier/ladder.ts';
export { OVERRIDE_KINDS, type Override, type OverrideKind } from './tier/override.ts';
export type { ShareOrigin } from './tier/share-origin.ts';
export * from './tier/tier-change.ts';

import type { CustomerState } from '../customer-state.ts';
import { type Deciding, rejudge, settle, type Telling } from '../decide.ts';
import type { PartitionState } from '../fold-types.ts';
import type { Instant } from '../instant.ts';
import { setOf } from '../partition-state.ts';
import { grade } from '../policy/grading.ts';
import { baseCurrencyOf, policyFor } from '../policy/population.ts';
import type { RateCorrection } from '../rates/rates.ts';
import { pendingCorrections, reconverted } from '../rates/reconvert.ts';
import type { Calibration } from './calibration.ts';
import { calibrationAt, calibrationsOf } from './in-force.ts';

/** What changed for everybody at one instant, between two touches of a customer. */
type Turn =
  | { readonly kind: 'calibration'; readonly since: Instant; readonly calibration: Calibration }
  | { readonly kind: 'correction'; readonly since: Instant; readonly correction: RateCorrection };

/**
 * Settles a customer up to `until`: each stretch of time by the calibration and the rates in force then, with a
 * judgement at the instant of every new one. So it makes no difference when a customer is touched after it, nor how often.
 */
export function catchUp(
  partition: PartitionState,
  telling: Telling,
  { state, until }: { readonly state: CustomerState; readonly until: Instant },
): CustomerState {
  const { setId } = state;
  const corrections = pendingCorrections(partition.rates, state).filter((it) => it.since <= until);
  const policy = setId === null ? null : policyFor(setOf(partition, setId), state);
  if (state.standing === null || setId === null || policy === null) {
    return convertedOnly(partition, state, corrections);
  }
  const by = ({ ledger }: CustomerState, calibration: Calibration | null): Deciding => ({
    ...telling,
    grading: grade(ledger, { policy, setId, calibration }, telling.customerId),
  });
  const presentOf = ({ clock }: CustomerState): Calibration | null =>
    calibrationAt(partition.calibrations, setId, clock);
  const turns = calibrationTurns(partition, state, { setId, until });
  const all =
    corrections.length === 0
      ? turns
      : [...turns, ...turnsOf(corrections)].toSorted((a, b) => a.since - b.since);
  let current = state;
  for (const turn of all) {
    // One from before the customer's clock may have come after its last record: in data time clocks run apart.
    if (turn.since > current.clock) {
      current = settle(by(current, presentOf(current)), current, turn.since);
    }
    if (turn.kind === 'calibration') {
      const { calibration } = turn;
      const cause = { kind: 'calibration', ref: calibration.id } as const;
      current = rejudge(by(current, calibration), current, cause);
    } else {
      current = reconverted(current, turn.correction, {
        baseCurrency: policy.baseCurrency,
        ledgerHorizonMs: partition.ledgerHorizonMs,
      });
      const ref = `${partition.partition}:${turn.correction.offset}`;
      current = rejudge(by(current, presentOf(current)), current, { kind: 'event', ref });
    }
  }
  return settle(by(current, presentOf(current)), current, until);
}

/** Of the calibrations that the customer's clock has passed only the last says anything. */
function calibrationTurns(
  { calibrations }: PartitionState,
  { clock }: CustomerState,
  { setId, until }: { readonly setId: string; readonly until: Instant },
): readonly Turn[] {
  const passed = calibrationsOf(calibrations, setId).filter((it) => it.since <= until);
  return passed
    .filter((_, index) => (passed[index + 1]?.since ?? Infinity) > clock)
    .map((it) => ({ kind: 'calibration', ...it }));
}

function turnsOf(corrections: readonly RateCorrection[]): readonly Turn[] {
  return corrections.map((correction) => ({
    kind: 'correction',
    since: correction.since,
    correction,
  }));
}

/** Of a customer whom nothing grades only the amounts follow. */
function convertedOnly(
  { policySets, ledgerHorizonMs }: PartitionState,
  state: CustomerState,
  corrections: readonly RateCorrection[],
): CustomerState {
  const set = policySets.at(-1);
  if (set === undefined || corrections.length === 0) return state;
  const baseCurrency = baseCurrencyOf(set);
  return corrections.reduce(
    (it, correction) => reconverted(it, correction, { baseCurrency, ledgerHorizonMs }),
    state,
  );
}

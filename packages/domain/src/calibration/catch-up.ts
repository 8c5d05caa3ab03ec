import type { CustomerState } from '../customer-state.ts';
import { recalibrate, settle, type Telling } from '../decide.ts';
import type { PartitionState } from '../fold-types.ts';
import type { Instant } from '../instant.ts';
import { setOf } from '../partition-state.ts';
import { grade } from '../policy/grading.ts';
import { policyFor } from '../policy/population.ts';
import type { Calibration } from './calibration.ts';
import { calibrationsOf } from './in-force.ts';

/**
 * Settles a customer up to `until`: each stretch of time by the calibration in force then, with a judgement at the
 * instant of every new one. So it makes no difference when a customer is touched after a calibration, nor how often.
 */
export function catchUp(
  partition: PartitionState,
  telling: Telling,
  { state, until }: { readonly state: CustomerState; readonly until: Instant },
): CustomerState {
  const { setId, ledger } = state;
  if (state.standing === null || setId === null) return state;
  const policy = policyFor(setOf(partition, setId), state);
  if (policy === null) return state;
  const by = (calibration: Calibration | null) => ({
    ...telling,
    grading: grade(ledger, { policy, setId, calibration }, telling.customerId),
  });
  let current = state;
  let present: Calibration | null = null;
  const passed = calibrationsOf(partition.calibrations, setId).filter((it) => it.since <= until);
  for (const [index, { calibration, since }] of passed.entries()) {
    const next = passed[index + 1];
    if (next !== undefined && next.since <= state.clock) continue;
    // One from before the customer's clock may have come after its last record: in data time clocks run apart.
    if (since > current.clock) current = settle(by(present), current, since);
    present = calibration;
    current = recalibrate(by(calibration), current, calibration.id);
  }
  return settle(by(present), current, until);
}

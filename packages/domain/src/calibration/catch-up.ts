import type { CustomerState } from '../customer-state.ts';
import { adopt, type Deciding, rejudge, settle, type Telling } from '../decide.ts';
import type { PartitionState } from '../fold-types.ts';
import type { Instant } from '../instant.ts';
import { setOf } from '../partition-state.ts';
import { type AnnounceFrom, isAnnounced, stepsBetween } from '../policy/activation.ts';
import { grade } from '../policy/grading.ts';
import type { Policy } from '../policy/policy.ts';
import { baseCurrencyOf, policyFor } from '../policy/population.ts';
import { pendingCorrections, reconverted } from '../rates/reconvert.ts';
import type { Calibration } from './calibration.ts';
import { calibrationAt } from './in-force.ts';
import { type Turn, turnsOf } from './turns.ts';

/**
 * Settles a customer up to `until`: each stretch of time by the policies, the calibration and the rates in force then,
 * with a judgement at the instant of every new one. So it makes no difference when a customer is touched after it, nor
 * how often.
 */
export function catchUp(
  partition: PartitionState,
  telling: Telling,
  { state, until }: { readonly state: CustomerState; readonly until: Instant },
): CustomerState {
  const walk = new Walk(partition, telling);
  const pending = pendingCorrections(partition.rates, state);
  const corrections = pending.length === 0 ? pending : pending.filter((it) => it.since <= until);
  let current = state;
  for (const turn of turnsOf(partition, { state, until, corrections })) {
    // One from before the customer's clock may have come after its last record: in data time clocks run apart.
    if (turn.since > current.clock) current = walk.settled(current, turn.since);
    current = walk.passed(current, turn);
  }
  return walk.settled(current, until);
}

/** What a customer meets on its way. */
class Walk {
  readonly #partition: PartitionState;
  readonly #telling: Telling;

  constructor(partition: PartitionState, telling: Telling) {
    this.#partition = partition;
    this.#telling = telling;
  }

  settled(state: CustomerState, until: Instant): CustomerState {
    const deciding = this.#deciding(state);
    return deciding === null ? state : settle(deciding, state, until);
  }

  passed(state: CustomerState, turn: Turn): CustomerState {
    switch (turn.kind) {
      case 'calibration':
        return this.#calibrated(state, turn);
      case 'activation':
        return this.#activated(state, turn);
      case 'correction':
        return this.#corrected(state, turn);
    }
  }

  #calibrated(
    state: CustomerState,
    { calibration, announceFrom }: Extract<Turn, { kind: 'calibration' }>,
  ): CustomerState {
    if (calibration.setId !== state.setId) return state;
    const deciding = this.#deciding(state, calibration);
    if (deciding === null) return state;
    const cause = { kind: 'calibration', ref: calibration.id } as const;
    return rejudge(announcing(deciding, announceFrom), state, cause);
  }

  /** Nobody's standing is its own where the set before graded it by a policy of another name. */
  #activated(
    before: CustomerState,
    { setId, since, announceFrom }: Extract<Turn, { kind: 'activation' }>,
  ): CustomerState {
    if (before.setId === setId) return before;
    const formerPolicy = before.standing === null ? null : this.#policyOf(before);
    const state = { ...before, setId, clock: Math.max(before.clock, since) };
    const policy = this.#policyOf(state);
    if (policy === null) return { ...before, setId, standing: null };
    const calibration = calibrationAt(this.#partition.calibrations, setId, state.clock);
    const deciding = this.#by(state, policy, calibration);
    return adopt(announcing(deciding, announceFrom), state, formerPolicy?.name ?? null);
  }

  #corrected(
    before: CustomerState,
    { correction }: Extract<Turn, { kind: 'correction' }>,
  ): CustomerState {
    const { partition, policySets, ledgerHorizonMs } = this.#partition;
    const set = policySets.at(-1);
    if (set === undefined) return before;
    const into = { baseCurrency: baseCurrencyOf(set), ledgerHorizonMs };
    const state = reconverted(before, correction, into);
    const deciding = this.#deciding(state);
    if (deciding === null) return state;
    return rejudge(deciding, state, { kind: 'event', ref: `${partition}:${correction.offset}` });
  }

  /** Null for one whom nothing grades. */
  #deciding(
    state: CustomerState,
    calibration: Calibration | null = this.#calibrationOf(state),
  ): Deciding | null {
    const policy = state.standing === null ? null : this.#policyOf(state);
    return policy === null ? null : this.#by(state, policy, calibration);
  }

  #by({ ledger, setId }: CustomerState, policy: Policy, calibration: Calibration | null): Deciding {
    const yardstick = { policy, setId: setId ?? '', calibration };
    return { ...this.#telling, grading: grade(ledger, yardstick, this.#telling.customerId) };
  }

  #policyOf(state: CustomerState): Policy | null {
    const { setId } = state;
    return setId === null ? null : policyFor(setOf(this.#partition, setId), state);
  }

  #calibrationOf({ setId, clock }: CustomerState): Calibration | null {
    return setId === null ? null : calibrationAt(this.#partition.calibrations, setId, clock);
  }
}

/** What came to everybody at once is told as backfill where it was not to be announced. */
function announcing(deciding: Deciding, announceFrom: AnnounceFrom): Deciding {
  const { policy } = deciding.grading;
  return {
    ...deciding,
    emit: (change) => {
      const isTold = isAnnounced(announceFrom, stepsBetween(policy, change));
      deciding.emit(isTold ? change : { ...change, backfill: true });
    },
  };
}

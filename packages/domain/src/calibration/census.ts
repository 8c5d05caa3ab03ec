import { observedDays, TransactionLog } from '../clv/transactions.ts';
import { type CustomerState, hasAcceptedEvent, type Ledger } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import { viewOf } from '../ledger/ledger-view.ts';
import { grade, type Yardstick } from '../policy/grading.ts';
import { isValueDimension, type Policy, type PolicySet } from '../policy/policy.ts';
import { policyFor } from '../policy/population.ts';
import { revenueIn, windowOf } from '../profile.ts';
import { calibrateShares, calibrateValues } from './calibrate.ts';
import type { Calibration, PopulationMember } from './calibration.ts';
import type { ScoredMember } from './share-borders.ts';

/** The customers of one or more partitions, all of them settled up to the same instant. */
export interface Census {
  readonly set: PolicySet;
  readonly at: Instant;
  readonly customers: Iterable<readonly [string, CustomerState]>;
}

/** Takes everybody's values at one instant and makes the calibration. Each policy's population is whom it grades. */
export function census({ set, at, customers }: Census): Calibration {
  const counting = new CensusCount(set, at);
  const everybody = [...customers];
  for (const [customerId, state] of everybody) counting.count(customerId, state);
  const scoring = counting.close();
  if (scoring.isNeeded) {
    for (const [customerId, state] of everybody) scoring.score(customerId, state);
  }
  return scoring.close();
}

/**
 * The first round of a census: everybody once, in any order. Of a customer it keeps a few numbers and not the state, so
 * that a population that would not fit into memory can be taken one by one.
 */
export class CensusCount {
  readonly #set: PolicySet;
  readonly #at: Instant;
  readonly #counted: ReadonlyMap<Policy, PopulationMember[]>;

  constructor(set: PolicySet, at: Instant) {
    this.#set = set;
    this.#at = at;
    this.#counted = new Map(set.policies.map((it) => [it, []]));
  }

  count(customerId: string, state: CustomerState): void {
    const policy = gradedBy(this.#set, state);
    if (policy === null) return;
    const by = { policy, setId: this.#set.id, calibration: null };
    this.#counted.get(policy)?.push(member({ customerId, ledger: state.ledger }, by, this.#at));
  }

  /** Nobody is counted after this. */
  close(): CensusScoring {
    const populations = [...this.#counted].map(([policy, members]) => ({ policy, members }));
    const values = calibrateValues({ set: this.#set, at: this.#at, populations });
    return new CensusScoring(this.#set, values);
  }
}

/** The second round, by what the first one found: shares rank everybody by score. The same customers, in any order. */
export class CensusScoring {
  /** Without shares nobody has to be scored. */
  readonly isNeeded: boolean;
  readonly #set: PolicySet;
  readonly #values: Calibration;
  readonly #scored: ReadonlyMap<Policy, ScoredMember[]>;

  constructor(set: PolicySet, values: Calibration) {
    this.#set = set;
    this.#values = values;
    const shared = set.policies.filter(({ shares }) => shares !== undefined);
    this.isNeeded = shared.length > 0;
    this.#scored = new Map(shared.map((it) => [it, []]));
  }

  score(customerId: string, state: CustomerState): void {
    const policy = gradedBy(this.#set, state);
    if (policy === null) return;
    const by = { policy, setId: this.#set.id, calibration: this.#values };
    const { at } = this.#values;
    this.#scored.get(policy)?.push(scored({ customerId, ledger: state.ledger }, by, at));
  }

  close(): Calibration {
    const populations = [...this.#scored].map(([policy, those]) => ({ policy, scored: those }));
    return calibrateShares(this.#values, populations);
  }
}

interface Counted {
  readonly customerId: string;
  readonly ledger: Ledger;
}

function gradedBy(set: PolicySet, state: CustomerState): Policy | null {
  return hasAcceptedEvent(state) ? policyFor(set, state) : null;
}

function member({ customerId, ledger }: Counted, by: Yardstick, at: Instant): PopulationMember {
  const { measures } = grade(ledger, by, customerId);
  const exact = by.policy.dimensions.flatMap(({ name, quantiles }, index) =>
    quantiles === undefined ? [] : [[name, measures[index]?.exactAt(at) ?? null] as const],
  );
  const isRanked = by.policy.dimensions.some(({ quantiles }) => quantiles?.ties === 'rank');
  const isModelled = by.policy.dimensions.some(isValueDimension);
  const history = isModelled ? historyAt(ledger, at) : null;
  return { customerId: isRanked ? customerId : '', exact: Object.fromEntries(exact), history };
}

function scored({ customerId, ledger }: Counted, by: Yardstick, at: Instant): ScoredMember {
  return {
    scoreMilli: grade(ledger, by, customerId).scoreMilliAt(at),
    revenueMinor: revenueIn(viewOf(ledger), windowOf(by.policy, 'revenue'), at),
  };
}

function historyAt(ledger: Ledger, at: Instant): PopulationMember['history'] {
  const transactions = new TransactionLog(viewOf(ledger).orders, ledger.olderOrders).at(at);
  if (transactions === null) return null;
  const { repeats, lastAfter, meanSpend } = transactions;
  return { repeats, lastAfter, meanSpend, observed: observedDays(transactions, at) };
}

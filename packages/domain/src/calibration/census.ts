import { observedDays, TransactionLog } from '../clv/transactions.ts';
import { type CustomerState, hasAcceptedEvent, type Ledger } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import { viewOf } from '../ledger/ledger-view.ts';
import { grade, type Yardstick } from '../policy/grading.ts';
import { isValueDimension, type Policy, type PolicySet } from '../policy/policy.ts';
import { policyFor } from '../policy/population.ts';
import { revenueIn, windowOf } from '../profile.ts';
import { calibrate, type Population } from './calibrate.ts';
import type { Calibration, PopulationMember } from './calibration.ts';
import type { ScoredMember } from './share-borders.ts';

/** The customers of one or more partitions, all of them settled up to the same instant. */
export interface Census {
  readonly set: PolicySet;
  readonly at: Instant;
  readonly customers: Iterable<readonly [string, CustomerState]>;
}

interface Counted {
  readonly customerId: string;
  readonly ledger: Ledger;
}

/** Takes everybody's values at one instant and makes the calibration. Each policy's population is whom it grades. */
export function census({ set, at, customers }: Census): Calibration {
  const counted = new Map<Policy, Counted[]>(set.policies.map((it) => [it, []]));
  for (const [customerId, state] of customers) {
    const policy = hasAcceptedEvent(state) ? policyFor(set, state) : null;
    if (policy !== null) counted.get(policy)?.push({ customerId, ledger: state.ledger });
  }
  const populations = [...counted].map(([policy, those]): Population => {
    const by = { policy, setId: set.id };
    return {
      policy,
      members: those.map((it) => member(it, { ...by, calibration: null }, at)),
      scoresBy: (calibration) => those.map((it) => scored(it, { ...by, calibration }, at)),
    };
  });
  return calibrate({ set, at, populations });
}

function member({ customerId, ledger }: Counted, by: Yardstick, at: Instant): PopulationMember {
  const { measures } = grade(ledger, by, customerId);
  const exact = by.policy.dimensions.flatMap(({ name, quantiles }, index) =>
    quantiles === undefined ? [] : [[name, measures[index]?.exactAt(at) ?? null] as const],
  );
  const isModelled = by.policy.dimensions.some(isValueDimension);
  const history = isModelled ? historyAt(ledger, at) : null;
  return { customerId, exact: Object.fromEntries(exact), history };
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

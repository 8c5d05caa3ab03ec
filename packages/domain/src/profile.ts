import { asTold } from './as-told.ts';
import { catchUp } from './calibration/catch-up.ts';
import type { CustomerState } from './customer-state.ts';
import type { Telling } from './decide.ts';
import { countedEver, lastOrderAt } from './dimensions/recency.ts';
import { measureDistinct, measureSum } from './dimensions/windowed.ts';
import type { PartitionState } from './fold-types.ts';
import { DAY_MS, type Instant } from './instant.ts';
import { dayEntries, type LedgerView, viewOf } from './ledger/ledger-view.ts';
import { activeSet, yardstickAt, yardstickFor } from './partition-state.ts';
import { type Grading, grade } from './policy/grading.ts';
import type { DimensionKind, Policy, WindowedDimension } from './policy/policy.ts';
import { policyForValues } from './policy/population.ts';
import { nextMove } from './tier/look-ahead.ts';
import { termsOf } from './tier/terms.ts';
import type { TierChange } from './tier/tier-change.ts';

/** Where no dimension says otherwise, orders and revenue are those of the last 365 days. */
const WINDOW_MS_DEFAULT = 365 * DAY_MS;

/** One customer at one instant, as `profiles` prints it. Null where not available. */
export interface ProfileRow {
  readonly at: Instant;
  readonly customerId: string;
  /** By which the customer is graded; null with the tier. */
  readonly policy: string | null;
  readonly tier: string | null;
  readonly segment: string | null;
  readonly scoreMilli: number | null;
  readonly recencyDays: number | null;
  readonly orders: number;
  readonly purchaseDays: number;
  readonly revenueMinor: number;
  readonly complaints: number | null;
  readonly engagement: number | null;
  readonly referrals: number | null;
  readonly pAlive: number | null;
  readonly clvMinor: number | null;
  /** The next change of tier if nothing more happens. */
  readonly nextCrossingAt: Instant | null;
}

export interface ProfileQuery {
  readonly partition: PartitionState;
  readonly customerId: string;
  readonly state: CustomerState;
  /** Not before what the state has settled already. */
  readonly at: Instant;
}

/** A customer with everything settled up to an instant, as the next record would find it. */
export interface CustomerView {
  readonly state: CustomerState;
  /** Null for a customer that no policy grades (yet). */
  readonly grading: Grading | null;
  /** What fell due since the state was last touched; their ids are given by the record that will settle them. */
  readonly changes: readonly TierChange[];
}

export function viewAt({ partition, customerId, state, at }: ProfileQuery): CustomerView {
  const changes: TierChange[] = [];
  const telling: Telling = {
    customerId,
    decidedAt: at,
    nextId: () => 'unsettled',
    emit: (change) => changes.push(asTold(partition, change)),
  };
  const settled = catchUp(partition, telling, { state, until: at });
  const yardstick = yardstickFor(partition, settled, at);
  if (settled.standing === null || yardstick === null) {
    return { state: settled, grading: null, changes: [] };
  }
  return { state: settled, grading: grade(settled.ledger, yardstick, customerId), changes };
}

export function profileAt(query: ProfileQuery): ProfileRow {
  const { customerId, at } = query;
  const { state, grading } = viewAt(query);
  // Also of a customer whom nothing grades (yet) the values are known.
  const valued = grading ?? valuedBy(query);
  const policy = valued?.policy ?? null;
  const view = viewOf(state.ledger);
  const ordersWindowMs = windowOf(policy, 'orders');
  const lastAt = lastOrderAt(countedEver(view), at);
  const counts = (kind: DimensionKind): number | null => valueOf(valued, kind, at);
  return {
    at,
    customerId,
    policy: grading?.policy.name ?? null,
    tier: state.standing?.tier ?? null,
    segment: grading?.segmentAt(at)?.name ?? null,
    scoreMilli: grading?.scoreMilliAt(at) ?? null,
    recencyDays: lastAt === null ? null : Math.floor((at - lastAt) / DAY_MS),
    orders: ordersIn(view, ordersWindowMs, at),
    purchaseDays: purchaseDaysIn(view, { windowMs: ordersWindowMs, at, policy }),
    revenueMinor: revenueAt(state, policy, at),
    complaints: counts('complaints'),
    engagement: counts('engagement'),
    referrals: counts('referrals'),
    pAlive: counts('p_alive'),
    clvMinor: counts('clv'),
    nextCrossingAt:
      grading === null || state.standing === null
        ? null
        : (nextMove(termsOf(grading, state), state.standing, at)?.at ?? null),
  };
}

/** Null where the set in force has no policy that says over which windows. */
function valuedBy({ partition, customerId, state, at }: ProfileQuery): Grading | null {
  const set = activeSet(partition);
  const policy = set === null ? null : policyForValues(set, state);
  if (set === null || policy === null) return null;
  return grade(state.ledger, yardstickAt(partition, { policy, setId: set.id }, at), customerId);
}

function valueOf(grading: Grading | null, kind: DimensionKind, at: Instant): number | null {
  const index = grading?.policy.dimensions.findIndex((it) => it.of === kind) ?? -1;
  return grading?.measures[index]?.valueAt(at) ?? null;
}

/** Of the policy's first dimension of this kind. */
export function windowOf(policy: Policy | null, kind: 'orders' | 'revenue'): number {
  const dimension = policy?.dimensions.find((it) => it.of === kind) as
    | WindowedDimension
    | undefined;
  return dimension?.windowMs ?? WINDOW_MS_DEFAULT;
}

const bare = {
  name: '',
  weightMilli: 0,
  steps: null,
  unscored: null,
  otherwiseMilli: 0,
  capMilli: null,
};

function ordersIn(view: LedgerView, windowMs: number, at: Instant): number {
  return measureSum({ ...bare, windowMs }, view.orderCount).valueAt(at) ?? 0;
}

export function revenueIn(view: LedgerView, windowMs: number, at: Instant): number {
  return measureSum({ ...bare, windowMs }, view.revenue).valueAt(at) ?? 0;
}

/** What a customer brought in the window of the policy's first revenue dimension. */
export function revenueAt(state: CustomerState, policy: Policy | null, at: Instant): number {
  return revenueIn(viewOf(state.ledger), windowOf(policy, 'revenue'), at);
}

function purchaseDaysIn(
  view: LedgerView,
  { windowMs, at, policy }: { windowMs: number; at: Instant; policy: Policy | null },
): number {
  const entries = dayEntries(view, policy?.timeZone ?? 'UTC');
  return measureDistinct({ ...bare, windowMs }, entries).valueAt(at) ?? 0;
}

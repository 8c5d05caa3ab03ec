import { calibrationAt, withCalibration } from './calibration/in-force.ts';
import { NO_ERASURES } from './erasures.ts';
import type { PartitionState } from './fold-types.ts';
import { isRepeatedHandOver, receivedAfter } from './hand-over.ts';
import { DAY_MS, type Instant } from './instant.ts';
import type { LogRecord, RecordCoordinates } from './log-record.ts';
import type { Yardstick } from './policy/grading.ts';
import type { Policy, PolicySet } from './policy/policy.ts';
import { type Graded, policyFor } from './policy/population.ts';
import { NO_RATES, withTable } from './rates/rates.ts';
import type { TierChange } from './tier/tier-change.ts';

/** Windows may not be longer than the horizon. */
export const LEDGER_HORIZON_DAYS_DEFAULT = 800;

export function initialPartition(partition: number): PartitionState {
  return {
    partition,
    time: null,
    ledgerHorizonMs: LEDGER_HORIZON_DAYS_DEFAULT * DAY_MS,
    clock: Number.NEGATIVE_INFINITY,
    policySets: [],
    calibrations: [],
    received: [],
    rates: NO_RATES,
    erasures: NO_ERASURES,
  };
}

/** The set by which the partition grades now. */
export function activeSet(partition: PartitionState): PolicySet | null {
  return partition.policySets.at(-1) ?? null;
}

export function setOf(partition: PartitionState, setId: string): PolicySet {
  const set = partition.policySets.find((it) => it.id === setId);
  if (set === undefined) throw new TypeError(`The partition never activated policy set ${setId}`);
  return set;
}

/** The policy that made a decision. Its set was active, and active sets stay known. */
export function decidingPolicy(
  { policySets }: PartitionState,
  decision: Pick<TierChange, 'policy' | 'policyVersion'>,
): Policy {
  for (const { policies } of policySets.toReversed()) {
    const policy = policies.find(
      ({ name, version }) => name === decision.policy && version === decision.policyVersion,
    );
    if (policy !== undefined) return policy;
  }
  const { policy, policyVersion } = decision;
  throw new TypeError(`The partition never activated policy ${policy} version ${policyVersion}`);
}

/** What those whom a policy of a set grades are graded by at an instant. */
export function yardstickAt(
  partition: PartitionState,
  { policy, setId }: { readonly policy: Policy; readonly setId: string },
  at: Instant,
): Yardstick {
  return { policy, setId, calibration: calibrationAt(partition.calibrations, setId, at) };
}

/** What a customer is graded by at an instant; null where no policy of its set grades it. */
export function yardstickFor(
  partition: PartitionState,
  customer: Graded & { readonly setId: string | null },
  at: Instant,
): Yardstick | null {
  const { setId } = customer;
  const policy = setId === null ? null : policyFor(setOf(partition, setId), customer);
  return policy === null || setId === null ? null : yardstickAt(partition, { policy, setId }, at);
}

/** What a record does to the partition as a whole, before any customer. */
export function evolvePartition(
  partition: PartitionState,
  record: LogRecord,
  at: RecordCoordinates,
): PartitionState {
  const clocked =
    partition.time === 'wall' && at.appendedAt > partition.clock
      ? { ...partition, clock: at.appendedAt }
      : partition;
  switch (record.kind) {
    case 'stack-opened':
      return {
        ...clocked,
        time: record.time,
        ledgerHorizonMs: record.ledgerHorizonDays * DAY_MS,
        clock: record.time === 'wall' ? at.appendedAt : clocked.clock,
      };
    case 'policy-activated':
      return activeSet(clocked)?.id === record.set.id
        ? clocked
        : { ...clocked, policySets: [...clocked.policySets, record.set] };
    case 'calibrated':
      return {
        ...clocked,
        calibrations: withCalibration(clocked.calibrations, record.calibration, clocked.clock),
      };
    case 'rates-published':
      return {
        ...clocked,
        rates: withTable(clocked.rates, record.table, { oldest: oldestOf(clocked) }),
      };
    case 'rates-corrected': {
      const correction = { since: clocked.clock, offset: at.offset };
      const where = { oldest: oldestOf(clocked), correction };
      return { ...clocked, rates: withTable(clocked.rates, record.table, where) };
    }
    case 'clock':
      return clocked.time === 'data' && record.at > clocked.clock
        ? { ...clocked, clock: record.at }
        : clocked;
    case 'referral-made':
    case 'referral-converted':
    case 'referral-ended':
    case 'referrer-erased':
    case 'alias-erased':
    case 'merge-requested':
    case 'merge-handed':
    case 'merge-refused':
    case 'link-requested':
    case 'link-ended':
    case 'forwarded':
      return isRepeatedHandOver(clocked, record)
        ? clocked
        : { ...clocked, received: receivedAfter(clocked.received, record.from) };
    case 'event':
    case 'epoch-began':
    case 'tick':
    case 'override-set':
    case 'override-cleared':
    case 'merge-asked':
    case 'erased':
      return clocked;
  }
}

/** Events dated before it are refused. */
const oldestOf = ({ clock, ledgerHorizonMs }: PartitionState): Instant => clock - ledgerHorizonMs;

/**
 * The instant at which a record finds a customer. Wall time: the partition's. Data time: the latest of the
 * customer's own, the last clock mark and the event's, so that no other customer's traffic ever shows.
 */
export function clockFor(
  partition: PartitionState,
  customerClock: Instant,
  clockAt: Instant | undefined,
): Instant {
  if (partition.time !== 'data') return partition.clock;
  return Math.max(customerClock, partition.clock, clockAt ?? Number.NEGATIVE_INFINITY);
}

import { calibrationAt, withCalibration } from './calibration/in-force.ts';
import { NO_ERASURES } from './erasures.ts';
import type { PartitionState } from './fold-types.ts';
import { wentLive } from './going-live.ts';
import { isRepeatedHandOver, receivedAfter } from './hand-over.ts';
import { DAY_MS, type Instant } from './instant.ts';
import type { LogRecord, PolicyActivated, RecordCoordinates, Sweep } from './log-record.ts';
import { type CalibrationRecord, NOT_SWEPT, type Swept } from './policy/activation.ts';
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
    live: null,
    ledgerHorizonMs: LEDGER_HORIZON_DAYS_DEFAULT * DAY_MS,
    clock: Number.NEGATIVE_INFINITY,
    policySets: [],
    activations: [],
    swept: NOT_SWEPT,
    calibrations: [],
    received: [],
    rates: NO_RATES,
    erasures: NO_ERASURES,
  };
}

/** The set by which the partition grades now. */
export function activeSet(partition: PartitionState): PolicySet | null {
  const last = partition.activations.at(-1);
  return last === undefined ? null : setOf(partition, last.setId);
}

/** Number of the newest publication that the partition has taken; 0 for none. */
export function turnNumber({ activations, calibrations }: PartitionState): number {
  return [...activations, ...calibrations].reduce((max, { number }) => Math.max(max, number), 0);
}

/**
 * The partition as it grades by a set from its own clock on. A publication that it has taken is none, nor is a set that
 * nobody published and that grades already.
 */
export function activated(
  partition: PartitionState,
  { set, number = 0, announceFrom = 0 }: Omit<PolicyActivated, 'kind'>,
): PartitionState {
  const last = partition.activations.at(-1);
  const isTaken =
    last !== undefined && (number === 0 ? last.setId === set.id : last.number >= number);
  if (isTaken) return partition;
  const isKnown = partition.policySets.some(({ id }) => id === set.id);
  const activation = { number, setId: set.id, since: partition.clock, announceFrom };
  return {
    ...partition,
    policySets: isKnown ? partition.policySets : [...partition.policySets, set],
    activations: [...partition.activations, activation],
    // Nobody has been graded before the first.
    swept: last === undefined ? { ...NOT_SWEPT, through: number } : partition.swept,
  };
}

/** The partition as it grades by a calibration from its own clock on. */
export function calibrated(
  partition: PartitionState,
  { calibration, number = 0, announceFrom = 0 }: CalibrationRecord,
): PartitionState {
  const isTaken = number > 0 && partition.calibrations.some((it) => it.number === number);
  if (isTaken) return partition;
  const inForce = { calibration, number, announceFrom, since: partition.clock };
  return { ...partition, calibrations: withCalibration(partition.calibrations, inForce) };
}

/** A sweep for a publication before the newest that is swept counts nothing. */
function sweptAfter(swept: Swept, { through, customerIds, isLast }: Sweep): Swept {
  const isOver = through < swept.through || (through === swept.through && swept.isDone);
  if (isOver) return swept;
  const before = through === swept.through ? swept.customers : 0;
  return { through, customers: before + customerIds.length, isDone: isLast };
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
      return activated(clocked, record);
    case 'calibrated':
      return calibrated(clocked, record);
    case 'sweep':
      return { ...clocked, swept: sweptAfter(clocked.swept, record) };
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
    case 'went-live':
      return wentLive(clocked, record, at);
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
 * customer's own, the last clock mark and the event's, so that no other customer's traffic ever shows. Who had run ahead
 * of the broker's clock in data time waits there for it: no customer's clock goes back.
 */
export function clockFor(
  partition: PartitionState,
  customerClock: Instant,
  clockAt: Instant | undefined,
): Instant {
  if (partition.time !== 'data') return Math.max(customerClock, partition.clock);
  return Math.max(customerClock, partition.clock, clockAt ?? Number.NEGATIVE_INFINITY);
}

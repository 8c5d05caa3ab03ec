import { type CustomerState, initialPartition, type PartitionState } from '@strata/domain';
import type { PartitionLook, StateStore, StateWalk } from '@strata/pipeline';
import { decodePartition } from '@strata/state-codec';
import { readTelling } from './read-customers.ts';

/** What is kept of everybody. A later word about a customer replaces the former one; null for one who is gone. */
export interface Kept {
  readonly size: number;
  put(customerId: string, state: CustomerState | null): void;
  /** Forgets everybody: the reading begins anew. */
  clear(): void;
}

/** Whom a run of records of the log names. */
export interface NamedByLog {
  readonly customerIds: ReadonlySet<string>;
  /** The offset behind the last of the records. */
  readonly upTo: number;
}

/** Whom the records from an offset on name, at least up to another one, and beyond it as long as they are not too many. */
export interface LogAsked {
  readonly from: number;
  readonly atLeast: number;
  readonly customersMax: number;
}

export interface WholeReading {
  readonly store: StateStore & StateWalk;
  readonly partition: number;
  readonly kept: Kept;
  readonly namedFrom: (asked: LogAsked) => Promise<NamedByLog>;
  readonly signal: AbortSignal;
  readonly onCustomers: (count: number) => void;
  /** At most so many together with the offset; Redis serves nobody else meanwhile. */
  readonly customersPerLook?: number;
}

/** A partition as one commit left it. */
export interface WholePartition {
  readonly state: PartitionState;
  /** Everything before this offset is in it, and nothing from it on. */
  readonly next: number;
}

const CUSTOMERS_PER_STEP = 1_000;
/** About a millisecond of Redis, as a commit takes. */
const CUSTOMERS_PER_LOOK_DEFAULT = 1_000;
/** Of so many looks none was early enough: records are appended and folded faster than the log is read. */
const LOOKS_MAX = 200;
/** The partition changed hands, went back or was read from another life of the store so many times. */
const BEGINNINGS_MAX = 20;

/**
 * Reads everybody of a partition as they were after one commit, while its owner goes on. Everybody is read once; then those
 * whom records have named meanwhile, again and again, until they are few; and these at last in one look together with the
 * offset. The log is read ahead of the owner, so that this look knows also of records that were folded just before it.
 * Whoever no record names is what it was. A lock or a snapshot would hold the owner up, or double the memory of the store.
 *
 * Another owner, a lower offset, a commit in part, a count that does not fit or another life of the store begin it anew:
 * then what was read may be of a state that the store has lost. Null where that, or the commits, would not end.
 */
export async function readWhole(reading: WholeReading): Promise<WholePartition | null> {
  for (let beginning = 0; beginning < BEGINNINGS_MAX; beginning += 1) {
    reading.kept.clear();
    const begun = await reading.store.look(reading.partition, []);
    if (!begun.isWhole) continue;
    const found = await readFrom(reading, begun);
    if (found === 'restless') return null;
    if (found !== 'began-anew') return found;
  }
  return null;
}

type Found = WholePartition | 'began-anew' | 'restless';

async function readFrom(reading: WholeReading, begun: PartitionLook): Promise<Found> {
  try {
    return (await readAll(reading)) ? await readOn(reading, begun) : 'began-anew';
  } catch (error) {
    // A store that went back and forth under a reader looks damaged: the page of a value was not there, and is again.
    const { owner } = await reading.store.holder(reading.partition);
    if (owner === begun.owner) throw error;
    return 'began-anew';
  }
}

async function readAll(reading: WholeReading): Promise<boolean> {
  const { store, partition, signal } = reading;
  let place: string | null = null;
  do {
    signal.throwIfAborted();
    const step = await store.walk({ partition, place, count: CUSTOMERS_PER_STEP });
    if (step === null) return false;
    // A walk may meet a customer twice; the later reading holds.
    await keep(reading, step.entries);
    place = step.next;
  } while (place !== null);
  return true;
}

/** Whoever is named by no record from `settled` on is kept as of there. */
async function readOn(reading: WholeReading, begun: PartitionLook): Promise<Found> {
  const { store, partition, kept, signal } = reading;
  const { customersPerLook = CUSTOMERS_PER_LOOK_DEFAULT } = reading;
  let settled = begun.next;
  let last = begun;
  const isSame = (now: PartitionLook): boolean =>
    now.isWhole && now.owner === begun.owner && now.next >= last.next;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    signal.throwIfAborted();
    const { customerIds, upTo } = await reading.namedFrom({
      from: settled,
      atLeast: last.next,
      customersMax: customersPerLook,
    });
    const ids = [...customerIds];
    if (ids.length > customersPerLook) {
      const now = await store.look(partition, []);
      if (!isSame(now)) return 'began-anew';
      await readAgain(reading, ids);
      // They were read behind this look, as of its offset or a later one, whose records are read next.
      settled = Math.min(now.next, upTo);
      last = now;
      continue;
    }
    const now = await store.look(partition, ids);
    if (!isSame(now)) return 'began-anew';
    const isExact = await keepLook(reading, ids, now);
    if (isExact && now.next <= upTo) {
      const isAll = kept.size === now.customerCount;
      return isAll
        ? { state: decodePartition(now.fields) ?? initialPartition(partition), next: now.next }
        : 'began-anew';
    }
    if (isExact) settled = upTo;
    last = now;
  }
  return 'restless';
}

async function readAgain(reading: WholeReading, ids: readonly string[]): Promise<void> {
  const { store, partition } = reading;
  for (let from = 0; from < ids.length; from += CUSTOMERS_PER_STEP) {
    const run = ids.slice(from, from + CUSTOMERS_PER_STEP);
    await keep(reading, valuesOf(reading, run, await store.load(partition, run)));
  }
}

/** Whether everybody is kept as the look found them: pages are read behind it, and may be of a later commit. */
async function keepLook(
  reading: WholeReading,
  ids: readonly string[],
  { values }: PartitionLook,
): Promise<boolean> {
  let isExact = true;
  const stored = valuesOf(reading, ids, values);
  await keep(reading, stored, () => {
    isExact = false;
  });
  return isExact;
}

/** Those of them who are stored; of the others it is kept that they are gone. */
function valuesOf(
  { kept }: WholeReading,
  ids: readonly string[],
  values: readonly (Uint8Array | null)[],
): readonly (readonly [customerId: string, value: Uint8Array])[] {
  return ids.flatMap((customerId, index) => {
    const value = values[index] ?? null;
    if (value === null) kept.put(customerId, null);
    return value === null ? [] : [[customerId, value] as const];
  });
}

async function keep(
  { store, partition, kept, onCustomers }: WholeReading,
  values: readonly (readonly [customerId: string, value: Uint8Array])[],
  onReadAgain: () => void = () => {},
): Promise<void> {
  const states = await readTelling(store, { partition, values, onReadAgain });
  for (const [customerId] of values) kept.put(customerId, states.get(customerId) ?? null);
  onCustomers(values.length);
}

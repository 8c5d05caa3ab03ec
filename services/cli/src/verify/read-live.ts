import type { CustomerState } from '@strata/domain';
import { type StateStore, StrataError } from '@strata/pipeline';
import { viewSome } from '@strata/shard-state';
import { packCustomer } from '@strata/state-codec';

const CUSTOMERS_PER_READ = 1_000;

/** Customers as they are stored. Null for one who is stored and cannot be read. */
export type Live = ReadonlyMap<string, CustomerState | null>;

export async function readEverybody(store: StateStore, partition: number): Promise<Live> {
  const live = new Map<string, CustomerState | null>();
  for await (const batch of store.scan(partition)) {
    const customerIds = batch.map(([customerId]) => customerId);
    for (const [customerId, state] of await readSome(store, partition, customerIds)) {
      live.set(customerId, state);
    }
  }
  return live;
}

export async function readSome(
  store: StateStore,
  partition: number,
  customerIds: readonly string[],
): Promise<Live> {
  const live = new Map<string, CustomerState | null>();
  for (let at = 0; at < customerIds.length; at += CUSTOMERS_PER_READ) {
    const run = customerIds.slice(at, at + CUSTOMERS_PER_READ);
    for (const [customerId, state] of await readable(store, partition, run)) {
      live.set(customerId, state);
    }
  }
  return live;
}

/** One value that cannot be read does not hide the others. */
async function readable(
  store: StateStore,
  partition: number,
  customerIds: readonly string[],
): Promise<Live> {
  try {
    return await viewSome(store, partition, customerIds);
  } catch (error) {
    if (!(error instanceof StrataError) || error.code !== 'STRATA_SCORER_STATE_UNREADABLE')
      throw error;
    if (customerIds.length === 1) return new Map(customerIds.map((it) => [it, null]));
  }
  const half = Math.ceil(customerIds.length / 2);
  return new Map([
    ...(await readable(store, partition, customerIds.slice(0, half))),
    ...(await readable(store, partition, customerIds.slice(half))),
  ]);
}

/** By the bytes that this version would store: a value of an older layout is the same state. */
export function isSameState(a: CustomerState, b: CustomerState): boolean {
  const [left, right] = [packCustomer(a), packCustomer(b)];
  return (
    Buffer.compare(left.value, right.value) === 0 &&
    left.pages.length === right.pages.length &&
    left.pages.every(({ bytes }, i) => Buffer.compare(bytes, right.pages[i]?.bytes ?? bytes) === 0)
  );
}

import type { CustomerState } from '@strata/domain';
import type { StateStore } from '@strata/pipeline';
import { openCustomer, pageKey } from '@strata/state-codec';
import { shardFault } from './shard-fault.ts';

type StoredValue = readonly [customerId: string, value: Uint8Array];

/**
 * Customers from their values and the pages that belong to them. Who does not own the partition may find a page
 * replaced since it read the value: it reads the value again. For the owner a page that is not there is damage.
 */
export function readCustomers(
  store: StateStore,
  partition: number,
  values: readonly StoredValue[],
): Promise<Map<string, CustomerState>> {
  return readTelling(store, { partition, values, onReadAgain: () => {} });
}

/** The same, and says where somebody was read again, and so may be as of a later commit than its value was. */
export async function readTelling(
  store: StateStore,
  work: {
    readonly partition: number;
    readonly values: readonly StoredValue[];
    readonly onReadAgain: () => void;
  },
): Promise<Map<string, CustomerState>> {
  const { partition, values, onReadAgain } = work;
  const states = new Map<string, CustomerState>();
  for (let left = values; left.length > 0; ) {
    const torn = await readOnce(store, { partition, values: left, states });
    if (torn.length > 0) onReadAgain();
    left = torn.length === 0 ? [] : await readAgain(store, partition, torn);
  }
  return states;
}

/** A customer from its value alone; null where pages belong to it, which `readCustomers` brings. */
export function wholeCustomer(partition: number, value: Uint8Array): CustomerState | null {
  return readable(partition, () => {
    const { pages, complete } = openCustomer(value);
    return pages.length === 0 ? complete([]) : null;
  });
}

/** Answers those of whom a page was not there. */
async function readOnce(
  store: StateStore,
  work: {
    readonly partition: number;
    readonly values: readonly StoredValue[];
    readonly states: Map<string, CustomerState>;
  },
): Promise<StoredValue[]> {
  const { partition, values, states } = work;
  const opened = values.map(([customerId, value]) => {
    const customer = readable(partition, () => openCustomer(value));
    const pages = customer.pages.map((page) => pageKey(customerId, page));
    return { customerId, value, customer, pages };
  });
  const names = opened.flatMap(({ pages }) => pages);
  const found = names.length === 0 ? [] : await store.loadPages(partition, names);
  const torn: StoredValue[] = [];
  let from = 0;
  for (const { customerId, value, customer, pages } of opened) {
    const bytes = found.slice(from, from + pages.length).filter((page) => page !== null);
    from += pages.length;
    if (bytes.length < pages.length) torn.push([customerId, value]);
    else
      states.set(
        customerId,
        readable(partition, () => customer.complete(bytes)),
      );
  }
  return torn;
}

/** The values as they are now. Where nothing was written since, nothing explains why the page is missing. */
async function readAgain(
  store: StateStore,
  partition: number,
  torn: readonly StoredValue[],
): Promise<StoredValue[]> {
  const ids = torn.map(([customerId]) => customerId);
  const values = await store.load(partition, ids);
  return torn.flatMap(([customerId, before], index): StoredValue[] => {
    const now = values[index] ?? null;
    if (now === null) return [];
    if (Buffer.compare(now, before) === 0) {
      throw unreadable(
        partition,
        'a page is missing; rebuild this partition from the customer log',
      );
    }
    return [[customerId, now]];
  });
}

function readable<T>(partition: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unreadable(partition, cause instanceof Error ? cause.message : 'unknown fault', cause);
  }
}

function unreadable(partition: number, why: string, cause?: unknown): Error {
  return shardFault(
    'STRATA_SCORER_STATE_UNREADABLE',
    `A customer of partition ${partition} cannot be read: ${why}`,
    { cause, details: { partition } },
  );
}

import type { CustomerState } from '@strata/domain';
import type { StateStore } from '@strata/pipeline';
import { readCustomers } from '@strata/shard-state';
import type { ScorerMetrics } from '../metrics.ts';
import type { Shard } from '../shard.ts';
import type { DecodedRecord } from './decode.ts';

/** The states of everybody whom the cut names, in one call for those that are not at hand. New customers have none. */
export async function loadCustomers(
  shard: Shard,
  decoded: readonly DecodedRecord[],
  { store, metrics }: { readonly store: StateStore; readonly metrics: ScorerMetrics },
): Promise<Map<string, CustomerState>> {
  const states = new Map<string, CustomerState>();
  const missing = new Set<string>();
  for (const { content } of decoded) {
    if (content.kind !== 'record') continue;
    for (const customerId of content.customers) {
      if (states.has(customerId) || missing.has(customerId)) continue;
      const cached = shard.cache.get(customerId);
      if (cached === undefined) missing.add(customerId);
      else states.set(customerId, cached);
    }
  }
  metrics.customerReads.inc({ from: 'cache' }, states.size);
  if (missing.size === 0) return states;
  const customerIds = [...missing];
  const loaded = await store.load(shard.partition, customerIds);
  const values = customerIds.flatMap((customerId, index) => {
    const value = loaded[index] ?? null;
    return value === null ? [] : [[customerId, value] as const];
  });
  metrics.customerReads.inc({ from: 'store' }, values.length);
  metrics.customerReads.inc({ from: 'nowhere' }, missing.size - values.length);
  const read = await readCustomers(store, shard.partition, values);
  for (const [customerId, state] of read) states.set(customerId, state);
  return states;
}

import { viewPartitions } from '@strata/shard-state';
import { LOOK_AT_STATUS, until } from '../until.ts';
import type { StackHandle } from './stack-handle.ts';

/** Waits until everybody of every partition has passed a publication, also who has no event of its own. */
export async function untilSwept(
  { store, partitions }: Pick<StackHandle, 'store' | 'partitions'>,
  number: number,
  options: { readonly signal?: AbortSignal; readonly onCustomers?: (count: number) => void },
): Promise<void> {
  const { signal, onCustomers } = options;
  await until(
    async () => {
      const swept = (await viewPartitions(store, partitions)).map(({ state }) => state.swept);
      const lacking = swept.filter((it) => it.through < number || !it.isDone).length;
      const reached = swept.filter(({ through }) => through >= number);
      const customers = reached.reduce((sum, it) => sum + it.customers, 0);
      onCustomers?.(customers);
      return { isDone: lacking === 0, progress: customers + partitions - lacking };
    },
    {
      signal,
      what: { en: 'everybody to be graded by the new policy', zh: '所有客户按新策略定级' },
      remedy: LOOK_AT_STATUS,
    },
  );
}

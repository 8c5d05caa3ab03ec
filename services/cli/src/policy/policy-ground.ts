import type { PolicyBook } from '@strata/contracts';
import { baseCurrencyOf, DAY_MS } from '@strata/domain';
import { viewPartitions } from '@strata/shard-state';
import type { PolicyGround } from '../policy-choice.ts';
import type { StackHandle } from '../stack/stack-handle.ts';

/** What a stack asks of a set that is to be published on it: its horizon, what holds there, and what ever held. */
export async function policyGround(
  { store, partitions }: Pick<StackHandle, 'store' | 'partitions'>,
  { inForce, policies }: PolicyBook,
): Promise<PolicyGround> {
  const views = await viewPartitions(store, partitions);
  const held = policies.filter(({ standing }) => standing !== 'void');
  return {
    checks: {
      ledgerHorizonDays: Math.min(...views.map(({ state }) => state.ledgerHorizonMs)) / DAY_MS,
      follows: { inForce: inForce?.set ?? null, published: held.map(({ set }) => set) },
    },
    currency: inForce === null ? null : baseCurrencyOf(inForce.set),
  };
}

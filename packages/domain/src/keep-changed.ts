import type { CustomerState } from './customer-state.ts';
import type { FoldResult } from './fold-types.ts';

/** Puts what a fold changed into the customers that its caller keeps; who is gone goes. */
export function keepChanged(
  kept: Map<string, CustomerState>,
  { customers }: Pick<FoldResult, 'customers'>,
): void {
  for (const [customerId, state] of customers) {
    if (state === null) kept.delete(customerId);
    else kept.set(customerId, state);
  }
}

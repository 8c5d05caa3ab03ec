import type { CustomerEvent } from '@strata/domain';

/** Currencies in the order in which the file brings them. */
export function currenciesOf(events: readonly CustomerEvent[]): readonly string[] {
  const currencies = new Set<string>();
  for (const event of events) {
    if (event.type === 'purchase' || event.type === 'refund') currencies.add(event.amount.currency);
  }
  return [...currencies];
}

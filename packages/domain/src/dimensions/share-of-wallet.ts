import type { AttributeValue } from '../customer-event.ts';
import type { AttributeEntry } from '../customer-state.ts';
import { milliOfNumber } from '../decimal.ts';
import type { Instant } from '../instant.ts';
import { attributeOf } from '../ledger/attributes.ts';
import { countUpTo } from '../sorted.ts';
import type { Measure } from './measure.ts';
import { measureOf, type ValueRule } from './windowed.ts';

/** Of what the customer spends on goods of the kind anywhere the part that is spent here, as its source estimates it. */
export const SHARE_OF_WALLET_ATTRIBUTE = 'shareOfWallet';

/** The newest estimate, 0 to 1 to 3 decimals. One that is no such number is taken for none: no value. */
export function measureShareOfWallet(
  rule: ValueRule,
  attributes: readonly AttributeEntry[],
): Measure {
  const entries = attributes.filter(({ name }) => name === SHARE_OF_WALLET_ATTRIBUTE);
  const instants = entries.map(({ at }) => at);
  return measureOf(rule, 1_000, {
    scaledAt: (at: Instant) => shareMilli(attributeOf(entries, SHARE_OF_WALLET_ATTRIBUTE, at)),
    nextChangeAfter: (at) => instants[countUpTo(instants, at)] ?? Infinity,
  });
}

function shareMilli(value: AttributeValue | null): number | null {
  return typeof value === 'number' && value >= 0 && value <= 1 ? milliOfNumber(value) : null;
}

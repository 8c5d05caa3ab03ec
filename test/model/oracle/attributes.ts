import type { AttributeValue, Instant } from '@strata/domain';

import { type History, lastOf } from './history.ts';
import { milliOf } from './rounding.ts';

/** The value that wins among the profile events dated at or before `at` that name the attribute. */
export function attributeAt(
  history: History,
  at: Instant,
  attribute: string,
): AttributeValue | undefined {
  const naming = history.filter(
    ({ event }) =>
      event.type === 'profile' &&
      event.occurredAt <= at &&
      event.attributes[attribute] !== undefined,
  );
  const last = lastOf(naming)?.event;
  return last?.type === 'profile' ? last.attributes[attribute] : undefined;
}

/** A list stands for each of its members. */
export function membersOf(value: AttributeValue | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'object' ? value : [String(value)];
}

/** In millionths, of 3 decimals. */
export function shareOfWalletAt(history: History, at: Instant): bigint | null {
  const share = attributeAt(history, at, 'shareOfWallet');
  return typeof share === 'number' ? milliOf(share) * 1_000n : null;
}

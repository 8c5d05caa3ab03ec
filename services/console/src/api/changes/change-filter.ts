import { directionOf, TIER_DIRECTIONS } from '@strata/contracts';
import { TIER_CHANGE_TYPES, type TierChangeType } from '@strata/domain';
import { z } from 'zod';

/** Which tier changes a stream wants; what is not said is not asked. */
export interface ChangeFilter {
  readonly types: readonly string[] | null;
  readonly tiers: readonly string[] | null;
  readonly directions: readonly string[] | null;
  readonly customerId: string | null;
  readonly hasBackfill: boolean;
}

/** Repeated, or with commas between. */
function list<const T extends readonly string[]>(allowed: T | null, about: string) {
  const sentence = allowed === null ? 'has to name one' : `has to be of ${allowed.join(', ')}`;
  return z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .refine(
      (names) => names.every((name) => name !== '' && (allowed === null || allowed.includes(name))),
      sentence,
    )
    .optional()
    .describe(about);
}

export const filterQuery = {
  type: list(TIER_CHANGE_TYPES, `Of these types: ${TIER_CHANGE_TYPES.join(', ')}.`),
  tier: list(null, 'To these tiers.'),
  direction: list(TIER_DIRECTIONS, `Of these directions: ${TIER_DIRECTIONS.join(', ')}.`),
  customer: z.string().min(1).optional().describe('Of this customer alone.'),
  backfill: z
    .enum(['true', 'false'])
    .optional()
    .describe('With the changes that a backfill brought about; without it they are left out.'),
};

/** What of a change a filter looks at; of a customer that is gone only the id. */
export type FilteredChange =
  | {
      readonly kind: 'change';
      readonly customerId: string;
      readonly type: TierChangeType;
      readonly toTier: string;
      readonly backfill: boolean;
    }
  | { readonly kind: 'retired'; readonly customerId: string };

/** That a customer is gone is told to everybody who could have been told of it. */
export function isWanted(filter: ChangeFilter, change: FilteredChange): boolean {
  const { types, tiers, directions, customerId, hasBackfill } = filter;
  if (customerId !== null && customerId !== change.customerId) return false;
  if (change.kind === 'retired') return true;
  return (
    (types === null || types.includes(change.type)) &&
    (tiers === null || tiers.includes(change.toTier)) &&
    (directions === null || directions.includes(directionOf(change.type))) &&
    (hasBackfill || !change.backfill)
  );
}

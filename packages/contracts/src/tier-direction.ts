import type { TierChangeType } from '@strata/domain';

export const TIER_DIRECTIONS = ['up', 'down', 'none'] as const;
/** Where a tier change leads on the ladder. `none`: assigned, renewed and at-risk move nobody up or down. */
export type TierDirection = (typeof TIER_DIRECTIONS)[number];

export function directionOf(type: TierChangeType): TierDirection {
  switch (type) {
    case 'promoted':
      return 'up';
    case 'demoted':
    case 'withdrawn':
      return 'down';
    case 'assigned':
    case 'renewed':
    case 'at-risk':
      return 'none';
  }
}

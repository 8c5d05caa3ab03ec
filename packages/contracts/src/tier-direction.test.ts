import { TIER_CHANGE_TYPES } from '@strata/domain';
import { expect, test } from 'vitest';
import { directionOf } from './tier-direction.ts';

test('every type has a direction', () => {
  expect(Object.fromEntries(TIER_CHANGE_TYPES.map((type) => [type, directionOf(type)]))).toEqual({
    assigned: 'none',
    promoted: 'up',
    demoted: 'down',
    renewed: 'none',
    'at-risk': 'none',
    withdrawn: 'down',
  });
});

import { describe, expect, test } from 'vitest';
import { byCustomer, firstDifference, type TierMove } from './tier-moves.ts';

const AT = Date.parse('2024-05-06T07:08:09Z');
const FIRST = { customerId: 'c1', fromTier: null, toTier: 'bronze', effectiveAt: AT };
const SECOND = { customerId: 'c1', fromTier: 'bronze', toTier: 'gold', effectiveAt: AT + 1_000 };
const OTHER = { customerId: 'c2', fromTier: null, toTier: 'bronze', effectiveAt: AT };

const differ = (ours: readonly TierMove[], theirs: readonly TierMove[]): string | null =>
  firstDifference(
    { contender: 'scorer', moves: byCustomer(ours) },
    { contender: 'peer', moves: byCustomer(theirs) },
  );

describe('what two contenders told of the same log', () => {
  test('agrees whatever the order of the customers', () => {
    expect(differ([FIRST, SECOND, OTHER], [OTHER, FIRST, SECOND])).toBeNull();
  });

  test.each([
    ['another instant', [FIRST, { ...SECOND, effectiveAt: AT + 1_001 }, OTHER], 'change 2 of c1'],
    ['another tier', [FIRST, { ...SECOND, toTier: 'silver' }, OTHER], 'bronze to silver'],
    ['another tier before', [{ ...FIRST, fromTier: 'gold' }, SECOND, OTHER], 'change 1 of c1'],
    ['one too few', [FIRST, OTHER], 'peer says nothing'],
    ['one too many', [FIRST, SECOND, OTHER, { ...OTHER, toTier: 'gold' }], 'scorer says nothing'],
    ['another order', [SECOND, FIRST, OTHER], 'change 1 of c1'],
    ['another customer', [FIRST, SECOND, { ...OTHER, customerId: 'c3' }], 'change 1 of c2'],
  ])('differs by %s', (_, theirs, sentence) => {
    expect(differ([FIRST, SECOND, OTHER], theirs)).toContain(sentence);
  });
});

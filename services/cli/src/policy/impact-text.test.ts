import { type Move, MoveTally, type PolicySet, type TierPlace } from '@strata/domain';
import { aPolicy, aPolicySet } from '@strata/domain/builders';
import { expect, it } from 'vitest';
import { impactJson } from './impact-json.ts';
import { impactText } from './impact-text.ts';

const labels = {
  gold: { zh: '金牌', en: 'Gold' },
  silver: { zh: '银牌', en: 'Silver' },
  bronze: { zh: '铜牌', en: 'Bronze' },
};
const before = aPolicySet(aPolicy({ name: 'shop', labels }));
const after = aPolicySet(
  aPolicy({ name: 'shop', version: 2, labels, ladder: ['bronze', 'gold'] }),
  aPolicy({ name: 'leads', appliesTo: 'prospects', ladder: ['cold', 'hot'] }),
);
const AT = Date.UTC(2026, 10, 30);

const shop = (tier: string): TierPlace => ({ policy: 'shop', tier });

/** `times` customers who make one move, each with so much revenue. */
function moves(
  times: number,
  move: Pick<Move, 'before' | 'after' | 'revenueMinor'> & Partial<Move>,
): readonly Move[] {
  const one = { isHeld: false, told: 0, toldSilently: 0, ...move };
  return Array.from({ length: times }, (_, index) => ({ ...one, customerId: `c${index}` }));
}

const everybody: readonly Move[] = [
  ...moves(1_200, { before: shop('bronze'), after: shop('bronze'), revenueMinor: 1_000 }),
  ...moves(30, { before: shop('bronze'), after: shop('gold'), revenueMinor: 90_000, told: 1 }),
  ...moves(250, {
    before: shop('silver'),
    after: shop('bronze'),
    revenueMinor: 20_000,
    told: 1,
    toldSilently: 1,
  }),
  ...moves(40, {
    before: shop('gold'),
    after: shop('gold'),
    revenueMinor: 100_000,
    isHeld: true,
  }),
  ...moves(3, { before: shop('gold'), after: shop('bronze'), revenueMinor: 5_000, told: 1 }),
  ...moves(700, {
    before: null,
    after: { policy: 'leads', tier: 'cold' },
    revenueMinor: 0,
    told: 1,
  }),
  ...moves(2, { before: null, after: null, revenueMinor: 0 }),
];

function impactOf(from: PolicySet | null, list: readonly Move[]) {
  const tally = new MoveTally(after);
  for (const it of list) tally.add(it);
  return { at: AT, before: from, after, summary: tally.summary() };
}

it.each(['en', 'zh'] as const)('who moves is told in %s', async (language) => {
  const text = impactText(impactOf(before, everybody), language);
  expect(text).not.toMatch(/undefined|NaN/);
  const golden = new URL(`../../fixtures/policy-impact/${language}.txt`, import.meta.url);
  await expect(text).toMatchFileSnapshot(golden.pathname);
});

it('before the first set there is nothing to compare, and with nobody nothing to say', () => {
  const first = everybody.map((it) => ({ ...it, before: null }));
  expect(impactText(impactOf(null, first), 'en')).not.toContain('Customers, now');
  expect(impactText(impactOf(before, []), 'en')).toBe('Nobody is known yet, so nobody moves.\n');
  expect(impactText(impactOf(before, []), 'zh')).toBe('尚无任何客户，因此无人变动。\n');
});

it('of many flows the largest are told, the others counted; JSON has them all', () => {
  const ladder = Array.from({ length: 6 }, (_, index) => `t${index}`);
  const set = aPolicySet(aPolicy({ name: 'shop', version: 2, ladder }));
  const tally = new MoveTally(set);
  for (const from of ladder) {
    for (const to of ladder) {
      for (const it of moves(1, { before: shop(from), after: shop(to), revenueMinor: 1 }))
        tally.add(it);
    }
  }
  const impact = { at: AT, before: set, after: set, summary: tally.summary() };
  expect(impactText(impact, 'en')).toContain('... and 18 more');
  expect(impactJson(impact)).toMatchObject({ at: '2026-11-30T00:00:00.000Z', moved: 30 });
  expect(impactJson(impact).flow).toHaveLength(36);
});

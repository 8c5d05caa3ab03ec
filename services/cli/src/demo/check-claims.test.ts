import { DAY_MS } from '@strata/domain';
import { expect, test } from 'vitest';
import { checkClaims, type DemoFindings } from './check-claims.ts';
import { TEA_HOUSE_LAST_EVENT } from './tea-house.ts';

const gold = {
  type: 'promoted',
  toTier: 'gold',
  cause: { kind: 'event', ref: '0:1' },
  effectiveAt: TEA_HOUSE_LAST_EVENT - 90 * DAY_MS,
} as const;
const silver = {
  type: 'demoted',
  toTier: 'silver',
  cause: { kind: 'time', ref: null },
  effectiveAt: TEA_HOUSE_LAST_EVENT + 190 * DAY_MS,
} as const;
const sound: DemoFindings = {
  story: [gold, silver],
  demotionsByTime: 3,
  changes: 40,
  webhooks: { received: 40, repeats: 2, refused: 0 },
  brokenReasons: ['not-json', 'bad-time', 'bad-time'],
  letterReasons: ['bad-time', 'not-json', 'bad-time'],
};

function failed(changes: Partial<DemoFindings>): readonly string[] {
  const claims = checkClaims({ ...sound, ...changes });
  return claims.filter(({ isTrue }) => !isTrue).map(({ claim }) => claim);
}

test('all hold where all is as it should be; a webhook that came twice is no fault', () => {
  expect(failed({})).toEqual([]);
});

test.each<{ why: string; changes: Partial<DemoFindings>; claim: string }>([
  { why: 'no gold', changes: { story: [silver] }, claim: 'story' },
  { why: 'no demotion', changes: { story: [gold] }, claim: 'story' },
  {
    why: 'a demotion by an event',
    changes: { story: [gold, { ...silver, cause: gold.cause }] },
    claim: 'story',
  },
  {
    why: 'a demotion before the silence',
    changes: { story: [gold, { ...silver, effectiveAt: TEA_HOUSE_LAST_EVENT }] },
    claim: 'story',
  },
  { why: 'the wrong order', changes: { story: [silver, gold] }, claim: 'story' },
  { why: 'no demotion by time', changes: { demotionsByTime: 0 }, claim: 'silence' },
  {
    why: 'a webhook that never came',
    changes: { webhooks: { received: 39, repeats: 1, refused: 0 } },
    claim: 'webhooks',
  },
  {
    why: 'a webhook with a wrong signature',
    changes: { webhooks: { received: 40, repeats: 0, refused: 1 } },
    claim: 'webhooks',
  },
  {
    why: 'no changes at all',
    changes: { changes: 0, webhooks: { received: 0, repeats: 0, refused: 0 } },
    claim: 'webhooks',
  },
  { why: 'a letter too few', changes: { letterReasons: ['not-json'] }, claim: 'dead-letters' },
  {
    why: 'another reason',
    changes: { letterReasons: ['not-json', 'not-json', 'bad-time'] },
    claim: 'dead-letters',
  },
])('$why does not pass', ({ changes, claim }) => {
  expect(failed(changes)).toEqual([claim]);
});

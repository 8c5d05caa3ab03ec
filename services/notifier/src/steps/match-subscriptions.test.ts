import { expect, test } from 'vitest';
import { FixedSubscriptions } from '../fixed-subscriptions.ts';
import { parseSubscriptions } from '../subscriptions.ts';
import { matchSubscriptions } from './match-subscriptions.ts';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
function subscribed(filters: Record<string, unknown>) {
  const file = [{ id: 'a', url: 'https://a.example', secret, ...filters }];
  return new FixedSubscriptions(
    parseSubscriptions(JSON.stringify(file), { place: 'test', isHttpAllowed: false }),
  );
}
const demotion = {
  type: 'demoted',
  toTier: 'silver',
  segment: 'vips',
  steps: 1,
  backfill: false,
} as const;

test.each([
  { filters: {}, change: demotion, isMatch: true, why: 'no filter lets everything through' },
  { filters: { types: ['demoted'] }, change: demotion, isMatch: true, why: 'its type is named' },
  { filters: { types: ['promoted'] }, change: demotion, isMatch: false, why: 'another type' },
  { filters: { tiers: ['silver'] }, change: demotion, isMatch: true, why: 'the tier afterwards' },
  { filters: { tiers: ['gold'] }, change: demotion, isMatch: false, why: 'the tier before' },
  { filters: { directions: ['down'] }, change: demotion, isMatch: true, why: 'it leads down' },
  { filters: { directions: ['up'] }, change: demotion, isMatch: false, why: 'it does not lead up' },
  { filters: { segments: ['vips'] }, change: demotion, isMatch: true, why: 'its segment' },
  { filters: { segments: ['new'] }, change: demotion, isMatch: false, why: 'another segment' },
  {
    filters: { segments: ['vips'] },
    change: { ...demotion, segment: null },
    isMatch: false,
    why: 'who has no segment is in none',
  },
  { filters: { minimumSteps: 2 }, change: demotion, isMatch: false, why: 'one rung is too few' },
  {
    filters: { minimumSteps: 2 },
    change: { ...demotion, steps: 2 },
    isMatch: true,
    why: 'two rungs are enough',
  },
  {
    filters: { minimumSteps: 2 },
    change: { ...demotion, steps: null },
    isMatch: true,
    why: 'nobody can say how far it leads',
  },
  {
    filters: { minimumSteps: 2 },
    change: { ...demotion, type: 'at-risk', steps: 0 } as const,
    isMatch: false,
    why: 'it moves nobody and its type is not named',
  },
  {
    filters: { minimumSteps: 2, types: ['demoted', 'at-risk'] },
    change: { ...demotion, type: 'at-risk', steps: 0 } as const,
    isMatch: true,
    why: 'its type is named',
  },
  {
    filters: { types: ['demoted'], tiers: ['gold'] },
    change: demotion,
    isMatch: false,
    why: 'all filters have to hold',
  },
  { filters: {}, change: { ...demotion, backfill: true }, isMatch: false, why: 'silent backfill' },
  {
    filters: { backfill: true },
    change: { ...demotion, backfill: true },
    isMatch: true,
    why: 'backfill was asked for',
  },
])('$filters and $change.type: $why', ({ filters, change, isMatch }) => {
  expect(matchSubscriptions(subscribed(filters).current(), change)).toHaveLength(isMatch ? 1 : 0);
});

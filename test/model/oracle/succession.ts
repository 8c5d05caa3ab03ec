import type { Instant } from '@strata/domain';
import type { NaivePolicy } from './grammar.ts';
import { aChange, type Life, type NaiveChange, standAt } from './life.ts';
import type { World } from './world.ts';

/** Where somebody stands who stood in a tier of the policy before. */
export function underLadder(policy: NaivePolicy, life: Life, at: Instant): Life {
  const { ladder, replaces = {} } = policy;
  if (!ladder.includes(life.tier)) {
    return standAt(replaces[life.tier] ?? (ladder[0] as string), at);
  }
  const named = life.promotions.flatMap(({ fromTier, toTier }) => [fromTier, toTier]);
  return { ...life, promotions: named.every((it) => ladder.includes(it)) ? life.promotions : [] };
}

/** What is told of somebody whose tier is no more. */
export function replacedBy(
  world: World,
  { fromTier, toTier, at }: { fromTier: string; toTier: string; at: Instant },
): NaiveChange {
  return { ...aChange(world, at), type: 'assigned', fromTier, toTier, causeKind: 'policy' };
}

/** The tier that a person has named, under another ladder; one that it does not know means nothing there. */
export function namedUnder({ ladder, replaces = {} }: NaivePolicy, tier: string): string {
  return ladder.includes(tier) ? tier : (replaces[tier] ?? tier);
}

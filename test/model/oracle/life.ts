import type { CauseKind, Instant, TierChangeType } from '@strata/domain';

import type { NaivePolicy } from './grammar.ts';
import { nextPeriodEnd } from './period.ts';
import type { World } from './world.ts';

export interface NaivePromotion {
  readonly at: Instant;
  readonly fromTier: string;
  readonly toTier: string;
  /** By which the tier was entered: a calibration may have moved its borders and models since. */
  readonly policy: NaivePolicy;
}

export interface Life {
  readonly tier: string;
  readonly since: Instant;
  readonly graceSince: Instant | null;
  readonly isBlocked: boolean;
  readonly isWarned: boolean;
  /** Since the last assignment or demotion, oldest first; withdrawn ones are gone. */
  readonly promotions: readonly NaivePromotion[];
}

export interface NaiveChange {
  readonly type: TierChangeType;
  readonly fromTier: string | null;
  readonly toTier: string;
  readonly causeKind: CauseKind;
  readonly effectiveAt: Instant;
  readonly scoreMilli: number;
  readonly policy: string;
  readonly fromPolicy: string | null;
  readonly isOverridden: boolean;
  /** By which models the score fell in that instant, or where grace came first, when that began. */
  readonly crossed: readonly ('p_alive' | 'clv')[];
}

export interface Step {
  readonly life: Life | null;
  readonly changes: readonly NaiveChange[];
}

/** Why an instant is looked at: because time has come to it, or because a record is evaluated. */
export type Occasion = 'time' | 'record' | 'end of an override by record';

export interface Moment {
  readonly at: Instant;
  readonly occasion: Occasion;
}

/** A border that no calibration has filled yet is never entered by, and nobody falls under it. */
export function enterOf(policy: NaivePolicy, tier: string): number {
  const border = policy.borders.find((it) => it.tier === tier);
  if (border === undefined) return Number.NEGATIVE_INFINITY;
  return border.enterMilli ?? Number.POSITIVE_INFINITY;
}

function leaveOf(policy: NaivePolicy, tier: string): number {
  const border = policy.borders.find((it) => it.tier === tier);
  return border?.leaveMilli ?? Number.NEGATIVE_INFINITY;
}

/** The highest tier whose border is met: `leave` up to the present tier, `enter` above it. */
function targetOf(policy: NaivePolicy, score: number, present: string | null): number {
  const presentRank = present === null ? -1 : policy.ladder.indexOf(present);
  let target = 0;
  policy.ladder.forEach((tier, rank) => {
    const border = rank <= presentRank ? leaveOf(policy, tier) : enterOf(policy, tier);
    if (score >= border) target = rank;
  });
  return target;
}

/** The score under which grace begins; where a person holds the tier, or none is lower, there is none. */
function leaveAt(world: World, life: Life, at: Instant): number {
  const { policy } = world;
  const isHeld = policy.ladder.indexOf(life.tier) <= world.rangeAt(at).low;
  return isHeld ? Number.NEGATIVE_INFINITY : leaveOf(policy, life.tier);
}

function within(world: World, at: Instant, rank: number): number {
  const { low, high } = world.rangeAt(at);
  return Math.min(Math.max(rank, low), high);
}

/** All changes of tier at one instant, until nothing moves any more. Warnings come after, see `settleInstant`. */
export function moveTier(world: World, from: Life | null, { at, occasion }: Moment): Step {
  const { policy } = world;
  const { ladder, lifecycle } = policy;
  const changes: NaiveChange[] = [];
  const scoreMilli = world.score(at);
  const change = (type: TierChangeType, fromTier: string | null, toTier: string): NaiveChange => ({
    ...aChange(world, at),
    type,
    fromTier,
    toTier,
    causeKind: type === 'assigned' ? 'event' : 'time',
    fromPolicy: type === 'assigned' ? world.fromPolicy : null,
  });
  let life = from;
  if (life === null) {
    const target = within(world, at, targetOf(policy, scoreMilli, null));
    life = standAt(ladder[target] as string, at);
    changes.push(change('assigned', null, life.tier));
  }
  let isPeriodEnd = occasion === 'time' && isPeriodEndAt(world, life, at);
  const isLook =
    lifecycle.qualification === 'rolling' ||
    isPeriodEnd ||
    occasion === 'end of an override by record' ||
    (occasion === 'time' && world.override?.until === at);
  let hasFallen = false;
  for (;;) {
    const tier: string = life.tier;
    const rank = ladder.indexOf(tier);
    const target = within(world, at, targetOf(policy, scoreMilli, tier));
    if (target > rank && !life.isBlocked) {
      const toTier = ladder[target] as string;
      const promotion: NaivePromotion = { at, fromTier: tier, toTier, policy };
      life = { ...standAt(toTier, at), promotions: [...life.promotions, promotion] };
      changes.push(change('promoted', tier, toTier));
      isPeriodEnd = false;
      continue;
    }
    if (scoreMilli >= leaveAt(world, life, at)) {
      life = { ...life, graceSince: null };
      // Who is held by a person alone has not earned the tier anew.
      const isEarned = scoreMilli >= leaveOf(policy, tier);
      if (isPeriodEnd && isEarned) changes.push(change('renewed', tier, tier));
      return { life, changes };
    }
    // After a step down only a policy that rolls looks again at once.
    const isLookedAt = isLook && (!hasFallen || lifecycle.qualification === 'rolling');
    if (life.graceSince === null && !isLookedAt) return { life, changes };
    life = { ...life, graceSince: life.graceSince ?? at };
    if (at < demotionDueAt(policy, life)) return { life, changes };
    const fallenAt = life.graceSince ?? at;
    const landing = ladder[within(world, at, landingOf(policy, rank, target))] as string;
    life = { ...standAt(landing, at), isBlocked: lifecycle.softLanding === 'base' };
    changes.push({ ...change('demoted', tier, landing), crossed: world.crossedAt(fallenAt) });
    hasFallen = true;
    isPeriodEnd = false;
  }
}

/** What every change at this instant has in common. */
export function aChange(world: World, at: Instant) {
  return {
    effectiveAt: at,
    scoreMilli: world.score(at),
    policy: world.policy.name,
    fromPolicy: null,
    isOverridden: world.isOverridden(at),
    crossed: [],
  } as const;
}

function isPeriodEndAt(world: World, life: Life, at: Instant): boolean {
  const anchors = { joinedAt: world.joinedAt, since: life.since };
  return nextPeriodEnd(world.policy, anchors, at - 1) === at;
}

export function standAt(tier: string, at: Instant): Life {
  return { tier, since: at, graceSince: null, isBlocked: false, isWarned: false, promotions: [] };
}

export function demotionDueAt(policy: NaivePolicy, life: Life): Instant {
  const { graceMs, minimumStayMs } = policy.lifecycle;
  if (life.graceSince === null) return Number.POSITIVE_INFINITY;
  return Math.max(life.graceSince + graceMs, life.since + minimumStayMs);
}

function landingOf(policy: NaivePolicy, rank: number, target: number): number {
  switch (policy.lifecycle.softLanding) {
    case 'one':
      return rank - 1;
    case 'target':
      return target;
    case 'base':
      return 0;
  }
}

/** A calibration holds from its own instant: a promotion of that very instant is judged by it later on. */
export function remeasured(policy: NaivePolicy, life: Life, at: Instant): Life {
  const promotions = life.promotions.map((it) => (it.at === at ? { ...it, policy } : it));
  return { ...life, promotions };
}

/** A person's decision moves at once whoever stands outside its range; what follows is settled as ever. */
export function obeyOverride(
  world: World,
  life: Life,
  at: Instant,
): Step & { readonly life: Life } {
  const { ladder } = world.policy;
  const rank = ladder.indexOf(life.tier);
  const allowed = within(world, at, rank);
  if (allowed === rank) return { life, changes: [] };
  const tier = ladder[allowed] as string;
  const change: NaiveChange = {
    ...aChange(world, at),
    type: allowed > rank ? 'promoted' : 'demoted',
    fromTier: life.tier,
    toTier: tier,
    causeKind: 'override',
  };
  // What blocks a promotion by score is lifted by an event alone.
  return { life: { ...standAt(tier, at), isBlocked: life.isBlocked }, changes: [change] };
}

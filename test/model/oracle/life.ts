import type { CauseKind, Instant, Policy, TierChangeType } from '@strata/domain';

import { type History, ordersOf } from './history.ts';
import { scoreAt } from './score.ts';

/** What is known of a customer: one policy and the events taken so far. Scores are remembered, nothing else is. */
export class World {
  readonly policy: Policy;
  readonly history: History;
  private readonly scores = new Map<Instant, number>();
  private readonly edges: readonly Instant[];
  /** An order that has a part, whenever that is dated, is not cancelled. */
  readonly hasBought: boolean;

  constructor(policy: Policy, history: History) {
    this.policy = policy;
    this.history = history;
    this.edges = edgesOf(policy, history);
    this.hasBought = ordersOf(history).some((order) => !order.isCancelled);
  }

  score(at: Instant): number {
    let score = this.scores.get(at);
    if (score === undefined) {
      score = scoreAt(this.policy, this.history, at);
      this.scores.set(at, score);
    }
    return score;
  }

  /** The first instant after `at` at which any value could differ. */
  nextEdge(at: Instant): Instant {
    return this.edges.find((edge) => edge > at) ?? Number.POSITIVE_INFINITY;
  }
}

/** Every event's instant, and that instant plus every window and every step: more than needed, never less. */
function edgesOf(policy: Policy, history: History): Instant[] {
  const spans = new Set<number>([0]);
  for (const dimension of policy.dimensions) {
    if (dimension.of === 'recency') for (const step of dimension.steps) spans.add(step.withinMs);
    else spans.add(dimension.windowMs);
  }
  const edges = new Set<Instant>();
  for (const { event } of history) for (const span of spans) edges.add(event.occurredAt + span);
  return [...edges].sort((a, b) => a - b);
}

export interface NaivePromotion {
  readonly at: Instant;
  readonly fromTier: string;
  readonly toTier: string;
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
}

export interface Step {
  readonly life: Life | null;
  readonly changes: readonly NaiveChange[];
}

export function enterOf(policy: Policy, tier: string): number {
  const border = policy.borders.find((it) => it.tier === tier);
  return border === undefined ? Number.NEGATIVE_INFINITY : border.enterMilli;
}

export function leaveOf(policy: Policy, tier: string): number {
  const border = policy.borders.find((it) => it.tier === tier);
  return border === undefined ? Number.NEGATIVE_INFINITY : border.leaveMilli;
}

/** The highest tier whose border is met: `leave` up to the present tier, `enter` above it. */
function targetOf(policy: Policy, score: number, present: string | null): string {
  const presentRank = present === null ? -1 : policy.ladder.indexOf(present);
  let target = policy.ladder[0] as string;
  policy.ladder.forEach((tier, rank) => {
    const border = rank <= presentRank ? leaveOf(policy, tier) : enterOf(policy, tier);
    if (score >= border) target = tier;
  });
  return target;
}

/** All changes of tier at one instant, until nothing moves any more. Warnings come after, see `settleInstant`. */
export function moveTier(world: World, from: Life | null, at: Instant): Step {
  const { policy } = world;
  const changes: NaiveChange[] = [];
  const scoreMilli = world.score(at);
  const base = { effectiveAt: at, scoreMilli, causeKind: 'time' } as const;
  let life = from;
  if (life === null) {
    if (!world.hasBought) return { life, changes };
    life = standAt(targetOf(policy, scoreMilli, null), at);
    changes.push({
      ...base,
      causeKind: 'event',
      type: 'assigned',
      fromTier: null,
      toTier: life.tier,
    });
  }
  for (;;) {
    const tier: string = life.tier;
    const target = targetOf(policy, scoreMilli, tier);
    if (policy.ladder.indexOf(target) > policy.ladder.indexOf(tier) && !life.isBlocked) {
      const promotion: NaivePromotion = { at, fromTier: tier, toTier: target };
      life = { ...standAt(target, at), promotions: [...life.promotions, promotion] };
      changes.push({ ...base, type: 'promoted', fromTier: tier, toTier: target });
      continue;
    }
    if (scoreMilli >= leaveOf(policy, tier)) {
      return { life: { ...life, graceSince: null }, changes };
    }
    life = { ...life, graceSince: life.graceSince ?? at };
    if (at < demotionDueAt(policy, life)) return { life, changes };
    const landing = landingOf(policy, tier, target);
    life = { ...standAt(landing, at), isBlocked: policy.lifecycle.softLanding === 'base' };
    changes.push({ ...base, type: 'demoted', fromTier: tier, toTier: landing });
  }
}

function standAt(tier: string, at: Instant): Life {
  return { tier, since: at, graceSince: null, isBlocked: false, isWarned: false, promotions: [] };
}

function demotionDueAt(policy: Policy, life: Life): Instant {
  const { graceMs, minimumStayMs } = policy.lifecycle;
  if (life.graceSince === null) return Number.POSITIVE_INFINITY;
  return Math.max(life.graceSince + graceMs, life.since + minimumStayMs);
}

function landingOf(policy: Policy, tier: string, target: string): string {
  switch (policy.lifecycle.softLanding) {
    case 'one':
      return policy.ladder[policy.ladder.indexOf(tier) - 1] as string;
    case 'target':
      return target;
    case 'base':
      return policy.ladder[0] as string;
  }
}

/** What happens at one instant: changes of tier first, then, on what they leave, the warning. */
export function settleInstant(world: World, from: Life | null, at: Instant): Step {
  const moved = moveTier(world, from, at);
  const { life } = moved;
  if (life === null || !isAtRisk(world, life, at)) {
    return { life: life === null ? null : { ...life, isWarned: false }, changes: moved.changes };
  }
  if (life.isWarned) return moved;
  const warning: NaiveChange = {
    type: 'at-risk',
    fromTier: life.tier,
    toTier: life.tier,
    causeKind: 'time',
    effectiveAt: at,
    scoreMilli: world.score(at),
  };
  return { life: { ...life, isWarned: true }, changes: [...moved.changes, warning] };
}

function isAtRisk(world: World, life: Life, at: Instant): boolean {
  const { atRiskNoticeMs } = world.policy.lifecycle;
  if (atRiskNoticeMs === null || life.tier === world.policy.ladder[0]) return false;
  if (life.graceSince !== null) return true;
  const next = nextTierChange(world, life, at);
  return next?.type === 'demoted' && next.effectiveAt - at <= atRiskNoticeMs;
}

/** The first change of tier after `at` if nothing more happens, found by walking through every edge. */
export function nextTierChange(world: World, from: Life | null, at: Instant): NaiveChange | null {
  let life = from;
  let now = at;
  for (;;) {
    now = nextInstant(world, life, now);
    if (now === Number.POSITIVE_INFINITY) return null;
    const step = moveTier(world, life, now);
    if (step.changes[0] !== undefined) return step.changes[0];
    life = step.life;
  }
}

function nextInstant(world: World, life: Life | null, after: Instant): Instant {
  const dueAt = life === null ? Number.POSITIVE_INFINITY : demotionDueAt(world.policy, life);
  const edge = world.nextEdge(after);
  return dueAt > after ? Math.min(dueAt, edge) : edge;
}

/** Settles all that falls in (from, to], in order. */
export function settleUntil(
  world: World,
  from: { life: Life | null; at: Instant },
  to: Instant,
): Step {
  const changes: NaiveChange[] = [];
  let { life, at } = from;
  for (;;) {
    at = Math.min(nextInstant(world, life, at), noticeAt(world, life, at));
    if (at > to || at === Number.POSITIVE_INFINITY) return { life, changes };
    const step = settleInstant(world, life, at);
    life = step.life;
    changes.push(...step.changes);
  }
}

/** When the warning of the next demotion falls due, if that lies ahead. */
function noticeAt(world: World, life: Life | null, after: Instant): Instant {
  const { atRiskNoticeMs } = world.policy.lifecycle;
  if (life === null || atRiskNoticeMs === null) return Number.POSITIVE_INFINITY;
  const next = nextTierChange(world, life, after);
  if (next?.type !== 'demoted') return Number.POSITIVE_INFINITY;
  const noticeAtMs = next.effectiveAt - atRiskNoticeMs;
  return noticeAtMs > after ? noticeAtMs : Number.POSITIVE_INFINITY;
}

/** The first output of any kind after `at` if nothing more happens: what a due index has to know. */
export function nextOutputAt(world: World, from: Life | null, at: Instant): Instant | null {
  let life = from;
  let now = at;
  for (;;) {
    now = Math.min(nextInstant(world, life, now), noticeAt(world, life, now));
    if (now === Number.POSITIVE_INFINITY) return null;
    const step = settleInstant(world, life, now);
    if (step.changes.length > 0) return now;
    life = step.life;
  }
}

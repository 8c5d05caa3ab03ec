import type { Instant } from '@strata/domain';

import {
  aChange,
  demotionDueAt,
  type Life,
  type Moment,
  moveTier,
  type NaiveChange,
  type Step,
} from './life.ts';
import { nextPeriodEnd } from './period.ts';
import type { World } from './world.ts';

/** What happens at one instant: changes of tier first, then, on what they leave, the warning. */
export function settleInstant(world: World, from: Life | null, moment: Moment): Step {
  const { at } = moment;
  const moved = moveTier(world, from, moment);
  const { life } = moved;
  if (life === null || !isAtRisk(world, life, at)) {
    return { life: life === null ? null : { ...life, isWarned: false }, changes: moved.changes };
  }
  if (life.isWarned) return moved;
  const warning: NaiveChange = {
    ...aChange(world, at),
    type: 'at-risk',
    fromTier: life.tier,
    toTier: life.tier,
    causeKind: 'time',
  };
  return { life: { ...life, isWarned: true }, changes: [...moved.changes, warning] };
}

function isAtRisk(world: World, life: Life, at: Instant): boolean {
  const { ladder, lifecycle } = world.policy;
  if (lifecycle.atRiskNoticeMs === null) return false;
  if (ladder.indexOf(life.tier) <= world.rangeAt(at).low) return false;
  if (life.graceSince !== null) return true;
  const next = nextTierChange(world, life, at);
  return next?.type === 'demoted' && next.effectiveAt - at <= lifecycle.atRiskNoticeMs;
}

/** The first change of tier after `at` if nothing more happens, found by walking through every edge. */
export function nextTierChange(world: World, from: Life | null, at: Instant): NaiveChange | null {
  let life = from;
  let now = at;
  for (;;) {
    const last = now;
    now = nextInstant(world, life, now);
    if (now === Number.POSITIVE_INFINITY) return null;
    const step = moveTier(world, life, { at: now, occasion: 'time' });
    const change = step.changes.find((it) => it.type !== 'renewed');
    if (change !== undefined) return change;
    life = step.life;
    // When no value changes any more, one period that ends well is like every later one.
    const isSteady = world.nextEdge(last) === Number.POSITIVE_INFINITY;
    if (isSteady && life?.graceSince === null) return null;
  }
}

function nextInstant(world: World, life: Life | null, after: Instant): Instant {
  const edge = world.nextEdge(after);
  if (life === null) return edge;
  const dueAt = demotionDueAt(world.policy, life);
  const anchors = { joinedAt: world.joinedAt, since: life.since };
  const endAt = nextPeriodEnd(world.policy, anchors, after);
  return Math.min(edge, endAt, dueAt > after ? dueAt : Number.POSITIVE_INFINITY);
}

/** Settles all that falls in (from, to], in order. */
export function settleUntil(
  world: World,
  from: { life: Life | null; at: Instant },
  to: Instant,
): Step {
  const changes: NaiveChange[] = [];
  let { life, at } = from;
  // Who does not stand anywhere is placed by a record, never by time.
  if (life === null) return { life, changes };
  for (;;) {
    at = Math.min(nextInstant(world, life, at), noticeAt(world, life, at));
    if (at > to || at === Number.POSITIVE_INFINITY) return { life, changes };
    const step = settleInstant(world, life, { at, occasion: 'time' });
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
  if (from === null) return null;
  let life: Life | null = from;
  let now = at;
  for (;;) {
    const last = now;
    now = Math.min(nextInstant(world, life, now), noticeAt(world, life, now));
    if (now === Number.POSITIVE_INFINITY) return null;
    const step = settleInstant(world, life, { at: now, occasion: 'time' });
    if (step.changes.length > 0) return now;
    life = step.life;
    // Who is held by a person below what the score deserves is not renewed, period after period.
    const isSteady = world.nextEdge(last) === Infinity && noticeAt(world, life, now) === Infinity;
    if (isSteady && life?.graceSince === null) return null;
  }
}

import type { Instant } from '@strata/domain';

import { type Applied, type History, orderNameOf, orderOf } from './history.ts';
import { aChange, enterOf, type Life, type NaiveChange, type Step, standAt } from './life.ts';
import { scoreAt } from './score.ts';
import type { World } from './world.ts';

/**
 * The instant of the order that a record has corrected, null where it is no correction: a reinstatement never is, and
 * the first purchase of an order has nothing to correct.
 */
export function correctedOrderAt(
  before: History,
  after: History,
  event: Applied['event'],
): Instant | null {
  const name = orderNameOf(event);
  if (name === null || event.type === 'order-reinstated') return null;
  const was = orderOf(before, name);
  const is = orderOf(after, name);
  if (was === null || is === null) return null;
  // What is left of a cancelled order is nothing, so refunds that wait in it change nothing. A late part of which
  // nothing is left, or which was worth nothing, is one part more all the same.
  const left = (order: typeof is): string =>
    order.counts ? JSON.stringify(order.parts.map((part) => [part.at, part.left])) : '';
  const isChanged = was.counts !== is.counts || was.at !== is.at || left(was) !== left(is);
  return isChanged ? is.at : null;
}

/** Takes back, newest first, the promotions that the corrected history no longer bears out. */
export function withdraw(
  world: World,
  from: Life,
  { clock, orderAt, horizonMs }: { clock: Instant; orderAt: Instant; horizonMs: number },
): Step & { readonly life: Life } {
  const { policy } = world;
  const { ladder } = policy;
  const changes: NaiveChange[] = [];
  let life = from;
  const scoreMilli = world.score(clock);
  for (;;) {
    const newest = life.promotions.at(-1);
    if (newest === undefined || orderAt > newest.at || clock - newest.at > horizonMs) break;
    const enterMilli = enterOf(newest.policy, newest.toTier);
    // Where there was no border at that instant, nothing can be held against it.
    if (enterMilli === Number.POSITIVE_INFINITY) break;
    if (scoreMilli >= enterMilli || scoreAt(newest.policy, world.history, newest.at) >= enterMilli)
      break;
    // Never under a tier that a person has guaranteed: it stands, and so do the older ones.
    if (ladder.indexOf(newest.fromTier) < world.rangeAt(clock).low) break;
    const toTier = newest.fromTier;
    life = {
      ...standAt(toTier, clock),
      isBlocked: life.isBlocked,
      promotions: life.promotions.slice(0, -1),
    };
    changes.push({
      ...aChange(world, clock),
      type: 'withdrawn',
      fromTier: newest.toTier,
      toTier,
      causeKind: 'correction',
    });
  }
  return { life, changes };
}

import type { Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { Grading } from '../policy/grading.ts';
import { demotionAt, judge, withGrace } from './lifecycle.ts';

/** The next change of tier if nothing more happens. */
export interface NextMove {
  readonly at: Instant;
  readonly kind: 'promoted' | 'demoted';
  readonly toTier: string;
}

/**
 * Walks from one instant at which the points differ to the next, never through time, until the rules move the
 * customer. Null when they never do.
 */
export function nextMove(grading: Grading, from: Standing, after: Instant): NextMove | null {
  let standing = from;
  let at = nextInstant(grading, standing, after);
  while (at !== Infinity) {
    const verdict = judge(grading.yardstick, standing, {
      at,
      scoreMilli: grading.scoreMilliAt(at),
    });
    if (verdict.kind !== 'stays') return { at, kind: verdict.kind, toTier: verdict.toTier };
    standing = withGrace(standing, verdict.graceSince);
    at = nextInstant(grading, standing, at);
  }
  return null;
}

/** The next instant after `at` at which the score differs or a running grace ends. */
export function nextInstant(grading: Grading, standing: Standing, at: Instant): Instant {
  const change = grading.nextChangeAfter(at);
  if (standing.graceSince === null) return change;
  const end = demotionAt(grading.policy, standing.since, standing.graceSince);
  return end > at ? Math.min(change, end) : change;
}

/**
 * Remembers the next change of tier while nothing happens: it stays the same until it comes, so that a walk with
 * many stops looks ahead once.
 */
export class Outlook {
  readonly #grading: Grading;
  #tier: string | null = null;
  #since: Instant = Number.NaN;
  #move: NextMove | null = null;

  constructor(grading: Grading) {
    this.#grading = grading;
  }

  next(standing: Standing, after: Instant): NextMove | null {
    if (this.#tier !== standing.tier || this.#since !== standing.since) {
      this.#tier = standing.tier;
      this.#since = standing.since;
      this.#move = nextMove(this.#grading, standing, after);
    }
    return this.#move;
  }
}

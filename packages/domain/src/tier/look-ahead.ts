import type { Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import { demotionAt, isFalling, judge, withGrace } from './lifecycle.ts';
import { isLook, periodEndAfter } from './period.ts';
import type { Terms } from './terms.ts';

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
export function nextMove(terms: Terms, from: Standing, after: Instant): NextMove | null {
  let standing = from;
  let at = nextInstant(terms, standing, after);
  while (at !== Infinity) {
    const scoreMilli = terms.grading.scoreMilliAt(at);
    const verdict = judge(terms, standing, {
      at,
      scoreMilli,
      isLook: isLook(terms, standing.since, at),
    });
    if (verdict.kind !== 'stays') return { at, kind: verdict.kind, toTier: verdict.toTier };
    standing = withGrace(standing, verdict.graceSince);
    at = nextInstant(terms, standing, at);
  }
  return null;
}

/**
 * The next instant after `at` at which the score differs, a running grace or the override ends, or a fall that waits
 * for the end of its period is looked at. Ends of periods that nobody waits for are passed over: they come for ever.
 */
export function nextInstant(terms: Terms, standing: Standing, at: Instant): Instant {
  const { grading, override } = terms;
  const next = sooner(grading.nextChangeAfter(at), override?.until ?? null, at);
  if (standing.graceSince !== null) {
    return sooner(next, demotionAt(grading.policy, standing.since, standing.graceSince), at);
  }
  if (grading.policy.lifecycle.qualification === 'rolling') return next;
  const isWaiting = isFalling(terms, standing, { at, scoreMilli: grading.scoreMilliAt(at) });
  return isWaiting ? sooner(next, periodEndAfter(terms, standing.since, at), at) : next;
}

function sooner(next: Instant, other: Instant | null, after: Instant): Instant {
  return other !== null && other > after ? Math.min(next, other) : next;
}

/**
 * Remembers the next change of tier while nothing happens: it stays the same until it comes, so that a walk with
 * many stops looks ahead once.
 */
export class Outlook {
  readonly #terms: Terms;
  #tier: string | null = null;
  #since: Instant = Number.NaN;
  #move: NextMove | null = null;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  next(standing: Standing, after: Instant): NextMove | null {
    if (this.#tier !== standing.tier || this.#since !== standing.since) {
      this.#tier = standing.tier;
      this.#since = standing.since;
      this.#move = nextMove(this.#terms, standing, after);
    }
    return this.#move;
  }
}

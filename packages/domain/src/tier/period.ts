import { anniversaryAfter, newYearAfter } from '../calendar/local-time.ts';
import type { Instant } from '../instant.ts';
import type { Terms } from './terms.ts';

/**
 * The end of the qualification period that runs at `at`: the first instant after it at which a fall is looked at.
 * Infinity with `rolling`, which looks always and has no periods.
 */
export function periodEndAfter(
  { grading: { policy }, joinedAt }: Terms,
  since: Instant,
  at: Instant,
): Instant {
  switch (policy.lifecycle.qualification) {
    case 'rolling':
      return Infinity;
    case 'calendar':
      return newYearAfter(policy.timeZone, at);
    case 'join_anniversary':
      return anniversaryAfter(policy.timeZone, joinedAt ?? since, at);
    case 'tier_anniversary':
      return anniversaryAfter(policy.timeZone, since, at);
  }
}

/** Whether a period ends at `at`, an instant after the change of tier: one that ends with it is not looked at. */
export function isPeriodEnd(terms: Terms, since: Instant, at: Instant): boolean {
  return periodEndAfter(terms, since, at - 1) === at;
}

/** Whether time alone makes a fall be looked at, at this instant: the end of a period, or of an override. */
export function isLook(terms: Terms, since: Instant, at: Instant): boolean {
  return terms.override?.until === at || isPeriodEnd(terms, since, at);
}

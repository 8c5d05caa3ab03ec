import type { PromotionEntry, Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { Grading } from '../policy/grading.ts';
import { leaveMilli, rankOf } from './ladder.ts';
import { isBlockedAfter, judge, moved, withGrace } from './lifecycle.ts';
import { type NextMove, nextInstant, Outlook } from './look-ahead.ts';
import { allowedRanks } from './override.ts';
import { isLook, isPeriodEnd, periodEndAfter } from './period.ts';
import type { Terms } from './terms.ts';

/** Something to tell the world, before it has its number. */
export type Finding =
  | {
      readonly type: 'promoted' | 'demoted';
      readonly at: Instant;
      readonly fromTier: string;
      readonly toTier: string;
    }
  | { readonly type: 'renewed'; readonly at: Instant; readonly tier: string }
  | {
      readonly type: 'at-risk';
      readonly at: Instant;
      readonly tier: string;
      readonly next: NextMove | null;
    };

/**
 * Receives each finding with the standing after it, and gives the id of the change, under which a promotion is
 * remembered. `null` stops the walk there.
 */
export type OnFinding = (finding: Finding, standing: Standing) => string | null;

interface Step {
  readonly at: Instant;
  readonly onFinding: OnFinding;
  readonly outlook: Outlook;
  /** Whether a fall is looked at here, also without `rolling`. */
  readonly isLook: boolean;
  /** Whether a tier that is kept here is renewed. */
  readonly isPeriodEnd: boolean;
}

/**
 * The rules at one instant, right after a record: null when the walk was stopped. Whatever ends at this instant was
 * settled before the record, so only the record itself can make a fall be looked at.
 */
export function judgeAt(
  terms: Terms,
  from: Standing,
  step: { readonly at: Instant; readonly onFinding: OnFinding; readonly isLook?: boolean },
): Standing | null {
  const { at, onFinding, isLook: looks = false } = step;
  const outlook = new Outlook(terms);
  return judgeStep(terms, from, { at, onFinding, outlook, isLook: looks, isPeriodEnd: false });
}

/** The rules at one instant, until they come to rest: several steps down may fall into one instant. */
function judgeStep(terms: Terms, from: Standing, step: Step): Standing | null {
  const { at, onFinding } = step;
  const { grading } = terms;
  const { policy } = grading;
  const scoreMilli = grading.scoreMilliAt(at);
  let standing = from;
  let looks = step.isLook;
  for (;;) {
    const verdict = judge(terms, standing, { at, scoreMilli, isLook: looks });
    if (verdict.kind === 'stays') {
      standing = withGrace(standing, verdict.graceSince);
      break;
    }
    // After a step down only `rolling` looks again at once.
    if (verdict.kind === 'demoted') looks = false;
    const fromTier = standing.tier;
    const { toTier, kind } = verdict;
    const isBlocked = kind === 'demoted' && isBlockedAfter(policy);
    const after = moved(standing, { toTier, at, isBlocked });
    const id = onFinding({ type: kind, at, fromTier, toTier }, after);
    if (id === null) return null;
    const entry: PromotionEntry = { id, at, fromTier, toTier, setId: grading.setId };
    standing = {
      ...after,
      promotions: kind === 'promoted' ? [...standing.promotions, entry] : [],
    };
  }
  if (step.isPeriodEnd && standing.since === from.since && isEarned(grading, standing, at)) {
    if (onFinding({ type: 'renewed', at, tier: standing.tier }, standing) === null) return null;
  }
  return warnAt(terms, standing, step);
}

/**
 * The at-risk episode: in grace, or the next change of tier is a demotion not further away than the notice. One
 * event an episode; the episode ends when this is false again or the tier changes.
 */
function warnAt(terms: Terms, standing: Standing, step: Step): Standing | null {
  const noticeMs = terms.grading.policy.lifecycle.atRiskNoticeMs;
  if (noticeMs === null || cannotFall(terms, standing, step.at)) {
    return standing.isWarned ? { ...standing, isWarned: false } : standing;
  }
  const next = step.outlook.next(standing, step.at);
  const isNear = next?.kind === 'demoted' && next.at - step.at <= noticeMs;
  const isAtRisk = isNear || standing.graceSince !== null;
  if (isAtRisk === standing.isWarned) return standing;
  const after = { ...standing, isWarned: isAtRisk };
  if (!isAtRisk) return after;
  const finding: Finding = { type: 'at-risk', at: step.at, tier: standing.tier, next };
  return step.onFinding(finding, after) === null ? null : after;
}

/** Nothing lies below the lowest tier, nor below one that an override holds. */
function cannotFall(
  { grading: { policy }, override }: Terms,
  { tier }: Standing,
  at: Instant,
): boolean {
  return rankOf(policy, tier) <= allowedRanks(policy, override, at).lowest;
}

/** Settles everything after `after` up to and including `until`, in order, each at its own instant. */
export function advance(
  terms: Terms,
  from: Standing,
  span: { readonly after: Instant; readonly until: Instant; readonly onFinding: OnFinding },
): Standing | null {
  const outlook = new Outlook(terms);
  let standing = from;
  let at = span.after;
  for (;;) {
    at = nextStop(outlook, { terms, standing, at });
    if (at > span.until || at === Infinity) return standing;
    const next = judgeStep(terms, standing, {
      at,
      onFinding: span.onFinding,
      outlook,
      isLook: isLook(terms, standing.since, at),
      isPeriodEnd: isPeriodEnd(terms, standing.since, at),
    });
    if (next === null) return null;
    standing = next;
  }
}

/** Whether `advance` over the same span stops nowhere, as it does for almost every record. */
export function isQuiet(
  terms: Terms,
  standing: Standing,
  { after, until }: { readonly after: Instant; readonly until: Instant },
): boolean {
  return nextStop(new Outlook(terms), { terms, standing, at: after }) > until;
}

function nextStop(outlook: Outlook, from: Place): Instant {
  const { terms, standing, at } = from;
  return Math.min(
    nextInstant(terms, standing, at),
    renewalInstant(terms, standing, at),
    noticeInstant(outlook, from),
  );
}

interface Place {
  readonly terms: Terms;
  readonly standing: Standing;
  readonly at: Instant;
}

/** Whether the score alone keeps the tier. */
function isEarned(grading: Grading, { tier }: Standing, at: Instant): boolean {
  return grading.scoreMilliAt(at) >= leaveMilli(grading.yardstick, rankOf(grading.policy, tier));
}

/** When the tier is renewed, if the score stays. Ends at which an override holds the tier pass in silence, for ever. */
function renewalInstant(terms: Terms, standing: Standing, at: Instant): Instant {
  if (terms.grading.policy.lifecycle.qualification === 'rolling') return Infinity;
  if (!isEarned(terms.grading, standing, at)) return Infinity;
  return periodEndAfter(terms, standing.since, at);
}

/** When the notice of the demotion ahead is due, if it has not been given. */
function noticeInstant(outlook: Outlook, { terms, standing, at }: Place): Instant {
  const noticeMs = terms.grading.policy.lifecycle.atRiskNoticeMs;
  if (noticeMs === null || standing.isWarned) return Infinity;
  if (cannotFall(terms, standing, at)) return Infinity;
  const next = outlook.next(standing, at);
  if (next?.kind !== 'demoted') return Infinity;
  const due = next.at - noticeMs;
  return due > at ? due : Infinity;
}

/** The first instant after `after` at which there is anything to tell, if nothing more happens; null for never. */
export function dueAfter(terms: Terms, standing: Standing, after: Instant): Instant | null {
  let due: Instant | null = null;
  advance(terms, standing, {
    after,
    until: Infinity,
    onFinding: (finding) => {
      due = finding.at;
      return null;
    },
  });
  return due;
}

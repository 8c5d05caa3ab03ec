import type { PromotionEntry, Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { Grading } from '../policy/grading.ts';
import { isBlockedAfter, judge, moved, withGrace } from './lifecycle.ts';
import { type NextMove, nextInstant, Outlook } from './look-ahead.ts';

/** Something to tell the world, before it has its number. */
export type Finding =
  | {
      readonly type: 'promoted' | 'demoted';
      readonly at: Instant;
      readonly fromTier: string;
      readonly toTier: string;
    }
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
}

/** The rules at one instant, right after a record: null when the walk was stopped. */
export function judgeAt(
  grading: Grading,
  from: Standing,
  step: { readonly at: Instant; readonly onFinding: OnFinding },
): Standing | null {
  return judgeStep(grading, from, { ...step, outlook: new Outlook(grading) });
}

/** The rules at one instant, until they come to rest: several steps down may fall into one instant. */
function judgeStep(grading: Grading, from: Standing, step: Step): Standing | null {
  const { at, onFinding } = step;
  const { policy } = grading;
  const scoreMilli = grading.scoreMilliAt(at);
  let standing = from;
  for (;;) {
    const verdict = judge(grading.yardstick, standing, { at, scoreMilli });
    if (verdict.kind === 'stays') {
      standing = withGrace(standing, verdict.graceSince);
      break;
    }
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
  return warnAt(grading, standing, step);
}

/**
 * The at-risk episode: in grace, or the next change of tier is a demotion not further away than the notice. One
 * event an episode; the episode ends when this is false again or the tier changes.
 */
function warnAt(grading: Grading, standing: Standing, step: Step): Standing | null {
  const noticeMs = grading.policy.lifecycle.atRiskNoticeMs;
  const isLowest = grading.policy.ladder[0] === standing.tier;
  if (noticeMs === null || isLowest) {
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

/** Settles everything after `after` up to and including `until`, in order, each at its own instant. */
export function advance(
  grading: Grading,
  from: Standing,
  span: { readonly after: Instant; readonly until: Instant; readonly onFinding: OnFinding },
): Standing | null {
  const outlook = new Outlook(grading);
  let standing = from;
  let at = span.after;
  for (;;) {
    at = Math.min(
      nextInstant(grading, standing, at),
      noticeInstant(outlook, { grading, standing, at }),
    );
    if (at > span.until || at === Infinity) return standing;
    const next = judgeStep(grading, standing, { at, onFinding: span.onFinding, outlook });
    if (next === null) return null;
    standing = next;
  }
}

/** When the notice of the demotion ahead is due, if it has not been given. */
function noticeInstant(
  outlook: Outlook,
  { grading, standing, at }: { grading: Grading; standing: Standing; at: Instant },
): Instant {
  const noticeMs = grading.policy.lifecycle.atRiskNoticeMs;
  if (noticeMs === null || standing.isWarned) return Infinity;
  if (grading.policy.ladder[0] === standing.tier) return Infinity;
  const next = outlook.next(standing, at);
  if (next?.kind !== 'demoted') return Infinity;
  const due = next.at - noticeMs;
  return due > at ? due : Infinity;
}

/** The first instant after `after` at which there is anything to tell, if nothing more happens; null for never. */
export function dueAfter(grading: Grading, standing: Standing, after: Instant): Instant | null {
  let due: Instant | null = null;
  advance(grading, standing, {
    after,
    until: Infinity,
    onFinding: (finding) => {
      due = finding.at;
      return null;
    },
  });
  return due;
}

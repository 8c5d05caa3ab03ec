import type { DeadLetterReason, TierChangeEvent } from '@strata/contracts';
import { TEA_HOUSE_LAST_EVENT } from './tea-house.ts';
import type { WebhookCounts } from './webhook-receiver.ts';

export const DEMO_CLAIMS = ['story', 'silence', 'webhooks', 'dead-letters'] as const;
export type DemoClaim = (typeof DEMO_CLAIMS)[number];

export interface CheckedClaim {
  readonly claim: DemoClaim;
  readonly isTrue: boolean;
}

export interface DemoFindings {
  /** The tea house's changes, in the order of its numbers. */
  readonly story: readonly Pick<TierChangeEvent, 'type' | 'toTier' | 'cause' | 'effectiveAt'>[];
  readonly demotionsByTime: number;
  readonly changes: number;
  readonly webhooks: WebhookCounts;
  readonly brokenReasons: readonly DeadLetterReason[];
  readonly letterReasons: readonly DeadLetterReason[];
}

/** What the demo says of itself, held against what the stack has published: a demo that only looks right is a lie. */
export function checkClaims(findings: DemoFindings): readonly CheckedClaim[] {
  const truths: Readonly<Record<DemoClaim, boolean>> = {
    story: isStoryTold(findings.story),
    silence: findings.demotionsByTime > 0,
    webhooks:
      findings.changes > 0 &&
      findings.webhooks.received === findings.changes &&
      findings.webhooks.refused === 0,
    'dead-letters': isSameMultiset(findings.brokenReasons, findings.letterReasons),
  };
  return DEMO_CLAIMS.map((claim) => ({ claim, isTrue: truths[claim] }));
}

/** Gold by buying; and down from it by time alone, after the last thing that anybody said of the tea house. */
function isStoryTold(story: DemoFindings['story']): boolean {
  const gold = story.findIndex(
    ({ type, toTier, cause }) => type === 'promoted' && toTier === 'gold' && cause.kind === 'event',
  );
  if (gold === -1) return false;
  return story
    .slice(gold + 1)
    .some(
      ({ type, toTier, cause, effectiveAt }) =>
        type === 'demoted' &&
        toTier === 'silver' &&
        cause.kind === 'time' &&
        effectiveAt > TEA_HOUSE_LAST_EVENT,
    );
}

function isSameMultiset(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted());
}

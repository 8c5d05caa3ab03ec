import { guessArgs } from '@strata/yaml-file';
import { describeNumber } from './describe-number.ts';
import type { BorderDocument } from './document-schema.ts';
import type { Check } from './policy-check.ts';
import { missingArgs } from './policy-grammar.ts';

const SHARES = ['population_share', 'revenue_share'] as const;
type ShareKey = (typeof SHARES)[number];

interface UpperTier {
  readonly tier: string;
  readonly border: BorderDocument;
}

/** Every tier above the lowest has a border of one kind, and they follow each other along the ladder. */
export function checkBorders(check: Check): void {
  const { document, add } = check;
  const [lowest, ...upper] = document.ladder;
  for (const tier of Object.keys(document.tiers)) {
    if (tier === lowest) add('lowest-tier-border', ['tiers', tier], { value: tier });
    else if (!upper.includes(tier)) {
      const args = { value: tier, ...guessArgs(tier, document.ladder) };
      add('unknown-tier', ['tiers', tier], args);
    }
  }
  const tiers: UpperTier[] = [];
  for (const tier of upper) {
    const border = document.tiers[tier];
    if (border === undefined) add('missing-border', ['tiers'], { value: tier });
    else tiers.push({ tier, border });
  }
  const byShare = tiers.filter(({ border }) => isShare(border));
  for (const it of byShare) checkKeys(check, it);
  const byScore = tiers.filter(({ border }) => !isShare(border));
  const [first] = byShare;
  if (first !== undefined && byScore.length > 0) {
    for (const { tier } of byScore) add('mixed-borders', ['tiers', tier], { other: first.tier });
    return;
  }
  checkScores(check, byScore);
  for (const key of SHARES) checkShares(check, byShare, key);
}

function isShare(border: BorderDocument): boolean {
  return SHARES.some((key) => border[key] !== undefined);
}

function checkKeys({ add }: Check, { tier, border }: UpperTier): void {
  if (SHARES.every((key) => border[key] !== undefined)) {
    add('two-shares', ['tiers', tier, 'revenue_share']);
  }
  for (const key of ['enter', 'leave'] as const) {
    if (border[key] !== undefined) add('share-and-score', ['tiers', tier, key], { key });
  }
}

function checkScores({ add }: Check, tiers: readonly UpperTier[]): void {
  let below: { tier: string; enter: number; leave: number } | null = null;
  for (const { tier, border } of tiers) {
    const { enter, leave } = border;
    if (border.minimum_population !== undefined) {
      add('population-without-share', ['tiers', tier, 'minimum_population']);
    }
    if (enter === undefined) add('missing', ['tiers', tier, 'enter'], missingArgs('enter'));
    if (leave === undefined) add('missing', ['tiers', tier, 'leave'], missingArgs('leave'));
    if (enter === undefined || leave === undefined) continue;
    if (leave > enter) {
      add('leave-above-enter', ['tiers', tier, 'leave'], {
        leave: describeNumber(leave),
        enter: describeNumber(enter),
      });
    }
    const present = { tier, enter, leave };
    for (const which of ['enter', 'leave'] as const) {
      if (below === null || present[which] > below[which]) continue;
      add('borders-not-rising', ['tiers', tier, which], {
        which,
        value: describeNumber(present[which]),
        below: below.tier,
        belowValue: describeNumber(below[which]),
      });
    }
    below = present;
  }
}

/** A tier holds at least the tiers above it. Shares of customers and of revenue cannot be compared beforehand. */
function checkShares({ add }: Check, tiers: readonly UpperTier[], key: ShareKey): void {
  let below: { tier: string; share: number } | null = null;
  for (const { tier, border } of tiers) {
    const share = border[key];
    if (share === undefined) continue;
    if (below !== null && share >= below.share) {
      add('shares-not-falling', ['tiers', tier, key], {
        value: describeNumber(share),
        below: below.tier,
        belowValue: describeNumber(below.share),
      });
    }
    below = { tier, share };
  }
}

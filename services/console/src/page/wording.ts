import type { TierChangeEvent, TierLabel } from '@strata/contracts';
import { DAY_MS, type Label, type Policy } from '@strata/domain';
import { type Language, TEXTS } from '../texts.ts';

type LabelByLanguage = Label | TierLabel | undefined;

/** The label in the page's language; the tier's own name where it has none. */
export function tierName(
  tier: string,
  language: Language,
  labels: readonly LabelByLanguage[],
): string {
  for (const label of labels) {
    const text = label?.[language];
    if (text !== undefined && text !== null && text !== '') return text;
  }
  return tier;
}

export function wholeNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
}

export function shortNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 3 }).format(value);
}

export function rateNumber(perSecond: number, language: Language): string {
  const maximumFractionDigits = perSecond > 0 && perSecond < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, { maximumFractionDigits }).format(perSecond);
}

export function percent(share: number, language: Language): string {
  const maximumFractionDigits = share > 0 && share < 0.1 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits }).format(share);
}

/** In the policy's zone, which is where its days begin; UTC where the policy is not known. */
export function dateTime(instant: number, language: Language, policy: Policy | null): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: policy?.timeZone ?? 'UTC',
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(instant);
}

export interface WordedChange {
  readonly type: string;
  readonly from: string | null;
  readonly to: string;
  readonly reason: string;
  readonly when: string;
}

export function wordChange(
  change: TierChangeEvent,
  language: Language,
  policy: Policy | null,
): WordedChange {
  const name = (tier: string) =>
    tierName(tier, language, [change.labels[tier], policy?.labels[tier]]);
  const isSameTier = change.fromTier === change.toTier;
  return {
    type: TEXTS[language].types[change.type],
    from: change.fromTier === null || isSameTier ? null : name(change.fromTier),
    to: name(change.toTier),
    reason: reasonOf(change, language, policy),
    when: dateTime(change.effectiveAt, language, policy),
  };
}

function reasonOf(change: TierChangeEvent, language: Language, policy: Policy | null): string {
  const { reasons } = TEXTS[language];
  const cause = causeSentence(change, language, policy);
  if (change.atRisk === null || change.atRisk.at === null) return cause;
  const { at, toTier } = change.atRisk;
  const tier =
    toTier === null
      ? null
      : tierName(toTier, language, [change.labels[toTier], policy?.labels[toTier]]);
  const expected = reasons.expected(dateTime(at, language, policy), tier);
  return language === 'zh' ? `${cause}；${expected}` : `${cause}; ${expected}`;
}

function causeSentence(change: TierChangeEvent, language: Language, policy: Policy | null): string {
  const { reasons } = TEXTS[language];
  if (change.type === 'renewed') return reasons.renewed;
  if (change.fromPolicy !== null) return reasons.handedOver(change.fromPolicy);
  switch (change.cause.kind) {
    case 'time': {
      const days = silentDays(change, policy);
      return days === null ? reasons.time : reasons.silence(wholeNumber(days, language));
    }
    case 'event':
      return reasons.event(shortNumber(change.score, language));
    case 'policy':
      return reasons.policy(change.policyVersion);
    case 'calibration':
      return reasons.calibration;
    case 'override':
      return reasons.override(change.override?.reason ?? null);
    case 'merge':
      return reasons.merge;
    case 'correction':
      return reasons.correction;
  }
}

/** The value comes in thousandths of a day. */
const ROUNDING_MS = DAY_MS / 1_000;

/**
 * Whole days without an order, where silence is what brings the demotion about: it comes a grace
 * (after soft landings, several) behind one of the steps of recency. Otherwise another window
 * closed, and the days since the last order would be true but no reason.
 */
function silentDays(change: TierChangeEvent, policy: Policy | null): number | null {
  const demotedAt = change.type === 'demoted' ? change.effectiveAt : (change.atRisk?.at ?? null);
  const dimension = policy?.dimensions.find(({ of }) => of === 'recency');
  if (policy === null || demotedAt === null || dimension?.of !== 'recency') return null;
  const value = change.dimensions.find(({ name }) => name === dimension.name)?.value ?? null;
  if (value === null) return null;
  const silentMs = value * DAY_MS + demotedAt - change.effectiveAt;
  const crossings = policy.ladder.map(
    (_, index) => silentMs - (index + 1) * policy.lifecycle.graceMs,
  );
  const isSilence = dimension.steps.some(({ withinMs }) =>
    crossings.some((crossedMs) => Math.abs(crossedMs - withinMs) <= ROUNDING_MS),
  );
  return isSilence ? Math.floor(value + ROUNDING_MS / DAY_MS) : null;
}

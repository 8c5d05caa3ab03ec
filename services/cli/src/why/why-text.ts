import { formatRfc3339 } from '@strata/contracts';
import {
  type Considered,
  DAY_MS,
  type DimensionKind,
  type DimensionScore,
  decidingPolicy,
  type Explanation,
  type Policy,
  type ShareOrigin,
  type TierChange,
} from '@strata/domain';
import { describeNumber, tierLabel } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { moneyText } from '../money-text.ts';
import { segmentLabel } from '../policy-names.ts';
import { groupDigits } from '../progress.ts';
import { tableText } from '../table-text.ts';
import { precedenceLines } from './precedence-text.ts';
import type { CustomerHistory } from './replay-customer.ts';
import type { FollowedAlias } from './replay-survivor.ts';
import { whyTexts } from './texts.ts';

const HISTORY_MAX = 12;
const EVIDENCE_MAX = 12;

/** The whole explanation as a person reads it. */
export function whyText(
  explanation: Explanation,
  history: CustomerHistory & { readonly considered: readonly Considered[] },
  language: Language,
): string {
  const texts = whyTexts(language);
  const policy = decidingPolicy(history.partition, explanation);
  const label = (tier: string): string => labelled(policy, tier, language);
  const lines = [
    texts.is(explanation.customerId, label(explanation.tier), instantText(explanation.since)),
    texts.asOf(instantText(explanation.at), explanation.policy, explanation.policyVersion),
    ...precedenceLines(history.considered, language),
    '',
    bordersText(explanation, policy, language),
    ...explanation.shares.map((it) => shareLine(it, label, language)),
    '',
    tableText([texts.columns, ...explanation.dimensions.map((it) => row(it, policy, language))]),
    '',
    ...aheadLines(explanation, history, language),
    ...mergeLines(history, language),
    '',
    texts.history,
    ...tail(history.changes, HISTORY_MAX, language).map((it) =>
      typeof it === 'string' ? it : changeLine(it, history, language),
    ),
    '',
    texts.evidence,
    ...tail(evidenceOf(explanation, history), EVIDENCE_MAX, language).map((it) => `  ${it}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** For who asked for a name that is part of somebody else by now. */
export function aliasLine(
  { customerId, survivorId, at, actor, reason }: FollowedAlias,
  language: Language,
): string {
  const when = instantText(at);
  return whyTexts(language).alias({ other: customerId, survivor: survivorId, when, actor, reason });
}

function mergeLines({ merges }: CustomerHistory, language: Language): readonly string[] {
  return [...merges.values()].map(({ otherId: other, at, actor, reason }) =>
    whyTexts(language).merged({ other, when: instantText(at), actor, reason }),
  );
}

/** `gold (金牌客户)`: the label, and the name that files use. */
function labelled(policy: Policy, tier: string, language: Language): string {
  const label = tierLabel(policy, tier, language);
  return label === tier ? tier : `${label} (${tier})`;
}

function segmentNamed({ segments }: Policy, name: string, language: Language): string {
  const segment = segments.find((candidate) => candidate.name === name);
  const label = segment === undefined ? name : segmentLabel(segment, language);
  return label === name ? name : `${label} (${name})`;
}

function bordersText(
  { scoreMilli, tier, leaveMilli, nextTier, nextEnterMilli, segment }: Explanation,
  policy: Policy,
  language: Language,
): string {
  const texts = whyTexts(language);
  const label = (name: string): string => labelled(policy, name, language);
  const parts = [texts.score(decimal(scoreMilli))];
  if (leaveMilli !== null) parts.push(texts.leave(label(tier), decimal(leaveMilli)));
  if (nextTier !== null && nextEnterMilli !== null) {
    parts.push(texts.enter(label(nextTier), decimal(nextEnterMilli)));
  }
  if (segment !== null) parts.push(texts.segment(segmentNamed(policy, segment, language)));
  return parts.join(language === 'zh' ? '；' : '; ');
}

/** Why a border is where it is, and since when. */
function shareLine(
  { tier, of, shareMilli, calibration, found, unscored }: ShareOrigin,
  label: (tier: string) => string,
  language: Language,
): string {
  const texts = whyTexts(language);
  const wanted = texts.shares[of](describeNumber(shareMilli * 100), label(tier));
  const separator = language === 'zh' ? '；' : '; ';
  const at = calibration === null ? '' : instantText(calibration.at);
  const border = found?.border ?? null;
  const origin =
    unscored !== undefined || border === null || found === null
      ? texts.noShare[unscored ?? 'not-calibrated']
      : texts.shareFound(at, groupDigits(border.customers), groupDigits(found.population));
  return `  ${wanted}${separator}${origin}`;
}

function row(score: DimensionScore, policy: Policy, language: Language): readonly string[] {
  const texts = whyTexts(language);
  const dimension = policy.dimensions.find((it) => it.name === score.name);
  const kind = dimension?.of;
  const shown = (value: number | null): string => {
    if (value === null) return '-';
    return isMoney(kind) ? moneyText(value, policy.baseCurrency) : String(value);
  };
  const better =
    score.borderAbove === null
      ? score.unscored === undefined
        ? '-'
        : texts.unscored[score.unscored]
      : kind === 'recency'
        ? texts.within(String(score.borderAbove))
        : shown(score.borderAbove);
  return [
    kind === undefined ? score.name : texts.dimensions[kind],
    shown(score.value),
    decimal(score.pointsMilli),
    decimal(score.weightMilli),
    decimal((score.pointsMilli * score.weightMilli) / 1_000),
    better,
  ];
}

function isMoney(kind: DimensionKind | undefined): boolean {
  return kind === 'revenue' || kind === 'average_order' || kind === 'clv';
}

function aheadLines(
  explanation: Explanation,
  { partition }: CustomerHistory,
  language: Language,
): readonly string[] {
  const texts = whyTexts(language);
  const policy = decidingPolicy(partition, explanation);
  const label = (tier: string): string => labelled(policy, tier, language);
  const { grace, minimumStayUntil, periodEndsAt, override, nextMove, counterfactuals } =
    explanation;
  const lines: string[] = [];
  if (override !== null) {
    const { kind, tier, actor, reason, until } = override;
    const rest = texts.overrideBy(actor, reason, until === null ? null : instantText(until));
    lines.push(`${texts.override[kind](label(tier))}${language === 'zh' ? '，' : ', '}${rest}`);
  }
  if (grace !== null) lines.push(texts.grace(instantText(grace.since), instantText(grace.until)));
  if (minimumStayUntil !== null) lines.push(texts.stay(instantText(minimumStayUntil)));
  if (periodEndsAt !== null && grace === null) lines.push(texts.period(instantText(periodEndsAt)));
  lines.push(
    nextMove === null
      ? texts.steady
      : texts.ahead(texts.types[nextMove.kind], label(nextMove.toTier), instantText(nextMove.at)),
  );
  for (const counterfactual of counterfactuals) {
    const { amountMinor, outcome } = counterfactual;
    const by = decidingPolicy(partition, counterfactual);
    const tier = labelled(by, counterfactual.tier, language);
    lines.push(
      outcome === 'hands-over'
        ? texts.handsOver(by.name, tier)
        : texts[outcome](moneyText(amountMinor, by.baseCurrency), tier),
    );
  }
  return lines;
}

/** In the words of the policy that decided it, which may be another than the present one. */
function changeLine(
  change: TierChange,
  { partition }: CustomerHistory,
  language: Language,
): string {
  const texts = whyTexts(language);
  const policy = decidingPolicy(partition, change);
  const label = (tier: string): string => labelled(policy, tier, language);
  const isSame = change.fromTier === change.toTier;
  const from = change.fromTier === null || isSame ? '' : `${label(change.fromTier)} → `;
  const { fromPolicy } = change;
  const handOver = fromPolicy === null ? '' : texts.handOver(fromPolicy, change.policy);
  const told = texts.change({
    kind: texts.types[change.type],
    tiers: `${from}${label(change.toTier)}`,
    cause: `${texts.causes[change.cause.kind]}${handOver}`,
  });
  return `  ${instantText(change.effectiveAt)}  ${told}`;
}

/** `shop/e1 purchase at 3:17`: the source's own ids, for who has to look them up. */
export function evidenceOf(explanation: Explanation, history: CustomerHistory): readonly string[] {
  const { partition, events, conversions, merges } = history;
  const policy = decidingPolicy(partition, explanation);
  return explanation.evidence.flatMap((offset) => {
    const place = `${partition.partition}:${offset}`;
    const event = events.get(offset);
    if (event !== undefined) {
      const when = instantText(event.occurredAt);
      const converted = convertedText(history, offset, policy);
      return [`${when}  ${event.type}  ${event.source}/${event.eventId}  ${place}${converted}`];
    }
    const merge = merges.get(offset);
    if (merge !== undefined) {
      return [`${instantText(merge.at)}  merge  ${merge.otherId}  ${place}`];
    }
    const conversion = conversions.get(offset);
    if (conversion === undefined) return [];
    return [
      `${instantText(conversion.at)}  ${conversion.kind}  ${conversion.referredId}  ${place}`,
    ];
  });
}

/** `  100.00 USD = 712.34 CNY (7.1234, 2026-01-05)`; empty where nothing was converted. */
function convertedText(
  { state }: CustomerHistory,
  offset: number,
  { baseCurrency }: Policy,
): string {
  const ledger = state?.ledger;
  const entries = [...(ledger?.parts ?? []), ...(ledger?.refunds ?? [])];
  const entry = entries.find((it) => it.offset === offset);
  if (entry?.original === undefined) return '';
  const { minor, currency, rate, rateDay } = entry.original;
  const base = moneyText(entry.amountMinor, baseCurrency);
  const day = instantText(rateDay * DAY_MS).slice(0, 10);
  return `  ${moneyText(minor, currency)} = ${base} (${rate}, ${day})`;
}

function tail<T>(items: readonly T[], max: number, language: Language): readonly (T | string)[] {
  if (items.length <= max) return items;
  return [...items.slice(0, max), `  ${whyTexts(language).more(items.length - max)}`];
}

const decimal = (milli: number): string => String(Math.round(milli) / 1_000);
const instantText = (at: number): string => formatRfc3339(at);

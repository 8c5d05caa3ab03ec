import type {
  AttributeEntry,
  EngagementEntry,
  Ledger,
  OpportunityEntry,
} from '../customer-state.ts';
import { percentMilliOfProduct, type Share } from '../decimal.ts';
import type { Instant } from '../instant.ts';
import { attributeOf, latestOf, textsOf } from '../ledger/attributes.ts';
import type { PotentialDimension } from '../policy/policy.ts';
import { countUpTo } from '../sorted.ts';
import { gainsAndLosses } from './amount-series.ts';
import type { Measure } from './measure.ts';
import { measureOf, SumCourse, type ValueRule } from './windowed.ts';

/** What a customer may become, before there are orders to tell: fit x engagement x stage, 0 to 100 to 3 decimals. */
export function measurePotential(
  rule: ValueRule & Pick<PotentialDimension, 'fitMilli' | 'engagement' | 'stagesMilli'>,
  { attributes, engagements, opportunities }: Ledger,
): Measure {
  const factors = [
    rule.fitMilli && fit(rule.fitMilli, attributes),
    rule.engagement && activity(rule.engagement, engagements),
    rule.stagesMilli && stage(rule.stagesMilli, opportunities),
  ].filter((it) => it !== null);
  return measureOf(rule, 1_000, {
    scaledAt: (at) => percentMilliOfProduct(factors.map((it) => it.shareAt(at))),
    nextChangeAfter: (at) => Math.min(Infinity, ...factors.map((it) => it.nextChangeAfter(at))),
  });
}

/** One factor from 0 to 1 over time, exact. */
interface Factor {
  shareAt(at: Instant): Share;
  nextChangeAfter(at: Instant): Instant;
}

type ByText = Readonly<Record<string, number>>;

/** The mean over the attributes of what their values are worth; of a list its best one counts. */
function fit(
  fitMilli: NonNullable<PotentialDimension['fitMilli']>,
  attributes: readonly AttributeEntry[],
): Factor {
  const wanted = Object.entries(fitMilli);
  const named = attributes.filter(({ name }) => Object.hasOwn(fitMilli, name));
  const worthMilli = ([name, byValue]: readonly [string, ByText], at: Instant): number =>
    Math.max(0, ...textsOf(attributeOf(named, name, at) ?? []).map((it) => listed(byValue, it)));
  return {
    shareAt: (at) => ({
      part: wanted.reduce((sum, it) => sum + worthMilli(it, at), 0),
      whole: wanted.length * 1_000,
    }),
    nextChangeAfter: nextOf(named),
  };
}

function activity(
  { windowMs, fullMilli }: NonNullable<PotentialDimension['engagement']>,
  engagements: readonly EngagementEntry[],
): Factor {
  const entries = gainsAndLosses(
    engagements.map((it) => ({ at: it.at, amountMilli: it.weightMilli })),
  );
  const sum = new SumCourse(entries, windowMs);
  return {
    shareAt: (at) => ({ part: Math.min(sum.scaledAt(at), fullMilli), whole: fullMilli }),
    nextChangeAfter: (at) => sum.nextChangeAfter(at),
  };
}

/** How far the newest opportunity has come; none is worth nothing. */
function stage(stagesMilli: ByText, opportunities: readonly OpportunityEntry[]): Factor {
  const worthMilli = (at: Instant): number => {
    const latest = latestOf(opportunities, at);
    return latest === null ? 0 : listed(stagesMilli, latest.stage);
  };
  return {
    shareAt: (at) => ({ part: worthMilli(at), whole: 1_000 }),
    nextChangeAfter: nextOf(opportunities),
  };
}

/** Words come from events, and one may be the name of what every object has. */
function listed(byText: ByText, text: string): number {
  return Object.hasOwn(byText, text) ? (byText[text] ?? 0) : 0;
}

function nextOf(entries: readonly { readonly at: Instant }[]): (at: Instant) => Instant {
  const instants = entries.map(({ at }) => at);
  return (at) => instants[countUpTo(instants, at)] ?? Infinity;
}

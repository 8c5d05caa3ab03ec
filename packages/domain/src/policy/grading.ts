import type { Calibration } from '../calibration/calibration.ts';
import { recencyScoring, scoringOf } from '../calibration/quantile-scoring.ts';
import { valueScoring } from '../calibration/value-models.ts';
import { TransactionLog } from '../clv/transactions.ts';
import type { FeedbackEntry, Ledger, TicketEntry } from '../customer-state.ts';
import { MilliProducts } from '../decimal.ts';
import { gainsAndLosses } from '../dimensions/amount-series.ts';
import { measureAverageOrder } from '../dimensions/average-order.ts';
import { measureChannelShare } from '../dimensions/channel-share.ts';
import { measureComplaints } from '../dimensions/complaints.ts';
import { measureClv, measurePAlive } from '../dimensions/customer-value.ts';
import { measureMean } from '../dimensions/mean.ts';
import type { Measure } from '../dimensions/measure.ts';
import { measurePotential } from '../dimensions/potential.ts';
import { countedEver, measureRecency } from '../dimensions/recency.ts';
import { measureShareOfWallet } from '../dimensions/share-of-wallet.ts';
import { measureTenure } from '../dimensions/tenure.ts';
import { measureVariety } from '../dimensions/variety.ts';
import {
  CourseMeasure,
  measureDistinct,
  measureSum,
  SumCourse,
  type WindowRule,
} from '../dimensions/windowed.ts';
import { hash64 } from '../hash64.ts';
import type { Instant } from '../instant.ts';
import { dayEntries, type LedgerView, viewOf } from '../ledger/ledger-view.ts';
import type { DimensionScore } from '../tier/tier-change.ts';
import {
  type Dimension,
  isValueDimension,
  type Policy,
  type Segment,
  type ValueDimension,
} from './policy.ts';

/** What ledgers are looked at through. */
export interface Yardstick {
  readonly policy: Policy;
  readonly setId: string;
  /** Null before the first; only dimensions with quantiles or a model ask for it. */
  readonly calibration: Calibration | null;
}

/** A ledger looked at through a policy: every answer is a function of the instant asked for. */
export interface Grading {
  readonly yardstick: Yardstick;
  readonly policy: Policy;
  readonly setId: string;
  readonly measures: readonly Measure[];
  scoreMilliAt(at: Instant): number;
  /** The next instant after `at` at which the score may differ; Infinity for never. */
  nextChangeAfter(at: Instant): Instant;
  dimensionsAt(at: Instant): readonly DimensionScore[];
  segmentAt(at: Instant): Segment | null;
}

/**
 * The last ledger that was graded, and the gradings of long ones that are still in use: the next question about it finds
 * the answer. A memory of a pure function; it changes no answer. Shorter ledgers are graded anew, which costs less than to
 * keep a grading for every customer at hand.
 */
let last: KnownGrading | null = null;
const known = new WeakMap<Ledger, KnownGrading>();
const REMEMBERED_PARTS_MIN = 64;

interface KnownGrading {
  readonly ledger: Ledger;
  readonly grading: Grading;
  readonly customerId: string;
}

export function grade(ledger: Ledger, yardstick: Yardstick, customerId: string): Grading {
  const found = last?.ledger === ledger ? last : known.get(ledger);
  if (found !== undefined && isSame(found, yardstick, customerId)) return found.grading;
  const grading = new LedgerGrading(ledger, yardstick, customerId);
  last = { ledger, grading, customerId };
  if (ledger.parts.length >= REMEMBERED_PARTS_MIN) known.set(ledger, last);
  return grading;
}

function isSame(
  { grading, customerId }: KnownGrading,
  { policy, calibration }: Yardstick,
  wantedId: string,
): boolean {
  return (
    grading.policy === policy &&
    grading.yardstick.calibration === calibration &&
    // Ranks are broken by the customer's id, and new customers share one empty ledger.
    (calibration === null || customerId === wantedId)
  );
}

class LedgerGrading implements Grading {
  readonly yardstick: Yardstick;
  readonly measures: readonly Measure[];

  constructor(ledger: Ledger, yardstick: Yardstick, customerId: string) {
    const view = viewOf(ledger);
    const { policy, setId, calibration } = yardstick;
    const by = { policy, setId, calibration, customerId };
    this.yardstick = yardstick;
    this.measures = policy.dimensions.map((dimension) => measureFor(dimension, view, by));
  }

  get policy(): Policy {
    return this.yardstick.policy;
  }

  get setId(): string {
    return this.yardstick.setId;
  }

  scoreMilliAt(at: Instant): number {
    const score = new MilliProducts();
    for (const it of this.measures) score.add(it.weightMilli, it.pointsMilliAt(at));
    return score.sumMilli();
  }

  nextChangeAfter(at: Instant): Instant {
    let next = Infinity;
    for (const it of this.measures) next = Math.min(next, it.nextChangeAfter(at));
    return next;
  }

  dimensionsAt(at: Instant): readonly DimensionScore[] {
    return this.measures.map((it) => it.scoreAt(at));
  }

  segmentAt(at: Instant): Segment | null {
    return this.policy.segments.find((it) => matches(it, this.measures, at)) ?? null;
  }
}

function matches(segment: Segment, measures: readonly Measure[], at: Instant): boolean {
  return Object.entries(segment.whenMilli).every(([name, points]) => {
    const measure = measures.find((it) => it.name === name);
    return measure !== undefined && points.includes(measure.pointsMilliAt(at));
  });
}

export function measureFor(
  dimension: Dimension,
  view: LedgerView,
  by: Yardstick & { readonly customerId: string },
): Measure {
  if (dimension.of === 'recency') {
    return measureRecency(dimension, countedEver(view), recencyScoring(dimension, by));
  }
  if (dimension.of === 'tenure') return measureTenure(dimension, firstCounted(view));
  if (isValueDimension(dimension)) return measureValue(dimension, view, by);
  const { ledger, orders } = view;
  if (dimension.of === 'share_of_wallet') {
    return measureShareOfWallet({ ...dimension, ...scoringOf(dimension, by) }, ledger.attributes);
  }
  if (dimension.of === 'potential') {
    return measurePotential({ ...dimension, ...scoringOf(dimension, by) }, ledger);
  }
  const rule = ruleOf(dimension, by);
  switch (dimension.of) {
    case 'orders':
      return measureSum(rule, view.orderCount);
    case 'purchase_days':
      return measureDistinct(rule, dayEntries(view, by.policy.timeZone));
    case 'revenue':
      return new RevenueMeasure(rule, view);
    case 'average_order':
      return measureAverageOrder(rule, view);
    case 'engagement':
      return measureSum(
        rule,
        gainsAndLosses(
          ledger.engagements.map((it) => ({ at: it.at, amountMilli: it.weightMilli })),
        ),
      );
    case 'complaints':
      return measureComplaints(dimension, ledger.tickets, rule);
    case 'feedback':
      return measureMean(rule, ledger.feedbacks);
    case 'satisfaction':
      return measureMean(rule, ledger.tickets.filter(hasOpinion));
    case 'referrals':
      return measureSum(
        rule,
        gainsAndLosses(ledger.referrals.map(({ at }) => ({ at, amountMilli: 1_000 }))),
      );
    case 'categories':
      return measureVariety(rule, orders, 'category');
    case 'channels':
      return measureVariety(rule, orders, 'channel');
    case 'channel_share':
      return measureChannelShare(rule, orders, hash64(dimension.channel));
  }
}

type RuledDimension = Extract<Parameters<typeof scoringOf>[0], { readonly windowMs: number }>;

/** Rules whose steps stand in the policy are the same for everybody. */
const fixedRules = new WeakMap<RuledDimension, WindowRule>();

function ruleOf(
  dimension: RuledDimension,
  by: Yardstick & { readonly customerId: string },
): WindowRule {
  const fixed = fixedRules.get(dimension);
  if (fixed !== undefined) return fixed;
  const rule = { ...dimension, ...scoringOf(dimension, by) };
  if (dimension.quantiles === undefined) fixedRules.set(dimension, rule);
  return rule;
}

/** The first order dates from before the ledger where any has left it. */
function firstCounted({ ledger, countedAt }: LedgerView): readonly Instant[] {
  const { olderOrders } = ledger;
  return olderOrders === null
    ? countedAt
    : [...countedAt, olderOrders.firstAt].sort((a, b) => a - b);
}

function measureValue(dimension: ValueDimension, view: LedgerView, by: Yardstick): Measure {
  const log = new TransactionLog(view.orders, view.ledger.olderOrders);
  const { model, scoring } = valueScoring(dimension, by);
  if (dimension.of === 'p_alive') {
    return measurePAlive({ ...dimension, ...scoring }, log, model?.purchases ?? null);
  }
  const spend = model?.spend ?? null;
  const models = model === null || spend === null ? null : { ...model, spend };
  return measureClv({ ...dimension, ...scoring }, log, models);
}

class RevenueMeasure extends CourseMeasure {
  constructor(rule: WindowRule, view: LedgerView) {
    super(rule, 1_000, new SumCourse(view.revenue, rule.windowMs));
  }

  orderReaching(threshold: number, at: Instant): number {
    return threshold - (this.valueAt(at) ?? 0);
  }
}

function hasOpinion(ticket: TicketEntry): ticket is TicketEntry & FeedbackEntry {
  return ticket.percentMilli !== undefined;
}

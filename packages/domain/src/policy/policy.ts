import type { Severity } from '../customer-event.ts';

/**
 * A policy as the core works with it: defaults filled in, durations in milliseconds, and every decimal number of the
 * file an integer in thousandths ("milli"), so that points and scores are sums of integers and exact.
 */
export interface Policy {
  readonly name: string;
  readonly version: number;
  readonly appliesTo: AppliesTo;
  /** ISO 4217. */
  readonly baseCurrency: string;
  /** IANA zone; days of `purchase_days` are its local days. */
  readonly timeZone: string;
  /** Lowest first; at least one tier. */
  readonly ladder: readonly string[];
  readonly labels: Readonly<Record<string, Label>>;
  /** In the order of the file. */
  readonly dimensions: readonly Dimension[];
  /** One for each tier above the lowest, in ladder order; none where `shares` stand instead. */
  readonly borders: readonly Border[];
  /** Instead of borders, one for each tier above the lowest, in ladder order. Absent where borders are scores. */
  readonly shares?: readonly ShareBorder[];
  readonly segments: readonly Segment[];
  /** Of tiers that the ladder has no more: in which of its tiers those stand who were there. */
  readonly replaces?: Readonly<Record<string, string>>;
  readonly lifecycle: Lifecycle;
  /** Benefits by tier, carried in events as they stand in the file. */
  readonly treatment: Readonly<Record<string, unknown>>;
  /** Absent where the file says nothing of it. */
  readonly calibration?: CalibrationRules;
}

/** How the borders that come from the population may be moved. They grade nobody: `calibrate` and its schedule ask. */
export interface CalibrationRules {
  /** How old a calibration may get; null for no schedule. */
  readonly everyMs: number | null;
  /** By what share of itself a border may move without somebody's word; null for any. */
  readonly driftLimitMilli: number | null;
  /** The same for what the models of customer value say of the whole population. */
  readonly modelDriftLimitMilli: number | null;
}

/**
 * Whom a policy grades: everybody who ever bought, everybody who has not yet, or of those who bought the ones whose
 * profile has one of the listed values. `policyFor` says which of a set wins.
 */
export type AppliesTo =
  | 'existing'
  | 'prospects'
  | { readonly attribute: string; readonly in: readonly string[] };

/** The policies published together, in the order of the file. Their names differ, their base currency is one. */
export interface PolicySet {
  /** Hash of the canonical text: the identity of what was published. */
  readonly id: string;
  readonly policies: readonly Policy[];
}

export type Label = Readonly<Partial<Record<'zh' | 'en', string>>>;

export const DIMENSION_KINDS = [
  'recency',
  'orders',
  'purchase_days',
  'revenue',
  'complaints',
  'engagement',
  'average_order',
  'feedback',
  'satisfaction',
  'referrals',
  'categories',
  'channels',
  'channel_share',
  'tenure',
  'p_alive',
  'clv',
  'share_of_wallet',
  'potential',
] as const;
export type DimensionKind = (typeof DIMENSION_KINDS)[number];

interface DimensionBase {
  /** The key in the file, unique in the policy. */
  readonly name: string;
  /** Weight in the score. */
  readonly weightMilli: number;
  /** Limits the points, not the value; null for none. */
  readonly capMilli: number | null;
  /** Points where no step matches or the value is missing. */
  readonly otherwiseMilli: number;
  /** Points by the place among the population, instead of `steps`, which are then empty. */
  readonly quantiles?: Quantiles;
}

/**
 * The population's values cut into `buckets` of about the same size: points 1 to `buckets`, the highest for the
 * largest values, and for recency for the most recent. The borders come from a calibration and move only with one.
 */
export interface Quantiles {
  readonly buckets: number;
  /** `together`: equal values get equal points. `rank`: equal values are told apart by ascending customer id, bytewise. */
  readonly ties: QuantileTies;
  /** A smaller population gives no borders. */
  readonly minimumPopulation: number;
}

export const QUANTILE_TIES = ['together', 'rank'] as const;
export type QuantileTies = (typeof QUANTILE_TIES)[number];

/** `within`: holds while at - (last counted order) < withinMs. The first that holds gives the points. */
export interface RecencyDimension extends DimensionBase {
  readonly of: 'recency';
  readonly steps: readonly { readonly withinMs: number; readonly pointsMilli: number }[];
}

/** The kinds that are said by a window alone. */
export const WINDOWED_KINDS = [
  'orders',
  'purchase_days',
  'revenue',
  'engagement',
  'average_order',
  'feedback',
  'satisfaction',
  'referrals',
  'categories',
  'channels',
] as const satisfies readonly DimensionKind[];

/** Steps on a value: `at_least` thresholds in the value's own unit (orders, days, minor units), descending; none means the capped value is the points. */
export interface WindowedDimension extends DimensionBase {
  readonly of: (typeof WINDOWED_KINDS)[number];
  readonly windowMs: number;
  readonly steps: readonly ThresholdStep[];
}

/** Of the orders that name a channel, the percentage of one. */
export interface ChannelShareDimension extends DimensionBase {
  readonly of: 'channel_share';
  readonly windowMs: number;
  readonly channel: string;
  readonly steps: readonly ThresholdStep[];
}

/** The attribute `shareOfWallet`, as the newest profile says. */
export interface ShareOfWalletDimension extends DimensionBase {
  readonly of: 'share_of_wallet';
  readonly steps: readonly ThresholdStep[];
}

/** 100 x the product of the factors that are given; null is one that the policy leaves out. */
export interface PotentialDimension extends DimensionBase {
  readonly of: 'potential';
  /** By attribute what each of its values is worth; what is not listed is worth nothing. The mean of them counts. */
  readonly fitMilli: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
  /** Engagement of the window, as a share of what counts as full. */
  readonly engagement: { readonly windowMs: number; readonly fullMilli: number } | null;
  /** What the stage of the newest opportunity is worth; what is not listed is worth nothing. */
  readonly stagesMilli: Readonly<Record<string, number>> | null;
  readonly steps: readonly ThresholdStep[];
}

export interface ComplaintsDimension extends DimensionBase {
  readonly of: 'complaints';
  readonly windowMs: number;
  readonly perMilli: Readonly<Record<Severity, number>>;
  /** What a resolved ticket still weighs, as a share in thousandths. */
  readonly resolvedCountsMilli: number;
  readonly steps: readonly ThresholdStep[];
}

/** Time since the first counted order ever. The first step that is reached gives the points; none: whole days are the points. */
export interface TenureDimension extends DimensionBase {
  readonly of: 'tenure';
  readonly steps: readonly { readonly atLeastMs: number; readonly pointsMilli: number }[];
}

interface ValueDimensionBase extends DimensionBase {
  /** A smaller population gives no model. */
  readonly minimumPopulation: number;
  readonly steps: readonly ThresholdStep[];
}

/** The chance that the customer has not stopped buying, from 0 to 1. */
export interface PAliveDimension extends ValueDimensionBase {
  readonly of: 'p_alive';
}

/** The discounted value of the purchases to come, in minor units. */
export interface ClvDimension extends ValueDimensionBase {
  readonly of: 'clv';
  readonly horizonMs: number;
  /** What a month takes off, in thousandths. */
  readonly monthlyDiscountMilli: number;
}

/** Threshold in thousandths of the value's unit. */
export interface ThresholdStep {
  readonly atLeastMilli: number;
  readonly pointsMilli: number;
}

export type Dimension =
  | RecencyDimension
  | WindowedDimension
  | ChannelShareDimension
  | ComplaintsDimension
  | TenureDimension
  | PAliveDimension
  | ClvDimension
  | ShareOfWalletDimension
  | PotentialDimension;

/** The dimensions that a fitted model answers. */
export type ValueDimension = ClvDimension | PAliveDimension;

export function isValueDimension(dimension: Dimension): dimension is ValueDimension {
  return dimension.of === 'clv' || dimension.of === 'p_alive';
}

/** Score to enter a tier from below, and the score under which it is left. */
export interface Border {
  readonly tier: string;
  readonly enterMilli: number;
  readonly leaveMilli: number;
}

export const SHARE_KINDS = ['population', 'revenue'] as const;
export type ShareKind = (typeof SHARE_KINDS)[number];

/**
 * A tier, with all tiers above it, holds the best customers by score: this share of them, or as many as bring this
 * share of the revenue. The score that this takes comes from a calibration and moves only with one.
 */
export interface ShareBorder {
  readonly tier: string;
  readonly of: ShareKind;
  /** Above 0, at most 1,000. */
  readonly shareMilli: number;
  /** A smaller population gives no border. */
  readonly minimumPopulation: number;
}

/** Beside the tier: the first segment whose every named dimension has one of the listed points (in thousandths). */
export interface Segment {
  readonly name: string;
  readonly label: Label;
  readonly whenMilli: Readonly<Record<string, readonly number[]>>;
}

export const SOFT_LANDINGS = ['one', 'target', 'base'] as const;
export type SoftLanding = (typeof SOFT_LANDINGS)[number];

/** When a fall under `leave` is looked at: always, or only where a period ends. Promotions never wait. */
export const QUALIFICATIONS = [
  'rolling',
  'calendar',
  'join_anniversary',
  'tier_anniversary',
] as const;
export type Qualification = (typeof QUALIFICATIONS)[number];

export interface Lifecycle {
  readonly minimumStayMs: number;
  readonly graceMs: number;
  readonly softLanding: SoftLanding;
  readonly qualification: Qualification;
  /** Null: no at-risk events. */
  readonly atRiskNoticeMs: number | null;
  readonly onCorrection: 'withdraw' | 'keep';
  /** Who wrote the policy stands for `changeBound` not to exceed it. Nothing is graded by it; absent for no limit. */
  readonly changesPerYearMax?: number;
}

import { DAY_MS, type Instant, LAST_INSTANT } from '@strata/domain';

import type { Clv, NaiveDimension, NaivePolicy, PAlive } from './grammar.ts';
import type { History } from './history.ts';
import { valueOf } from './measure.ts';
import { heightOf, pointsOf, scoreAt } from './score.ts';

/** What a person has decided over the score. */
export interface NaiveOverride {
  readonly kind: 'floor' | 'lock' | 'ceiling';
  readonly tier: string;
  readonly until: Instant | null;
}

/** Ranks of the ladder between which the customer may be. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface WorldContent {
  readonly policy: NaivePolicy;
  readonly history: History;
  readonly override?: NaiveOverride | null;
  readonly joinedAt?: Instant | null;
  /** Of the policy under which the customer stood before, if that was another. */
  readonly fromPolicy?: string | null;
}

/** What is known of a customer: one policy and the events taken so far. Scores are remembered, nothing else is. */
export class World {
  readonly policy: NaivePolicy;
  readonly history: History;
  readonly override: NaiveOverride | null;
  readonly joinedAt: Instant | null;
  readonly fromPolicy: string | null;
  private readonly scores = new Map<Instant, number>();
  private readonly edges: readonly Instant[];
  private readonly modelled: readonly Modelled[];
  private readonly next = new Map<Instant, Instant>();

  constructor({ policy, history, override, joinedAt, fromPolicy }: WorldContent) {
    this.policy = policy;
    this.history = history;
    this.override = override ?? null;
    this.joinedAt = joinedAt ?? null;
    this.fromPolicy = fromPolicy ?? null;
    this.edges = this.edgesOf();
    this.modelled = this.policy.dimensions.filter(isModelled);
  }

  score(at: Instant): number {
    let score = this.scores.get(at);
    if (score === undefined) {
      score = scoreAt(this.policy, this.history, at);
      this.scores.set(at, score);
    }
    return score;
  }

  rangeAt(at: Instant): Range {
    const all = { low: 0, high: this.policy.ladder.length - 1 };
    if (this.override === null || !this.isOverridden(at)) return all;
    const rank = this.policy.ladder.indexOf(this.override.tier);
    // After a change of policy the tier may be one that the ladder does not know.
    if (rank === -1) return all;
    switch (this.override.kind) {
      case 'floor':
        return { ...all, low: rank };
      case 'lock':
        return { low: rank, high: rank };
      case 'ceiling':
        return { ...all, high: rank };
    }
  }

  isOverridden(at: Instant): boolean {
    if (this.override === null) return false;
    return this.override.until === null || at < this.override.until;
  }

  /** The first instant after `at` at which any value could differ, or an override ends. */
  nextEdge(at: Instant): Instant {
    let next = this.next.get(at);
    if (next === undefined) {
      const edge = this.edges.find((it) => it > at) ?? Number.POSITIVE_INFINITY;
      next = Math.min(edge, ...this.modelled.map((it) => this.nextFall(it, at, edge)));
      this.next.set(at, next);
    }
    return next;
  }

  /** By which models points are others than a millisecond before, though nothing happened. */
  crossedAt(at: Instant): readonly Modelled['of'][] {
    if (this.edges.includes(at)) return [];
    return this.modelled
      .filter((it) => pointsOf(it, this.value(it, at)) !== pointsOf(it, this.value(it, at - 1)))
      .map(({ of }) => of);
  }

  /**
   * Between two edges what a model says of a customer only falls. So the first millisecond in which it gives less than
   * at `after` is found by halving.
   */
  private nextFall(dimension: Modelled, after: Instant, edge: Instant): Instant {
    const heightAt = (at: Instant): number => heightOf(dimension, this.value(dimension, at));
    const height = heightAt(after);
    let low = after;
    let high = Math.min(edge - 1, LAST_INSTANT);
    if (high <= low || heightAt(high) >= height) return Number.POSITIVE_INFINITY;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (heightAt(middle) < height) high = middle;
      else low = middle;
    }
    return high;
  }

  private value(dimension: NaiveDimension, at: Instant): bigint | null {
    return valueOf({ dimension, timeZone: this.policy.timeZone }, this.history, at);
  }

  /** Every event's instant, and that instant plus every window and every step: more than needed, never less. */
  private edgesOf(): Instant[] {
    const spans = new Set<number>([0]);
    for (const dimension of this.policy.dimensions) {
      for (const span of spansOf(dimension)) spans.add(span);
    }
    const edges = new Set<Instant>();
    for (const { event } of this.history) {
      for (const span of spans) edges.add(event.occurredAt + span);
    }
    const until = this.override?.until ?? null;
    if (until !== null) edges.add(until);
    return [...edges].sort((a, b) => a - b);
  }
}

type Modelled = PAlive | Clv;

const isModelled = (dimension: NaiveDimension): dimension is Modelled =>
  dimension.of === 'p_alive' || dimension.of === 'clv';

/** How long after an event it can still make a difference to the dimension. */
function spansOf(dimension: NaiveDimension): readonly number[] {
  switch (dimension.of) {
    case 'recency':
      return dimension.steps.map((step) => step.withinMs);
    case 'tenure':
      return dimension.steps.length > 0
        ? dimension.steps.map((step) => step.atLeastMs)
        : daysUpTo(dimension.capMilli ?? 0);
    case 'share_of_wallet':
    case 'clv':
    case 'p_alive':
      return [];
    case 'potential':
      return dimension.engagement === null ? [] : [dimension.engagement.windowMs];
    default:
      return [dimension.windowMs];
  }
}

/** Points that grow with every day are tried with a cap only. */
function daysUpTo(capMilli: number): readonly number[] {
  const days = Math.ceil(capMilli / 1_000) + 1;
  return Array.from({ length: days }, (_, index) => (index + 1) * DAY_MS);
}

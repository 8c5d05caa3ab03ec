import type { Instant } from '@strata/domain';

import { attributeAt, membersOf } from './attributes.ts';
import type { Potential } from './grammar.ts';
import { type History, lastOf } from './history.ts';
import { microOfMilli, milliOf, roundHalfEven } from './rounding.ts';

/** A part of the product, as a fraction of whole numbers. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

const ONE: Fraction = { over: 1n, under: 1n };

/** 100 x fit x engagement x stage, in millionths of 3 decimals. */
export function potentialAt(history: History, at: Instant, dimension: Potential): bigint {
  const factors = [
    fitOf(history, at, dimension.fitMilli),
    engagementOf(history, at, dimension.engagement),
    stageOf(history, at, dimension.stagesMilli),
  ];
  const over = factors.reduce((product, factor) => product * factor.over, 100_000n);
  const under = factors.reduce((product, factor) => product * factor.under, 1n);
  return microOfMilli(roundHalfEven(over, under));
}

function fitOf(history: History, at: Instant, fit: Potential['fitMilli']): Fraction {
  if (fit === null) return ONE;
  const attributes = Object.entries(fit);
  let sum = 0;
  for (const [attribute, factors] of attributes) {
    const members = membersOf(attributeAt(history, at, attribute));
    sum += Math.max(0, ...members.map((member) => factors[member] ?? 0));
  }
  return { over: BigInt(sum), under: 1_000n * BigInt(attributes.length) };
}

function engagementOf(
  history: History,
  at: Instant,
  engagement: Potential['engagement'],
): Fraction {
  if (engagement === null) return ONE;
  let sum = 0n;
  for (const { event } of history) {
    if (event.type !== 'engagement' || event.occurredAt > at) continue;
    if (event.occurredAt > at - engagement.windowMs) sum += milliOf(event.weight);
  }
  const full = BigInt(engagement.fullMilli);
  return sum >= full ? ONE : { over: sum, under: full };
}

function stageOf(history: History, at: Instant, stages: Potential['stagesMilli']): Fraction {
  if (stages === null) return ONE;
  const opportunities = history.filter(
    ({ event }) => event.type === 'opportunity' && event.occurredAt <= at,
  );
  const last = lastOf(opportunities)?.event;
  const factor = last?.type === 'opportunity' ? (stages[last.stage] ?? 0) : 0;
  return { over: BigInt(factor), under: 1_000n };
}

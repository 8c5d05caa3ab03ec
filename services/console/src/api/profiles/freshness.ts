import { formatRfc3339, parseRfc3339 } from '@strata/contracts';
import type { Instant } from '@strata/domain';
import { z } from 'zod';
import type { Lag, LogEnds } from './log-ends.ts';
import type { ViewedPartition } from './state-reader.ts';

export const freshnessSchema = z.object({
  asOf: z
    .string()
    .nullable()
    .describe('The clock of the partition: everything due up to it is settled.'),
  readAt: z.string().describe('When the state was read, by the clock of the host.'),
  lagRecords: z
    .number()
    .int()
    .nullable()
    .describe(
      'Records of the partition that are in the log and not counted; null where Kafka does not answer.',
    ),
  lagSeconds: z
    .number()
    .nullable()
    .describe(
      'Everything that was in the log so many seconds ago is counted; null where that is not known.',
    ),
});
export type FreshnessBody = z.output<typeof freshnessSchema>;

/** How fresh what was read is. */
export interface Freshness {
  readonly isData: boolean;
  readonly asOf: Instant | null;
  readonly readAtMs: number;
  /** By the wall, when the answer is made. */
  readonly nowMs: number;
  readonly lagRecords: number | null;
  /** By the wall: everything that was in the log then is counted. */
  readonly completeUntilMs: number | null;
}

export function freshnessOf(view: ViewedPartition, ends: LogEnds, nowMs: number): Freshness {
  const { clock, partition, time } = view.state;
  const lag: Lag = ends.lagOf(partition, view.next);
  const asOf = Number.isFinite(clock) ? clock : null;
  // In wall time the clock is the append time of the last record that is counted.
  const byClock = time === 'wall' ? asOf : null;
  const known = [lag.completeUntilMs, byClock].filter((ms) => ms !== null);
  return {
    isData: time === 'data',
    asOf,
    readAtMs: view.readAtMs,
    nowMs,
    lagRecords: lag.records,
    completeUntilMs: known.length === 0 ? null : Math.max(...known),
  };
}

export function lagSecondsOf({ completeUntilMs, nowMs }: Freshness): number | null {
  return completeUntilMs === null ? null : Math.max(0, nowMs - completeUntilMs) / 1_000;
}

export function freshnessBody(freshness: Freshness): FreshnessBody {
  const { asOf, readAtMs, lagRecords } = freshness;
  return {
    asOf: asOf === null ? null : formatRfc3339(asOf),
    readAt: formatRfc3339(readAtMs),
    lagRecords,
    lagSeconds: lagSecondsOf(freshness),
  };
}

/** The least fresh of several. */
export function leastFresh(all: readonly Freshness[]): Freshness | null {
  const [first, ...rest] = all;
  if (first === undefined) return null;
  return rest.reduce(
    (worst, each) => ({
      isData: worst.isData,
      asOf: least(worst.asOf, each.asOf),
      readAtMs: Math.min(worst.readAtMs, each.readAtMs),
      nowMs: Math.max(worst.nowMs, each.nowMs),
      lagRecords:
        worst.lagRecords === null || each.lagRecords === null
          ? null
          : Math.max(worst.lagRecords, each.lagRecords),
      completeUntilMs: least(worst.completeUntilMs, each.completeUntilMs),
    }),
    first,
  );
}

function least(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.min(one, other);
}

/** How fresh a caller wants it: not further behind than so many seconds, or up to an instant. */
export type FreshnessDemand =
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'instant'; readonly at: Instant };

export const DEMAND_SENTENCE = 'has to be an instant (RFC 3339) or a number of seconds, such as 5';

export const notOlderThan = z
  .string()
  .transform((text, context): FreshnessDemand => {
    if (/^\d{1,9}(\.\d{1,3})?$/.test(text)) return { kind: 'seconds', seconds: Number(text) };
    const at = parseRfc3339(text);
    if (at !== null) return { kind: 'instant', at };
    context.addIssue(DEMAND_SENTENCE);
    return z.NEVER;
  })
  .describe(
    'Refuses (503 `not-fresh`) what is older: an instant that the state has to reach (in data time by the clock of ' +
      'the events), or how many seconds it may be behind the log.',
  );

/** Null where the demand is met; else after how many seconds it may be. */
export function waitForFresh(freshness: Freshness, demand: FreshnessDemand | null): number | null {
  if (demand === null) return null;
  if (demand.kind === 'seconds') {
    const lagSeconds = lagSecondsOf(freshness);
    return lagSeconds !== null && lagSeconds <= demand.seconds ? null : 1;
  }
  const { isData, asOf, completeUntilMs, nowMs } = freshness;
  const reached = isData ? asOf : completeUntilMs;
  if (reached !== null && reached >= demand.at) return null;
  if (isData) return 1;
  return Math.min(60, Math.max(1, Math.ceil((demand.at - nowMs) / 1_000)));
}

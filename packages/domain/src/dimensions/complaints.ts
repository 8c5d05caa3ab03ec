import { SEVERITIES } from '../customer-event.ts';
import type { TicketEntry } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { ComplaintsDimension } from '../policy/policy.ts';
import { countUpTo } from '../sorted.ts';
import type { Measure } from './measure.ts';
import type { Scoring } from './steps.ts';
import { measureOf } from './windowed.ts';

/**
 * A ticket counts once, from its first complaint on, with its highest severity. While the later of complaint and
 * resolution is a resolution it counts by the share `resolved_counts`.
 */
export function measureComplaints(
  dimension: ComplaintsDimension,
  entries: readonly TicketEntry[],
  scoring: Scoring,
): Measure {
  const tickets = [...Map.groupBy(entries, (entry) => entry.ticketKey).values()];
  const microAt = (at: Instant): number =>
    tickets.reduce((sum, ticket) => sum + ticketMicro(dimension, ticket, at), 0);
  const edges = tickets
    .flatMap((ticket) => ticket.flatMap(({ at }) => [at, at + dimension.windowMs]))
    .sort((a, b) => a - b);
  return measureOf({ ...dimension, ...scoring }, 1_000_000, {
    scaledAt: microAt,
    nextChangeAfter: (at) => edges[countUpTo(edges, at)] ?? Infinity,
  });
}

/** `ticket` is in the order of (at, offset), so its last entry up to an instant is the later one. */
function ticketMicro(
  dimension: ComplaintsDimension,
  ticket: readonly TicketEntry[],
  at: Instant,
): number {
  let firstAt: Instant | null = null;
  let rank = -1;
  let isResolved = false;
  for (const entry of ticket) {
    if (entry.at > at) break;
    isResolved = entry.severity === null;
    if (entry.severity === null) continue;
    firstAt ??= entry.at;
    rank = Math.max(rank, SEVERITIES.indexOf(entry.severity));
  }
  const severity = SEVERITIES[rank];
  if (firstAt === null || severity === undefined || firstAt <= at - dimension.windowMs) return 0;
  return dimension.perMilli[severity] * (isResolved ? dimension.resolvedCountsMilli : 1_000);
}

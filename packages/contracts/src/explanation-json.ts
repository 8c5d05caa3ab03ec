import type { Explanation, Instant } from '@strata/domain';
import { formatRfc3339 } from './rfc3339.ts';

const instant = (value: Instant | null): string | null =>
  value === null ? null : formatRfc3339(value);

/** An explanation as `why --json` and the API write it: instants in RFC 3339, scores and points in thousandths. */
export function explanationToJson(explanation: Explanation): Record<string, unknown> {
  const { nextMove, grace, minimumStayUntil, periodEndsAt, override, since, shares, at, ...rest } =
    explanation;
  return {
    ...rest,
    at: formatRfc3339(at),
    since: formatRfc3339(since),
    grace: grace && { since: instant(grace.since), until: instant(grace.until) },
    minimumStayUntil: instant(minimumStayUntil),
    shares: shares.map(({ calibration, ...share }) => ({
      ...share,
      calibration: calibration && { ...calibration, at: instant(calibration.at) },
    })),
    periodEndsAt: instant(periodEndsAt),
    override: override && { ...override, until: instant(override.until) },
    nextMove: nextMove && { ...nextMove, at: instant(nextMove.at) },
  };
}

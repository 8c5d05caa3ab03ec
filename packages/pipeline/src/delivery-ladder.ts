const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * How long to wait before each attempt of a delivery: the schedule of Svix, eight attempts in about 28 hours, which
 * outlasts a night and a morning of trouble at the receiver.
 */
export const DELIVERY_LADDER_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
];

/** A receiver may ask for patience, but not park a delivery for ever. */
const RETRY_AFTER_MS_MAX = 24 * HOUR;
/** Up to a fifth is added, so that deliveries that failed together do not come back together. */
const JITTER_SHARE = 0.2;

/**
 * The wait after attempt number `attempt` (the first is 1) failed, or null when the ladder is spent. `afterMs` is what
 * the receiver asked for: never less than that is waited. `random` is in [0, 1).
 */
export function retryDelayMs(retry: {
  readonly ladderMs: readonly number[];
  readonly attempt: number;
  readonly afterMs: number | undefined;
  readonly random: number;
}): number | null {
  const rungMs = retry.ladderMs[retry.attempt];
  if (rungMs === undefined) return null;
  const askedMs = Math.min(Math.max(retry.afterMs ?? 0, 0), RETRY_AFTER_MS_MAX);
  return Math.ceil(Math.max(rungMs, askedMs) * (1 + JITTER_SHARE * retry.random));
}

import type { Instant } from '@strata/domain';
import type { WireRecord } from './wire-record.ts';

/**
 * A delivery that was given up. It names the tier change by its place and holds nothing of the customer, so that an
 * erasure has nothing to look for here.
 */
export interface UndeliveredLetter {
  /** Of the job: event, subscription and, if any, replay. The key of the record. */
  readonly deliveryId: string;
  readonly subscription: string;
  readonly eventId: string;
  /** Where the tier change lies in `strata.tier-changes.v1`. */
  readonly partition: number;
  readonly offset: number;
  /** A word of a closed set: `status-<n>`, `timeout`, `connection-refused`, ... */
  readonly reason: string;
  readonly attempts: number;
  readonly queuedAt: Instant;
  readonly givenUpAt: Instant;
  readonly replayId: string | null;
}

export function undeliveredToWire(letter: UndeliveredLetter): WireRecord {
  return { name: 'strata.undelivered.UndeliveredLetter', body: letter };
}

export function undeliveredFromWire({ body }: WireRecord): UndeliveredLetter {
  return { ...(body as UndeliveredLetter) };
}

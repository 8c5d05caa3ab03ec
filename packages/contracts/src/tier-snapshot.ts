import type { Instant } from '@strata/domain';
import type { TierOverride } from './tier-change-event.ts';
import type { WireRecord } from './wire-record.ts';

/** Where a customer stands, as `strata.tiers.v1` keeps it under the customer's id. */
export interface TierSnapshot {
  readonly customerId: string;
  readonly tier: string | null;
  readonly since: Instant | null;
  readonly protectedUntil: Instant | null;
  readonly policy: string;
  readonly policyVersion: number;
  readonly segment: string | null;
  readonly score: number | null;
  readonly customerSeq: number;
  readonly epoch: number;
  readonly seq: number;
  readonly effectiveAt: Instant;
  readonly asOf: Instant;
  readonly override: TierOverride | null;
}

export function tierSnapshotToWire(snapshot: TierSnapshot): WireRecord {
  return { name: 'strata.tiers.TierSnapshot', body: snapshot };
}

export function tierSnapshotFromWire({ body }: WireRecord): TierSnapshot {
  return { ...(body as TierSnapshot) };
}

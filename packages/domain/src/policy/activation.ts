import type { Calibration } from '../calibration/calibration.ts';
import type { Instant } from '../instant.ts';
import type { Policy } from './policy.ts';

/**
 * Of the changes that a policy or a calibration brings to everybody at once, those are announced that move a customer by
 * so many steps of the ladder or more: 0 announces all, null none. The others are told as backfill.
 */
export type AnnounceFrom = number | null;

/** A policy set that a partition grades by since an instant, until the next. */
export interface Activation {
  /** Place of its publication in the policies topic, from 1; 0 where nobody published it. */
  readonly number: number;
  readonly setId: string;
  /** The clock of the partition at the record. */
  readonly since: Instant;
  readonly announceFrom: AnnounceFrom;
}

/** How far everybody in a partition has been named since the last activation or calibration. */
export interface Swept {
  /** Number of the newest publication that is swept, or being swept. */
  readonly through: number;
  /** Named so far; who was named twice counts twice. */
  readonly customers: number;
  readonly isDone: boolean;
}

export const NOT_SWEPT: Swept = { through: 0, customers: 0, isDone: true };

/** Of a customer in a tier that a policy has no more: where it stands now. */
export function replacementOf(policy: Policy, tier: string): string {
  if (policy.ladder.includes(tier)) return tier;
  return policy.replaces?.[tier] ?? (policy.ladder[0] as string);
}

/** How many steps of the ladder lie between two tiers; an assignment is further than any. */
export function stepsBetween(
  { ladder }: Policy,
  { fromTier, toTier }: { readonly fromTier: string | null; readonly toTier: string },
): number {
  const [from, to] = [fromTier === null ? -1 : ladder.indexOf(fromTier), ladder.indexOf(toTier)];
  return from < 0 || to < 0 ? Infinity : Math.abs(to - from);
}

export function isAnnounced(announceFrom: AnnounceFrom, steps: number): boolean {
  return announceFrom !== null && steps >= announceFrom;
}

/** What is known of a calibration beside what it holds. */
export interface CalibrationRecord {
  readonly calibration: Calibration;
  /** Place of its publication in the policies topic; absent where nobody published it. */
  readonly number?: number;
  readonly announceFrom?: AnnounceFrom;
}

import type { CalibratedTier } from '../calibration/calibration.ts';
import type { Instant } from '../instant.ts';
import type { ShareBorder } from '../policy/policy.ts';
import { type Borders, calibratedTier } from './ladder.ts';
import type { Unscored } from './tier-change.ts';

/** Where a border by share comes from: which share of whom, by which calibration, and what it came to. */
export interface ShareOrigin extends ShareBorder {
  readonly calibration: { readonly id: string; readonly at: Instant } | null;
  /** Null before the first calibration. */
  readonly found: Pick<CalibratedTier, 'population' | 'revenueMinor' | 'border'> | null;
  /** Why there is no border; absent where there is one. */
  readonly unscored?: Exclude<Unscored, 'did-not-converge'>;
}

/** Of the tier of this rank; null where its border is a score or it has none. */
export function shareOriginOf(borders: Borders, rank: number): ShareOrigin | null {
  const { policy, calibration } = borders;
  const share = policy.shares?.[rank - 1];
  if (share === undefined) return null;
  const tier = calibratedTier(borders, rank);
  if (calibration === null || tier === undefined) {
    return { ...share, calibration: null, found: null, unscored: 'not-calibrated' };
  }
  const { population, revenueMinor, border } = tier;
  return {
    ...share,
    calibration: { id: calibration.id, at: calibration.at },
    found: { population, revenueMinor, border },
    ...(border === null ? { unscored: 'not-enough-data' } : {}),
  };
}

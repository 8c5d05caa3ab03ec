import type { FitFailure } from '../clv/fit.ts';
import type { PurchaseHistory, PurchaseParameters } from '../clv/purchase-model.ts';
import type { SpendHistory, SpendParameters } from '../clv/spend-model.ts';
import type { Instant } from '../instant.ts';
import type { AnnounceFrom } from '../policy/activation.ts';
import { isValueDimension, type PolicySet, type ShareBorder } from '../policy/policy.ts';

/**
 * The quantile borders, the share borders and the models of customer value of one policy set, made from the whole
 * population at one instant. It never changes: customers move over its borders, the borders stay until the next calibration.
 */
export interface Calibration {
  /** Hash of what it holds. */
  readonly id: string;
  /** Another set measures other things, so its dimensions wait for a calibration of their own. */
  readonly setId: string;
  readonly at: Instant;
  /** One for each dimension with quantiles. */
  readonly dimensions: readonly CalibratedDimension[];
  /** One for each tier that is bordered by a share; absent where none is. */
  readonly tiers?: readonly CalibratedTier[];
  /** One for each dimension of customer value; absent where none is. */
  readonly models?: readonly CalibratedModel[];
}

/** What a dimension of customer value is computed by. */
export interface CalibratedModel {
  readonly policy: string;
  readonly dimension: string;
  /** Customers who ever bought. */
  readonly population: number;
  readonly minimumPopulation: number;
  /** Null where there is none, and then `why` says the reason. */
  readonly model: ValueModel | null;
  readonly why: FitFailure | null;
}

/** Parameters in days and minor units; those of spend only where a dimension needs them. */
export interface ValueModel {
  readonly purchases: PurchaseParameters;
  readonly spend: SpendParameters | null;
}

export interface CalibratedDimension {
  readonly policy: string;
  readonly dimension: string;
  /** Customers who had a value. */
  readonly population: number;
  readonly minimumPopulation: number;
  /** One fewer than buckets, rising; null where there was not enough data. */
  readonly borders: readonly QuantileBorder[] | null;
}

/** The upper end of a bucket, which belongs to it. */
export interface QuantileBorder {
  /** In the dimension's exact unit (`exactAt` of its measure), rounded down: values are whole, so none is between. */
  readonly atMost: number;
  /** Among customers with exactly this value the last one in the bucket, by id; null where they all are in it. */
  readonly lastId: string | null;
}

/** What a share came to in the population. */
export interface CalibratedTier extends ShareBorder {
  readonly policy: string;
  /** Customers whom the policy grades. */
  readonly population: number;
  /** Of all of them, in the window that the shares look at. Beyond 2^53 it is rounded; the border is not. */
  readonly revenueMinor: number;
  /** Null where there was not enough data: too few customers, or no revenue to share. */
  readonly border: TierBorder | null;
}

export interface TierBorder {
  /** Who scores this or more is in the tier or above it: equal scores are in together. */
  readonly scoreMilli: number;
  /** How many that were, and what they brought. */
  readonly customers: number;
  readonly revenueMinor: number;
}

/** A calibration, and the clock of the partition at which it came in force there. */
export interface CalibrationInForce {
  readonly calibration: Calibration;
  readonly since: Instant;
  /** Place of its publication in the policies topic, from 1; 0 where nobody published it. */
  readonly number: number;
  readonly announceFrom: AnnounceFrom;
}

/** The values of one customer, in the dimension's exact unit, by the name of the dimension; null where there is none. */
export interface PopulationMember {
  /** Empty where no rank asks for it, so that a large population is not kept by name. */
  readonly customerId: string;
  readonly exact: Readonly<Record<string, number | null>>;
  /** In days and minor units; null for one who has no counted order. */
  readonly history: (PurchaseHistory & SpendHistory) | null;
}

/** Whether a set has anything that a calibration must fill. */
export function needsCalibration(set: PolicySet): boolean {
  return set.policies.some(
    ({ shares, dimensions }) =>
      shares !== undefined ||
      dimensions.some((it) => it.quantiles !== undefined || isValueDimension(it)),
  );
}

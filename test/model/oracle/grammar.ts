import type { Dimension, Policy, ThresholdStep, ValueModel } from '@strata/domain';

/** What the oracle reads of a policy: the core's own form, and what the contract has beyond it. */
interface DimensionBase {
  readonly name: string;
  readonly weightMilli: number;
  readonly capMilli: number | null;
  readonly otherwiseMilli: number;
}

interface Stepped extends DimensionBase {
  readonly steps: readonly ThresholdStep[];
}

export interface Tenure extends DimensionBase {
  readonly of: 'tenure';
  readonly steps: readonly { readonly atLeastMs: number; readonly pointsMilli: number }[];
}

export interface ShareOfWallet extends Stepped {
  readonly of: 'share_of_wallet';
}

export interface Potential extends Stepped {
  readonly of: 'potential';
  readonly fitMilli: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
  readonly engagement: { readonly windowMs: number; readonly fullMilli: number } | null;
  readonly stagesMilli: Readonly<Record<string, number>> | null;
}

interface Modelled extends Stepped {
  /** Of the calibration in force; null where that has none. */
  readonly model: ValueModel | null;
}

export interface PAlive extends Modelled {
  readonly of: 'p_alive';
}

export interface Clv extends Modelled {
  readonly of: 'clv';
  readonly horizonMs: number;
  readonly monthlyDiscountMilli: number;
}

export type NaiveDimension =
  | Exclude<Dimension, { of: 'p_alive' | 'clv' }>
  | Tenure
  | ShareOfWallet
  | Potential
  | PAlive
  | Clv;

export interface NaivePolicy extends Omit<Policy, 'dimensions' | 'borders'> {
  readonly dimensions: readonly NaiveDimension[];
  /** Null: a border by share that no calibration has filled yet. */
  readonly borders: readonly {
    readonly tier: string;
    readonly enterMilli: number | null;
    readonly leaveMilli: number | null;
  }[];
}

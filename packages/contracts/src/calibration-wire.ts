import type {
  CalibratedDimension,
  CalibratedModel,
  CalibratedTier,
  Calibration,
  CalibrationRecord,
  ShareKind,
  ValueModel,
} from '@strata/domain';
import { type TurnBody, turnFromWire, turnToWire } from './policy-wire.ts';

export interface CalibratedBody extends TurnBody {
  readonly calibrationId: string;
  readonly setId: string;
  readonly at: number;
  readonly dimensions: readonly CalibratedDimension[];
  readonly tiers: readonly CalibratedTierBody[];
  readonly models: readonly CalibratedModel[];
}

type CalibratedTierBody = Omit<CalibratedTier, 'of'> & { readonly of: string };

/** A calibration as the log carries it: named by what it is to a reader, not by its place in a record. */
export function calibrationToWire({ calibration, ...turn }: CalibrationRecord): CalibratedBody {
  const { id, setId, at, dimensions, tiers = [], models = [] } = calibration;
  return { calibrationId: id, setId, at, dimensions, tiers, models, ...turnToWire(turn) };
}

/** Field by field, so that the decoder's own objects do not travel on. */
export function calibrationFromWire(body: CalibratedBody): CalibrationRecord {
  return { calibration: contentFromWire(body), ...turnFromWire(body) };
}

function contentFromWire(body: CalibratedBody): Calibration {
  return {
    id: body.calibrationId,
    setId: body.setId,
    at: body.at,
    dimensions: body.dimensions.map((it) => ({
      policy: it.policy,
      dimension: it.dimension,
      population: it.population,
      minimumPopulation: it.minimumPopulation,
      borders: it.borders?.map(({ atMost, lastId }) => ({ atMost, lastId })) ?? null,
    })),
    ...(body.tiers.length === 0 ? {} : { tiers: body.tiers.map(tierFromWire) }),
    ...(body.models.length === 0 ? {} : { models: body.models.map(modelFromWire) }),
  };
}

function tierFromWire(body: CalibratedTierBody): CalibratedTier {
  const { policy, tier, shareMilli, population, minimumPopulation, revenueMinor, border } = body;
  return {
    policy,
    tier,
    of: body.of as ShareKind,
    shareMilli,
    population,
    minimumPopulation,
    revenueMinor,
    border: border && {
      scoreMilli: border.scoreMilli,
      customers: border.customers,
      revenueMinor: border.revenueMinor,
    },
  };
}

function modelFromWire(body: CalibratedModel): CalibratedModel {
  const { policy, dimension, population, minimumPopulation, model, why } = body;
  const told = { policy, dimension, population, minimumPopulation };
  return { ...told, model: model && parametersFromWire(model), why };
}

function parametersFromWire({ purchases, spend }: ValueModel): ValueModel {
  const { r, alpha, a, b } = purchases;
  return { purchases: { r, alpha, a, b }, spend: spend && { p: spend.p, q: spend.q, v: spend.v } };
}

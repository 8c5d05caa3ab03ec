import type { CalibratedDimension, Calibration } from '@strata/domain';

export interface CalibratedBody {
  readonly calibrationId: string;
  readonly setId: string;
  readonly at: number;
  readonly dimensions: readonly CalibratedDimension[];
}

/** A calibration as the log carries it: named by what it is to a reader, not by its place in a record. */
export function calibrationToWire({ id, setId, at, dimensions }: Calibration): CalibratedBody {
  return { calibrationId: id, setId, at, dimensions };
}

/** Field by field, so that the decoder's own objects do not travel on. */
export function calibrationFromWire(body: CalibratedBody): Calibration {
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
  };
}

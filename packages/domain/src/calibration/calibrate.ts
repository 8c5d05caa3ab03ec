import { canonicalJson } from '../canonical-json.ts';
import { hash64, hash64Hex } from '../hash64.ts';
import type { Instant } from '../instant.ts';
import type { Policy, PolicySet, Quantiles } from '../policy/policy.ts';
import type { CalibratedDimension, Calibration, PopulationMember } from './calibration.ts';
import { quantileBorders } from './quantile-borders.ts';
import { type ScoredMember, shareBorders } from './share-borders.ts';
import { fitModels } from './value-models.ts';

/** Whom one policy grades, in any order. */
export interface Population {
  readonly policy: Policy;
  readonly members: readonly PopulationMember[];
  /** Their scores by the quantile borders and models of the calibration that is being made. */
  readonly scoresBy: (withoutShares: Calibration) => readonly ScoredMember[];
}

/**
 * Makes a calibration from the values of everybody whom each policy grades. Shares are ranked by scores that rest on
 * the quantile borders and models of this same calibration, so `scoresBy` is asked once these are made.
 */
export function calibrate(input: {
  readonly set: PolicySet;
  readonly at: Instant;
  readonly populations: readonly Population[];
}): Calibration {
  const { set, at, populations } = input;
  const dimensions = populations.flatMap(({ policy, members }) =>
    policy.dimensions.flatMap(({ name, quantiles }) =>
      quantiles === undefined
        ? []
        : [calibrateDimension(policy.name, { name, quantiles }, members)],
    ),
  );
  const models = populations.flatMap(({ policy, members }) =>
    fitModels(
      policy,
      members.flatMap(({ history }) => (history === null ? [] : [history])),
    ),
  );
  const withoutShares = {
    setId: set.id,
    at,
    dimensions,
    ...(models.length === 0 ? {} : { models }),
  };
  const tiers = populations.flatMap(({ policy, scoresBy }) =>
    policy.shares === undefined
      ? []
      : shareBorders(policy, scoresBy({ id: 'without shares', ...withoutShares })),
  );
  const content = tiers.length === 0 ? withoutShares : { ...withoutShares, tiers };
  const text = canonicalJson(content);
  const id = hash64Hex(hash64('calibration', text)) + hash64Hex(hash64(text, 'calibration'));
  return { id, ...content };
}

function calibrateDimension(
  policy: string,
  { name, quantiles }: { readonly name: string; readonly quantiles: Quantiles },
  members: readonly PopulationMember[],
): CalibratedDimension {
  const ranked = members.flatMap(({ customerId, exact }) => {
    const value = exact[name] ?? null;
    return value === null ? [] : [{ customerId, value }];
  });
  const { minimumPopulation } = quantiles;
  const isEnough = ranked.length >= Math.max(1, minimumPopulation);
  return {
    policy,
    dimension: name,
    population: ranked.length,
    minimumPopulation,
    borders: isEnough ? quantileBorders(ranked, quantiles) : null,
  };
}

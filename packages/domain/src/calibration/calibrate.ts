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
}

/** The same by the quantile borders and the models that were made of them. */
export interface ScoredPopulation {
  readonly policy: Policy;
  readonly scored: readonly ScoredMember[];
}

/** The quantile borders and the models of values of everybody whom each policy grades: what shares are ranked by. */
export function calibrateValues(input: {
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
  const fitted = models.length === 0 ? {} : { models };
  return identified({ setId: set.id, at, dimensions, ...fitted });
}

/** The same calibration with the borders by share, which are scores by what it holds already. */
export function calibrateShares(
  values: Calibration,
  populations: readonly ScoredPopulation[],
): Calibration {
  const { id: _, ...withoutShares } = values;
  const tiers = populations.flatMap(({ policy, scored }) => shareBorders(policy, scored));
  return identified(tiers.length === 0 ? withoutShares : { ...withoutShares, tiers });
}

function identified(content: Omit<Calibration, 'id'>): Calibration {
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

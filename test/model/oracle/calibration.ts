import type { Calibration, Policy } from '@strata/domain';

import type { NaivePolicy } from './grammar.ts';

/** Without a calibration no model says anything, nobody enters by a share, and nobody falls under it. */
export function uncalibrated(policy: Policy): NaivePolicy {
  return {
    ...policy,
    dimensions: policy.dimensions.map((it) =>
      it.of === 'p_alive' || it.of === 'clv' ? { ...it, model: null } : it,
    ),
    borders:
      policy.shares?.map(({ tier }) => ({ tier, enterMilli: null, leaveMilli: null })) ??
      policy.borders,
  };
}

/** With the models of a calibration, which takes the place of the one before. */
export function modelled(policy: NaivePolicy, { models = [] }: Calibration): NaivePolicy {
  const dimensions = policy.dimensions.map((dimension) => {
    if (dimension.of !== 'p_alive' && dimension.of !== 'clv') return dimension;
    const own = models.find((it) => it.policy === policy.name && it.dimension === dimension.name);
    return { ...dimension, model: own?.model ?? null };
  });
  return { ...policy, dimensions };
}

/** Whether there is anything in a policy that a calibration fills. */
export const isCalibrated = ({ shares, dimensions }: NaivePolicy): boolean =>
  shares !== undefined || dimensions.some(({ of }) => of === 'p_alive' || of === 'clv');

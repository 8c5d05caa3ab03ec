import { DAY_MS } from '../instant.ts';
import type { Dimension, Policy } from './policy.ts';

/** The most changes of tier that a policy lets one customer have within any 365 days. */
export interface ChangeBound {
  /** Null where the policy sets no limit: then events alone drive it. */
  readonly demotions: number | null;
  readonly promotions: number | null;
  readonly total: number | null;
  /**
   * Where there is no limit: the most that one event can bring from its coming until it has left every window; null
   * also where a value changes with time alone.
   */
  readonly perEvent: number | null;
  /** Beside all that, one correction takes back at most so many promotions, and as many can come again; 0 with `keep`. */
  readonly perCorrection: number;
}

const YEAR_MS = 365 * DAY_MS;
/** Ends of years lie at least this far apart: a zone moves its clocks by 26 hours at the very most. */
const YEAR_ENDS_APART_MS = YEAR_MS - 26 * 3_600_000;

/**
 * A bound that no sequence of events exceeds, under one policy, with no override, calibration, merge or change of
 * policy in between, corrections counted apart. Why it holds:
 *
 * Demotions. One comes no sooner than `minimum_stay` after the last change of tier, whatever that was, and no sooner
 * than `grace` after the start of a grace that began no earlier than that change. So two demotions lie at least
 * d = max(stay, grace) apart, and a span of 365 days that is open at one end holds at most ceil(365 d / d). Without
 * `rolling` each demotion needs an end of a period of its own, after the demotion before. Without a stay it comes
 * exactly `grace` after that end, and of ends 365 days less 26 hours apart, two fit; a stay can put the first off, so
 * that it falls into the span beside two others: three. With `tier_anniversary` the end itself lies so far behind the
 * last change.
 *
 * Promotions. Each climbs at least one rank and nothing else climbs, so there are no more than the ranks that
 * demotions gave up (one each with a soft landing of `one`, else at most all), and the ladder once.
 *
 * Without any limit. With neither stay nor grace, and `rolling`, a tier changes only where the score does, which is
 * where an event comes, where it happened if that is dated ahead, and where a dimension lets go of it: once for a
 * window, once for each step of time. At one instant there is one promotion, or one demotion, or with a soft landing
 * of `one` as many as the ladder has steps.
 */
export function changeBound(policy: Policy): ChangeBound {
  const steps = policy.ladder.length - 1;
  const isSoft = policy.lifecycle.softLanding === 'one';
  const perCorrection = policy.lifecycle.onCorrection === 'keep' ? 0 : steps;
  const demotions = steps === 0 ? 0 : demotionsWithin(policy);
  if (demotions === null) {
    const instants = instantsPerEvent(policy.dimensions);
    const perEvent = instants === null ? null : instants * (isSoft ? steps : 1);
    return { demotions, promotions: null, total: null, perEvent, perCorrection };
  }
  const promotions = steps === 0 ? 0 : demotions * (isSoft ? 1 : steps) + steps;
  return { demotions, promotions, total: demotions + promotions, perEvent: null, perCorrection };
}

function demotionsWithin({ lifecycle }: Policy): number | null {
  const { qualification, minimumStayMs, graceMs } = lifecycle;
  const apartMs = Math.max(minimumStayMs, graceMs);
  const byClocks = apartMs === 0 ? Infinity : Math.ceil(YEAR_MS / apartMs);
  switch (qualification) {
    case 'rolling':
      return Number.isFinite(byClocks) ? byClocks : null;
    case 'calendar':
    case 'join_anniversary':
      return Math.min(byClocks, minimumStayMs === 0 ? 2 : 3);
    case 'tier_anniversary':
      return Math.ceil(YEAR_MS / Math.max(apartMs, YEAR_ENDS_APART_MS));
  }
}

/** The record itself, its own instant where that lies ahead, and what each dimension does later. */
function instantsPerEvent(dimensions: readonly Dimension[]): number | null {
  let instants = 2;
  for (const dimension of dimensions) {
    const later = laterInstants(dimension);
    if (later === null) return null;
    instants += later;
  }
  return instants;
}

/** What a model forecasts moves with every day that passes. */
const FORECASTS: readonly string[] = ['clv', 'p_alive'];

function laterInstants(dimension: Dimension): number | null {
  if (FORECASTS.includes(dimension.of)) return null;
  if ('windowMs' in dimension) return 1;
  const steps = Math.max(dimension.steps.length, (dimension.quantiles?.buckets ?? 1) - 1);
  // Without a step the value itself is the points, and time alone moves it.
  return steps === 0 ? null : steps;
}

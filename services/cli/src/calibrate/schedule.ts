import type { Instant, PolicySet } from '@strata/domain';

/** How often the set wants to be calibrated: as its most impatient policy says; null where none says so. */
export function everyMsOf({ policies }: PolicySet): number | null {
  const said = policies.flatMap(({ calibration }) => calibration?.everyMs ?? []);
  return said.length === 0 ? null : Math.min(...said);
}

/** When the next calibration is due: at once where there is none. */
export function dueAt(lastAt: Instant | null, everyMs: number): Instant {
  return lastAt === null ? Number.NEGATIVE_INFINITY : lastAt + everyMs;
}

import type { Figures } from '../figures-report.ts';
import { caughtUp } from '../live/live-contender.ts';
import { type Measured, measure } from '../scorer/contender.ts';
import type { Addressed } from '../scorer/customer-log.ts';
import { freshLog, longerLog, type ScorerStage, scorerOn, sumOf } from '../scorer/scorer-stage.ts';
import { WARM_UP_SHARE } from '../scorer/traffic.ts';

/** A stretch of log, and up to where its last clock mark goes. */
export interface Segment {
  readonly records: Iterable<Addressed>;
  readonly clockEndsAt: number;
}

/** Empties everything and has a scorer fold a first stretch, of which nothing is counted; resolves with where it ends. */
export async function folded(stage: ScorerStage, segment: Segment): Promise<readonly number[]> {
  const ends = await freshLog(stage, segment.records);
  const scorer = await scorerOn(stage, { ends, clockEndsAt: segment.clockEndsAt });
  try {
    const running = await caughtUp(scorer, { records: sumOf(ends), signal: stage.signal });
    await Promise.all(running.map((one) => one.stop()));
  } finally {
    await scorer.close();
  }
  return ends;
}

/** What a further stretch costs a scorer that is started anew over the state so far; the first quarter warms it up. */
export async function costOf(
  stage: ScorerStage,
  segment: Segment & {
    readonly startsAt: readonly number[];
    readonly settings?: NodeJS.ProcessEnv;
  },
): Promise<{ readonly measured: Measured; readonly ends: readonly number[] }> {
  const { startsAt, clockEndsAt, settings = {} } = segment;
  const ends = await longerLog(stage, segment.records);
  const records = sumOf(ends) - sumOf(startsAt);
  const choice = { ends, startsAt, clockEndsAt, settings, keepsState: true };
  const scorer = await scorerOn(stage, choice);
  const { pids, signal } = stage;
  const setting = { records, warmUpRecords: Math.round(records * WARM_UP_SHARE), pids, signal };
  try {
    return { measured: await measure(scorer, setting), ends };
  } finally {
    await scorer.close();
  }
}

/** CPU of all processes for a record, in microseconds; null where the system does not tell. */
export function costUs({ recordsPerCpuSecond }: Measured): number | null {
  return recordsPerCpuSecond === null ? null : 1_000_000 / recordsPerCpuSecond;
}

/** One line for the cost of all, and one for each process. */
export function addCost(figures: Figures, what: string, measured: Measured): void {
  figures.add(what, 'us of CPU for an event', costUs(measured));
  figures.add(`${what}: scorer`, 'us of CPU for an event', measured.cpuUs.client);
  figures.add(`${what}: broker`, 'us of CPU for an event', measured.cpuUs.broker);
  figures.add(`${what}: Redis`, 'us of CPU for an event', measured.cpuUs.redis);
}

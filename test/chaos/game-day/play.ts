import { setTimeout as delay } from 'node:timers/promises';
import type { Ring } from './alarm-watch.ts';
import { type GameFault, OBJECTIVES } from './game-fault.ts';
import type { GameStage } from './game-stage.ts';

const LOOK_MS = 200;
/** How long an alarm may go on firing behind the runbook's last step. */
const RESOLVED_WITHIN_MS = 300_000;

export interface AlarmSeen {
  readonly name: string;
  readonly withinSeconds: number;
  /** From the harm to the alarm, as the Prometheus has it; null where it did not fire in time. */
  readonly seconds: number | null;
}

export interface OtherAlarm {
  readonly name: string;
  readonly summary: string;
  readonly seconds: number;
  /** Why it may fire; null where nothing says so. */
  readonly reason: string | null;
}

export interface Played {
  readonly name: string;
  readonly harm: string;
  readonly remedy: string;
  readonly alarms: readonly AlarmSeen[];
  readonly others: readonly OtherAlarm[];
  /** From the first step of the runbook until its alarms are gone; null where they were not, or not yet. */
  resolvedSeconds: number | null;
  readonly remembersSeconds: number | null;
  isPassed: boolean;
}

/** What still fires because its rule remembers, and the fault that it came of. */
export type Remembered = Map<string, { readonly played: Played; readonly mendedMs: number }>;

const secondsOf = (ms: number): number => Math.round(ms / 100) / 10;

/** Breaks one thing, waits for its alarms, does what the runbook says, and waits until all is well. */
export async function play(
  stage: GameStage,
  fault: GameFault,
  remembered: Remembered,
): Promise<Played> {
  const { watch } = stage;
  const fromMs = performance.now();
  await fault.strike(stage);
  const names = Object.keys(fault.alarms);
  await waitFor(
    () => names.every((name) => firstOf(watch.since(fromMs), name) !== undefined),
    fromMs + Math.max(...Object.values(fault.alarms)) * 1_000,
  );
  const mendedMs = performance.now();
  await fault.mend(stage);
  const remembersMs = (fault.remembersSeconds ?? 0) * 1_000;
  const isGone = (): boolean => !names.some((name) => watch.isFiring(name));
  if (remembersMs === 0) await waitFor(isGone, mendedMs + RESOLVED_WITHIN_MS);
  const goneMs = performance.now();
  await stage.healthy();
  const rings = watch.since(fromMs).filter(({ name }) => !names.includes(name));
  const isOver = ({ name, untilMs }: Ring): boolean =>
    untilMs !== null || name in OBJECTIVES || remembered.has(name);
  await waitFor(() => rings.every(isOver), performance.now() + RESOLVED_WITHIN_MS);

  const alarms = Object.entries(fault.alarms).map(([name, withinSeconds]): AlarmSeen => {
    const ring = firstOf(watch.since(fromMs), name);
    const seconds = ring === undefined ? null : secondsOf(ring.fromMs - fromMs);
    return { name, withinSeconds, seconds };
  });
  const others = othersIn(watch.since(fromMs), fault, { remembered, fromMs });
  const isSeen = alarms.every((it) => it.seconds !== null && it.seconds <= it.withinSeconds);
  const played: Played = {
    name: fault.name,
    harm: fault.harm,
    remedy: fault.remedy,
    alarms,
    others,
    resolvedSeconds: remembersMs === 0 && isGone() ? secondsOf(goneMs - mendedMs) : null,
    remembersSeconds: fault.remembersSeconds ?? null,
    isPassed:
      isSeen && others.every(({ reason }) => reason !== null) && (remembersMs > 0 || isGone()),
  };
  if (remembersMs > 0) for (const name of names) remembered.set(name, { played, mendedMs });
  return played;
}

/** Waits until what only rules remember is gone, too. */
export async function forgetAll(stage: GameStage, remembered: Remembered): Promise<void> {
  for (const [name, { played, mendedMs }] of remembered) {
    const patienceMs = (played.remembersSeconds ?? 0) * 1_000 + RESOLVED_WITHIN_MS;
    await waitFor(() => !stage.watch.isFiring(name), mendedMs + patienceMs);
    const last = stage.watch.rings.findLast((ring) => ring.name === name);
    const untilMs = last?.untilMs ?? null;
    if (untilMs === null) played.isPassed = false;
    else played.resolvedSeconds = secondsOf(untilMs - mendedMs);
  }
}

/** The first time is what counts; what an alarm does afterwards is seen by whether it is gone. */
function firstOf(rings: readonly Ring[], name: string): Ring | undefined {
  return rings.find((ring) => ring.name === name);
}

function othersIn(
  rings: readonly Ring[],
  fault: GameFault,
  { remembered, fromMs }: { remembered: Remembered; fromMs: number },
): readonly OtherAlarm[] {
  const strange = rings.filter(({ name }) => !(name in fault.alarms));
  const names = [...new Set(strange.map(({ name }) => name))];
  return names.map((name) => {
    const ring = firstOf(strange, name) as Ring;
    const before = remembered.get(name)?.played.name;
    const reason =
      fault.follows?.[name] ??
      OBJECTIVES[name] ??
      (before === undefined ? null : `still remembered from ${before}`);
    return { name, summary: ring.summary, seconds: secondsOf(ring.fromMs - fromMs), reason };
  });
}

async function waitFor(holds: () => boolean, deadlineMs: number): Promise<void> {
  while (!holds() && performance.now() < deadlineMs) await delay(LOOK_MS);
}

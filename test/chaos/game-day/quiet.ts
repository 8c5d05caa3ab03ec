import { setTimeout as delay } from 'node:timers/promises';
import type { GameStage } from './game-stage.ts';
import { type Machine, machineNow } from './machine.ts';

const MINUTE_MS = 60_000;

export interface Quiet {
  readonly machine: Machine;
  readonly minutes: number;
  readonly events: number;
  readonly deliveries: number;
  /** Alarms that fired; there must be none. */
  readonly fired: readonly string[];
}

/** Nothing is broken for so many minutes; the load goes on. */
export async function beQuiet(
  stage: GameStage,
  minutes: number,
  onMinute: (minute: number) => void,
): Promise<Quiet> {
  const before = { events: stage.load.sent, deliveries: stage.endpoint.taken };
  for (let minute = 1; minute <= minutes; minute += 1) {
    await delay(MINUTE_MS);
    onMinute(minute);
  }
  return {
    machine: machineNow(),
    minutes,
    events: stage.load.sent - before.events,
    deliveries: stage.endpoint.taken - before.deliveries,
    fired: stage.watch.rings.map(({ name, summary }) => `${name}: ${summary}`),
  };
}

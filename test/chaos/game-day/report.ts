import { type Machine, machineNow } from './machine.ts';
import type { Played } from './play.ts';

export interface GameDayReport {
  readonly machine: Machine;
  readonly isPassed: boolean;
  readonly faults: readonly Played[];
}

export function gameDayReport(faults: readonly Played[]): GameDayReport {
  const isPassed = faults.length > 0 && faults.every((fault) => fault.isPassed);
  return { machine: machineNow(), isPassed, faults };
}

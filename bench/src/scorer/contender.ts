import { setTimeout as delay } from 'node:timers/promises';
import { cpuUsOf } from '../process-cpu.ts';
import { type Program, Running } from '../running.ts';
import type { MovesByCustomer } from './tier-moves.ts';

/** A process that reads the preloaded customer log from its start, as it is seen from outside. */
export interface Contender extends Program {
  /** Records of the preloaded log that it has counted for good. */
  recordsDone(): Promise<number>;
  /** All that it has to tell of them lies in its output topic. */
  isAtRest(): Promise<boolean>;
  moves(): Promise<MovesByCustomer>;
}

const WHOSE = ['client', 'broker', 'redis'] as const;
type Whose = (typeof WHOSE)[number];
/** CPU in microseconds; null where the system does not tell. */
export type Cpu = Readonly<Record<Whose, number | null>>;

export interface Measured {
  readonly recordsPerSecond: number;
  /** Of each process, for one record. */
  readonly cpuUs: Cpu;
  /** Records for a second of CPU of all of them together. */
  readonly recordsPerCpuSecond: number | null;
}

interface Mark {
  readonly atMs: number;
  readonly records: number;
  readonly cpuUs: Cpu;
}

const LOOK_MS = 20;

/**
 * Runs a contender to the end of the log, outputs included. What comes before `warmUpRecords` is its
 * start, its compiler and its caches, and is not counted.
 */
export async function measure(
  contender: Contender,
  setting: {
    readonly records: number;
    readonly warmUpRecords: number;
    readonly pids: Readonly<Record<'broker' | 'redis', number>>;
    readonly signal: AbortSignal;
    /** How many of it share the work; 1 where it is left out. */
    readonly processes?: number;
  },
): Promise<Measured> {
  const { records, warmUpRecords, pids, signal } = setting;
  const all = Array.from({ length: setting.processes ?? 1 }, () => Running.start(contender));
  const reached = async (count: number, isEnd: boolean): Promise<Mark> => {
    for (;;) {
      signal.throwIfAborted();
      const done = await contender.recordsDone();
      if (done >= count && (!isEnd || (await contender.isAtRest()))) {
        return { atMs: performance.now(), records: done, cpuUs: cpuOf(all, pids) };
      }
      if (all.some((one) => one.hasEnded)) {
        throw new Error(`${contender.name} ended after ${done} records`);
      }
      await delay(LOOK_MS);
    }
  };
  try {
    return between(await reached(warmUpRecords, false), await reached(records, true));
  } finally {
    await Promise.all(all.map((one) => one.stop()));
  }
}

/** What clients, broker and Redis have used so far. */
export function cpuOf(
  clients: readonly Running[],
  pids: Readonly<Record<'broker' | 'redis', number>>,
): Cpu {
  const client = clients.reduce<number | null>((sum, one) => {
    const used = one.cpuUs();
    return sum === null || used === null ? null : sum + used;
  }, 0);
  return { client, broker: cpuUsOf(pids.broker), redis: cpuUsOf(pids.redis) };
}

function between(start: Mark, end: Mark): Measured {
  const records = end.records - start.records;
  const each = (whose: Whose): number | null => {
    const [from, to] = [start.cpuUs[whose], end.cpuUs[whose]];
    return from === null || to === null ? null : (to - from) / records;
  };
  const cpuUs = { client: each('client'), broker: each('broker'), redis: each('redis') };
  const { client, broker, redis } = cpuUs;
  const isKnown = client !== null && broker !== null && redis !== null;
  return {
    recordsPerSecond: (records / (end.atMs - start.atMs)) * 1_000,
    cpuUs,
    recordsPerCpuSecond: isKnown ? 1_000_000 / (client + broker + redis) : null,
  };
}

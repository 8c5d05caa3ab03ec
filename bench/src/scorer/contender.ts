import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuUsOf } from '../process-cpu.ts';
import type { MovesByCustomer } from './tier-moves.ts';

/** A process that reads the preloaded customer log from its start, as it is seen from outside. */
export interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
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
  },
): Promise<Measured> {
  const { records, warmUpRecords, pids, signal } = setting;
  const { name, command, args, env } = contender;
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const reached = async (count: number, isEnd: boolean): Promise<Mark> => {
    for (;;) {
      signal.throwIfAborted();
      const done = await contender.recordsDone();
      if (done >= count && (!isEnd || (await contender.isAtRest()))) {
        const cpuUs = {
          client: cpuUsOf(child.pid ?? 0),
          broker: cpuUsOf(pids.broker),
          redis: cpuUsOf(pids.redis),
        };
        return { atMs: performance.now(), records: done, cpuUs };
      }
      if (hasEnded()) throw new Error(`${name} ended after ${done} records`);
      await delay(LOOK_MS);
    }
  };
  try {
    return between(await reached(warmUpRecords, false), await reached(records, true));
  } finally {
    if (!hasEnded()) child.kill('SIGTERM');
    await exited;
  }
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

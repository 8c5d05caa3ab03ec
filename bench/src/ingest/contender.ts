import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaLogReader } from '@strata/kafka';
import { cpuUsOf } from '../process-cpu.ts';

/** A process that reads the preloaded topic from its start, and the topic that it writes to. */
export interface Contender {
  readonly name: string;
  readonly outTopic: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface Measured {
  readonly recordsPerSecond: number;
  readonly clientCpuUs: number | null;
  readonly brokerCpuUs: number | null;
}

interface Mark {
  readonly atMs: number;
  readonly records: number;
  readonly clientUs: number | null;
  readonly brokerUs: number | null;
}

const LOOK_MS = 20;

/**
 * Runs a contender to the end of the topic and looks at it from outside alone: how many records lie
 * in its output, and what CPU it and the broker have used. What comes before `warmUpRecords` is its
 * start, its compiler and its caches, and is not counted.
 */
export async function measure(
  contender: Contender,
  setting: {
    readonly reader: KafkaLogReader;
    readonly brokerPid: number;
    readonly records: number;
    readonly warmUpRecords: number;
    readonly signal: AbortSignal;
  },
): Promise<Measured> {
  const { reader, brokerPid, records, warmUpRecords, signal } = setting;
  const { outTopic } = contender;
  const before = await countOf(reader, outTopic);
  const child = spawn(process.execPath, contender.args, {
    env: contender.env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  try {
    const reached = async (count: number): Promise<Mark> => {
      for (;;) {
        signal.throwIfAborted();
        const done = (await countOf(reader, outTopic)) - before;
        if (done >= count) {
          return {
            atMs: performance.now(),
            records: done,
            clientUs: cpuUsOf(child.pid ?? 0),
            brokerUs: cpuUsOf(brokerPid),
          };
        }
        if (hasEnded(child)) throw new Error(`${contender.name} ended after ${done} records`);
        await delay(LOOK_MS);
      }
    };
    return between(await reached(warmUpRecords), await reached(records));
  } finally {
    if (!hasEnded(child)) child.kill('SIGTERM');
    await exited;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function countOf(reader: KafkaLogReader, topic: string): Promise<number> {
  return (await reader.bounds(topic)).reduce((sum, { end }) => sum + end, 0);
}

function between(start: Mark, end: Mark): Measured {
  const records = end.records - start.records;
  const each = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : (to - from) / records;
  return {
    recordsPerSecond: (records / (end.atMs - start.atMs)) * 1_000,
    clientCpuUs: each(start.clientUs, end.clientUs),
    brokerCpuUs: each(start.brokerUs, end.brokerUs),
  };
}

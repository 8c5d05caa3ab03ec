import { cpus, loadavg, totalmem } from 'node:os';

/** Where and when figures were taken: without it they mean nothing. */
export interface Machine {
  readonly startedAt: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** Average number of processes that wanted a core in the minute before. */
  readonly loadBefore: number;
}

export function thisMachine(): Machine {
  const [first] = cpus();
  return {
    startedAt: new Date().toISOString(),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}

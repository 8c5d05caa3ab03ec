import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were seen on. */
export interface Machine {
  readonly at: string;
  readonly cpus: number;
  readonly memoryGb: number;
  /** Of the last minute, at the end. */
  readonly load: number;
}

export function machineNow(): Machine {
  return {
    at: new Date().toISOString(),
    cpus: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SeedReport } from './seed-worker.ts';
import { Tally } from './tally.ts';

export interface SeedRange {
  readonly from: number;
  /** Included. */
  readonly to: number;
  /** Steps with faults, of each seed. */
  readonly steps: number;
  readonly workers: number;
  /** Number of a guard to take away; none for the code as it stands. */
  readonly mutant?: number;
  /** Ends with so many failing seeds. */
  readonly failuresMax: number;
}

export interface Progress {
  readonly done: number;
  readonly of: number;
  readonly failed: number;
  /** The seed that is done now, where it failed. */
  readonly failure: SeedReport | null;
}

export interface RangeReport {
  readonly seeds: number;
  readonly steps: number;
  readonly failed: readonly SeedReport[];
  readonly tally: Tally;
  readonly seconds: number;
}

const WORKER = new URL('./seed-worker.ts', import.meta.url);

/** Runs a range of seeds on several threads. Which thread has which seed changes nothing in any of them. */
export async function runSeeds(
  range: SeedRange,
  onProgress: (progress: Progress) => void = () => {},
): Promise<RangeReport> {
  const startedMs = performance.now();
  const { from, to, steps, failuresMax } = range;
  const tally = new Tally();
  const failed: SeedReport[] = [];
  let next = from;
  let done = 0;
  let stepsDone = 0;
  const take = (report: SeedReport): void => {
    done += 1;
    stepsDone += report.steps;
    tally.take(report.counts);
    const failure = report.failures.length > 0 ? report : null;
    if (failure !== null) failed.push(failure);
    onProgress({ done, of: to - from + 1, failed: failed.length, failure });
  };
  await Promise.all(
    Array.from({ length: Math.min(range.workers, to - from + 1) }, async () => {
      const worker = new Worker(WORKER, { workerData: { mutant: range.mutant ?? null } });
      try {
        while (next <= to && failed.length < failuresMax) {
          worker.postMessage({ seed: next++, steps });
          const [report] = (await once(worker, 'message')) as [SeedReport];
          take(report);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  failed.sort((one, other) => one.seed - other.seed);
  const seconds = (performance.now() - startedMs) / 1_000;
  return { seeds: done, steps: stepsDone, failed, tally, seconds };
}

import type { Language } from '@strata/contracts';
import type { BenchReport } from './bench-report.ts';
import type { FiguresReport } from './figures-report.ts';

/** What only some benchmarks can be told: whole numbers from 1 on, by the names of their flags. */
export const BENCH_OPTIONS = [
  'customers',
  'change-percent',
  'orders',
  'threads',
  'seconds',
  'idle',
] as const;
export type BenchOption = (typeof BENCH_OPTIONS)[number];
export type BenchOptions = Readonly<Partial<Record<BenchOption, number>>>;

/** What a caller may turn. Each benchmark has defaults that fit a small machine in some minutes. */
export interface BenchSettings {
  readonly rounds: number;
  /** Records of one contender in one round, those of the warm-up included. */
  readonly records: number;
  readonly options: BenchOptions;
  /** Sizes of some minutes, that say less. */
  readonly isQuick: boolean;
  readonly say: (line: { readonly zh: string; readonly en: string }) => void;
  readonly signal: AbortSignal;
}

/** How much a benchmark does where nobody says otherwise. */
export type BenchSizes = Pick<BenchSettings, 'rounds' | 'records'> & {
  readonly options?: BenchOptions;
};

/**
 * A benchmark: something of ours beside a peer that does the same work, both in the same run, in
 * rounds that alternate, because on a shared machine only a ratio means anything.
 */
export interface Benchmark {
  readonly name: string;
  readonly summary: Readonly<Record<Language, string>>;
  /** Which options it takes; none where they are left out. */
  readonly options?: readonly BenchOption[];
  readonly defaults: BenchSizes;
  /** With `--quick`. */
  readonly quick: BenchSizes;
  run(settings: BenchSettings): Promise<BenchReport | FiguresReport>;
}

import type { Language } from '@strata/contracts';
import type { BenchReport } from './bench-report.ts';

/** What only some benchmarks can be told: whole numbers from 1 on, by the names of their flags. */
export const BENCH_OPTIONS = ['customers', 'change-percent', 'orders', 'threads'] as const;
export type BenchOption = (typeof BENCH_OPTIONS)[number];

/** What a caller may turn. Each benchmark has defaults that fit a small machine in some minutes. */
export interface BenchSettings {
  readonly rounds: number;
  /** Records of one contender in one round, those of the warm-up included. */
  readonly records: number;
  readonly options: Readonly<Partial<Record<BenchOption, number>>>;
  readonly say: (line: { readonly zh: string; readonly en: string }) => void;
  readonly signal: AbortSignal;
}

/**
 * A benchmark: something of ours beside a peer that does the same work, both in the same run, in
 * rounds that alternate, because on a shared machine only a ratio means anything.
 */
export interface Benchmark {
  readonly name: string;
  readonly summary: Readonly<Record<Language, string>>;
  /** Which options it takes; none where they are left out. */
  readonly options?: readonly BenchOption[];
  readonly defaults: Pick<BenchSettings, 'rounds' | 'records'>;
  run(settings: BenchSettings): Promise<BenchReport>;
}

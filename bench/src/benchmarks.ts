import type { Benchmark } from './benchmark.ts';
import { deliveryBenchmark } from './delivery/delivery-benchmark.ts';
import { demotionsBenchmark } from './demotions/demotions-benchmark.ts';
import { customersBenchmark } from './growth/customers-benchmark.ts';
import { historyBenchmark } from './growth/history-benchmark.ts';
import { policiesBenchmark } from './growth/policies-benchmark.ts';
import { ingestBenchmark } from './ingest/ingest-benchmark.ts';
import { latencyBenchmark } from './latency/latency-benchmark.ts';
import { limitsBenchmark } from './limits/limits-benchmark.ts';
import { memoryBenchmark } from './memory/memory-benchmark.ts';
import { profileApiBenchmark } from './profile-api/profile-api-benchmark.ts';
import { rebuildBenchmark } from './rebuild/rebuild-benchmark.ts';
import { scorerBenchmark } from './scorer/scorer-benchmark.ts';
import { scorersBenchmark } from './scorers/scorers-benchmark.ts';

/** Every benchmark, in the order of the list. A new one is added here. */
export const BENCHMARKS: readonly Benchmark[] = [
  scorerBenchmark,
  latencyBenchmark,
  rebuildBenchmark,
  ingestBenchmark,
  memoryBenchmark,
  demotionsBenchmark,
  customersBenchmark,
  historyBenchmark,
  policiesBenchmark,
  scorersBenchmark,
  deliveryBenchmark,
  profileApiBenchmark,
  limitsBenchmark,
];

/** Undefined where there is none of the name. */
export function benchmarkNamed(name: string | undefined): Benchmark | undefined {
  return BENCHMARKS.find((each) => each.name === name);
}

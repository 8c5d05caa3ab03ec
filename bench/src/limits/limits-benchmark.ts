import { join } from 'node:path';
import { logRecordToWire, TOPICS } from '@strata/contracts';
import { ensureTopics } from '@strata/kafka';
import { KAFKA_VERSION, prerequisites } from '@strata/local-stack';
import { ROOT } from '../bench-backends.ts';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { PARTITIONS } from '../scorer/customer-log.ts';
import { type ScorerStage, withScorerStage } from '../scorer/scorer-stage.ts';
import { smallPurchase } from '../scorer/steady-orders.ts';
import { bareAvro } from './bare-avro.ts';
import { consumerPerf, type KafkaTools, producerPerf } from './kafka-tools.ts';
import { plainConsume, plainProduce } from './plain-kafkajs.ts';
import { redisBenchmark } from './redis-benchmark.ts';

const PERF_TOPIC = 'bench.perf';
const PLAIN_TOPIC = 'bench.plain';

/** What the parts can do by themselves on this machine: nothing that is built on them is faster. */
export const limitsBenchmark: Benchmark = {
  name: 'limits',
  summary: {
    en: "what the parts can do alone: Kafka's own perf tools, plain kafkajs, redis-benchmark, bare avsc",
    zh: '各组件自身的极限：Kafka 自带性能工具、纯 kafkajs、redis-benchmark、avsc',
  },
  defaults: { rounds: 3, records: 1_000_000 },
  quick: { rounds: 1, records: 300_000 },
  run: (settings) => withScorerStage(settings, (stage) => measureParts(settings, stage)),
};

async function measureParts(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const { rounds, records, say, signal } = settings;
  const { backends, serdes } = stage;
  const figures = new Figures();
  const bytes = serdes(TOPICS.customerLog).encode(logRecordToWire(anEvent()));
  const recordBytes = bytes.length;
  const topics = [PERF_TOPIC, PLAIN_TOPIC].map((name) => ({ name, partitions: PARTITIONS }));
  await ensureTopics({ clientId: 'bench', brokers: backends.brokers }, topics);
  const tools: KafkaTools = {
    java: javaPath(),
    jars: join(ROOT, '.cache', 'kafka', KAFKA_VERSION),
    logging: join(ROOT, 'infra', 'kafka', 'log4j2.properties'),
    broker: backends.brokers.join(','),
    signal,
  };
  const work = { records, recordBytes };
  for (let round = 1; round <= rounds; round += 1) {
    const parts: readonly [string, string, () => Promise<number>][] = [
      ['kafka-producer-perf-test', 'records/s', () => producerPerf(tools, PERF_TOPIC, work)],
      ['kafka-consumer-perf-test', 'records/s', () => consumerPerf(tools, PERF_TOPIC, work)],
      [
        'kafkajs, idempotent produce',
        'records/s',
        () => plainProduce(backends, PLAIN_TOPIC, { ...work, value: bytes, signal }),
      ],
      ['kafkajs, eachBatch', 'records/s', () => plainConsume(backends, PLAIN_TOPIC, work)],
      [
        'redis-benchmark, set, 16 in a pipeline',
        'requests/s',
        () => redisBenchmark(backends, ['set', 'k:__rand_int__', 'x'.repeat(300)]),
      ],
      [
        'redis-benchmark, hset, 16 in a pipeline',
        'requests/s',
        () => redisBenchmark(backends, ['hset', 'h', 'f:__rand_int__', 'x'.repeat(300)]),
      ],
      ['avsc decodes an event', 'records/s', async () => bareAvro('decode', bytes, records)],
      ['avsc encodes an event', 'records/s', async () => bareAvro('encode', bytes, records)],
    ];
    for (const [what, unit, run] of parts) {
      signal.throwIfAborted();
      const rate = await run();
      figures.add(what, unit, rate);
      say({
        en: `round ${round} of ${rounds}, ${what}: ${Math.round(rate)} ${unit}`,
        zh: `第 ${round}/${rounds} 轮，${what}：${Math.round(rate)} ${unit}`,
      });
    }
  }
  const setting = `${records} records of ${recordBytes} bytes in ${PARTITIONS} partitions, acknowledged by all replicas; start-up not counted where the tool tells it apart.`;
  return figures.report({ benchmark: 'limits', rounds, setting });
}

function javaPath(): string {
  const { java } = prerequisites();
  if (java.state === 'ok') return java.path;
  throw new Error(java.how.en);
}

const anEvent = () =>
  ({
    kind: 'event',
    event: smallPurchase(12_345, '1234567', Date.parse('2024-05-06T07:08:09Z')),
    clockAt: Date.parse('2024-05-06T07:08:09Z'),
  }) as const;

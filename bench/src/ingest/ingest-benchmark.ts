import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import { ensureTopics, KafkaLogWriter } from '@strata/kafka';
import type { Backends } from '@strata/local-stack';
import kafkajs from 'kafkajs';
import { type BenchBackends, ROOT, registeredSerdes, withBackends } from '../bench-backends.ts';
import type { BenchReport, BenchRow } from '../bench-report.ts';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { foreignVariables } from '../foreign-variables.ts';
import { thisMachine } from '../machine.ts';
import { knownSpread, spreadOf } from '../spread.ts';
import { type Contender, type Measured, measure } from './contender.ts';
import { INPUTS, type Input, preload } from './preload.ts';

const INGESTOR = join(ROOT, 'services/ingestor/src/main.ts');
const PLAIN = fileURLToPath(new URL('./plain-copy.ts', import.meta.url));
const COPIES = 'bench.copies';
const PARTITIONS = 8;
/** A quarter of a round is the contender's start, its compiler and its caches. */
const WARM_UP_SHARE = 0.25;

/** The ingestor as it runs in production, beside plain kafkajs that copies the same bytes. */
export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  summary: {
    en: 'the ingestor beside plain kafkajs that only copies, from the same topic',
    zh: '摄取服务与只做复制的纯 kafkajs 对比，读取同一主题',
  },
  defaults: { rounds: 5, records: 400_000 },
  quick: { rounds: 1, records: 150_000 },
  run: async (settings) => {
    return withBackends(settings, async (started) => {
      await prepare(started.backends, settings);
      return compare(settings, started);
    });
  },
};

async function prepare(backends: Backends, { records, say, signal }: BenchSettings): Promise<void> {
  const kafka = { clientId: 'bench', brokers: backends.brokers };
  const config = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '8388608' };
  const names = [...INTAKE_TOPICS, TOPICS.customerLog, TOPICS.deadLetters, COPIES];
  await ensureTopics(
    kafka,
    names.map((name) => ({ name, partitions: PARTITIONS, config })),
  );
  const serdes = await registeredSerdes(backends);
  say({ en: `Preloading ${records} records in each form`, zh: `正在预载两种格式各 ${records} 条` });
  const writer = new KafkaLogWriter(kafka);
  try {
    await preload(writer, { records, partitions: PARTITIONS, serdes, signal });
  } finally {
    await writer.close();
  }
}

async function compare(settings: BenchSettings, place: BenchBackends): Promise<BenchReport> {
  const { rounds, records, say, signal } = settings;
  const { backends, reader } = place;
  const machine = thisMachine();
  const warmUpRecords = Math.round(records * WARM_UP_SHARE);
  const brokerPid = backends.processes.find(({ name }) => name === 'kafka')?.pid ?? 0;
  const results = new Map<string, Measured[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const input of INPUTS) {
      const pair = await contendersFor(input, round, backends);
      // Whoever comes first meets the machine as the other left it: they take turns.
      for (const contender of round % 2 === 0 ? pair.toReversed() : pair) {
        const setting = { reader, brokerPid, records, warmUpRecords, signal };
        const measured = await measure(contender, setting);
        results.set(contender.name, [...(results.get(contender.name) ?? []), measured]);
        const rate = Math.round(measured.recordsPerSecond);
        say({
          en: `round ${round} of ${rounds}, ${contender.name}: ${rate} records/s`,
          zh: `第 ${round}/${rounds} 轮，${contender.name}：${rate} 条/秒`,
        });
      }
    }
  }
  const rows = INPUTS.flatMap(({ form }) => {
    const peer = results.get(plainName(form)) ?? [];
    return [
      rowOf(plainName(form), peer, null),
      rowOf(ingestorName(form), results.get(ingestorName(form)) ?? [], peer),
    ];
  });
  const loadAfter = Number((loadavg()[0] ?? 0).toFixed(1));
  // The form that does worse is the one that counts.
  const ratios = rows.flatMap(({ toPeer }) => (toPeer === null ? [] : [toPeer]));
  const [worst] = ratios.toSorted((a, b) => a.median - b.median);
  const answers = worst === undefined ? [] : [{ question: 'ingest', measured: worst } as const];
  return { benchmark: 'ingest', machine, loadAfter, rounds, records, warmUpRecords, rows, answers };
}

const plainName = (form: string): string => `kafkajs copies ${form}`;
const ingestorName = (form: string): string => `ingestor, ${form}`;

async function contendersFor(
  { form, topic }: Input,
  round: number,
  { brokers, registryUrl }: Backends,
): Promise<readonly Contender[]> {
  const env = foreignVariables();
  const groupId = `bench-${form}-${round}`;
  await skipOthers({ brokers, groupId, topic });
  return [
    {
      name: plainName(form),
      outTopic: COPIES,
      args: [PLAIN, brokers.join(','), `plain-${form}-${round}`, topic, COPIES],
      env,
    },
    {
      name: ingestorName(form),
      outTopic: TOPICS.customerLog,
      args: [INGESTOR],
      env: {
        ...env,
        STRATA_KAFKA_BROKERS: brokers.join(','),
        STRATA_REGISTRY_URL: registryUrl,
        STRATA_SEALING_KEY: Buffer.alloc(32, 1).toString('base64'),
        STRATA_INGESTOR_GROUP_ID: groupId,
        STRATA_LOG_LEVEL: 'warn',
      },
    },
  ];
}

/** The ingestor reads every intake topic: of the other form nothing is to be left for its group. */
async function skipOthers(group: {
  readonly brokers: readonly string[];
  readonly groupId: string;
  readonly topic: string;
}): Promise<void> {
  const { groupId } = group;
  const brokers = [...group.brokers];
  const logLevel = kafkajs.logLevel.NOTHING;
  const admin = new kafkajs.Kafka({ clientId: 'bench', brokers, logLevel }).admin();
  await admin.connect();
  try {
    for (const { topic } of INPUTS.filter((input) => input.topic !== group.topic)) {
      const ends = await admin.fetchTopicOffsets(topic);
      const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
      await admin.setOffsets({ groupId, topic, partitions });
    }
  } finally {
    await admin.disconnect();
  }
}

function rowOf(
  contender: string,
  own: readonly Measured[],
  peer: readonly Measured[] | null,
): BenchRow {
  return {
    contender,
    recordsPerSecond: spreadOf(own.map((it) => it.recordsPerSecond)),
    clientCpuUs: knownSpread(own.map((it) => it.clientCpuUs)),
    brokerCpuUs: knownSpread(own.map((it) => it.brokerCpuUs)),
    toPeer:
      peer === null
        ? null
        : spreadOf(
            own.map((it, round) => it.recordsPerSecond / (peer[round]?.recordsPerSecond ?? NaN)),
          ),
  };
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TOPICS } from '@strata/contracts';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { foreignVariables } from '../foreign-variables.ts';
import { caughtUp } from '../live/live-contender.ts';
import { type Measured, measure } from '../scorer/contender.ts';
import { clockEndOf, logRecordsOf } from '../scorer/customer-log.ts';
import {
  freshLog,
  type ScorerStage,
  scorerOn,
  sumOf,
  withScorerStage,
} from '../scorer/scorer-stage.ts';
import { type Traffic, WARM_UP_SHARE } from '../scorer/traffic.ts';
import { spreadOf } from '../spread.ts';

const PLAIN = fileURLToPath(new URL('./plain-decode.ts', import.meta.url));
const CUSTOMERS = 100_000;
const CHANGE_PERCENT = 3;

/** A Redis that lost everything: the scorer folds the whole log again and publishes nothing twice. */
export const rebuildBenchmark: Benchmark = {
  name: 'rebuild',
  summary: {
    en: 'the scorer after its Redis lost everything, beside plain kafkajs that only decodes the same log',
    zh: 'Redis 全部丢失后评分服务的重建，与只解码同一日志的纯 kafkajs 对比',
  },
  options: ['customers'],
  defaults: { rounds: 3, records: 5 * CUSTOMERS, options: { customers: CUSTOMERS } },
  quick: { rounds: 1, records: 150_000, options: { customers: 30_000 } },
  run: (settings) => withScorerStage(settings, (stage) => compare(settings, stage)),
};

interface PlainMeasured {
  readonly recordsPerSecond: number;
  readonly cpuUs: number;
}

async function compare(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const { rounds, records, options, say } = settings;
  const customers = options.customers ?? CUSTOMERS;
  const traffic: Traffic = { customers, records, changePercent: CHANGE_PERCENT };
  const figures = new Figures();
  say({ en: `Writing a log of ${records} records`, zh: `正在写入 ${records} 条记录的日志` });
  await freshLog(stage, logRecordsOf(traffic));
  await foldOnce(traffic, stage);
  const ends = (await stage.reader.bounds(TOPICS.customerLog)).map(({ end }) => end);
  const published = await publishedBy(stage);
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const measured: Partial<{ ours: Measured; plain: PlainMeasured }> = {};
    const turns = [
      async () => void (measured.plain = await plainDecode(stage, { ends, round })),
      async () => void (measured.ours = await rebuilt(traffic, stage, ends)),
    ];
    for (const turn of round % 2 === 0 ? turns.toReversed() : turns) await turn();
    const { ours, plain } = measured;
    if (ours === undefined || plain === undefined) continue;
    figures.add('kafkajs decodes', 'records/s', plain.recordsPerSecond);
    figures.add('kafkajs decodes', 'us of CPU for a record', plain.cpuUs);
    figures.add('rebuild', 'records/s', ours.recordsPerSecond);
    figures.add('rebuild', 'us of CPU of the scorer for a record', ours.cpuUs.client);
    figures.add('rebuild', 'us of CPU of Redis for a record', ours.cpuUs.redis);
    const ratio = ours.recordsPerSecond / plain.recordsPerSecond;
    figures.add('rebuild to kafkajs', 'x', ratio);
    ratios.push(ratio);
    say({
      en: `round ${round} of ${rounds}: ${Math.round(ours.recordsPerSecond)} of ${Math.round(plain.recordsPerSecond)} records/s`,
      zh: `第 ${round}/${rounds} 轮：${Math.round(ours.recordsPerSecond)} / ${Math.round(plain.recordsPerSecond)} 条/秒`,
    });
  }
  const again = (await publishedBy(stage)) - published;
  figures.add('published again', 'records', again);
  return figures.report(
    {
      benchmark: 'rebuild',
      rounds,
      setting: `${sumOf(ends)} records of ${customers} customers, ticks included; the first quarter is not counted.`,
    },
    [{ question: 'rebuild', measured: spreadOf(ratios), ...missedBy(again) }],
  );
}

function missedBy(again: number): { readonly missed?: string } {
  return again === 0 ? {} : { missed: `${again} outputs were published a second time` };
}

async function publishedBy({ reader }: ScorerStage): Promise<number> {
  const bounds = await reader.bounds(TOPICS.tierChanges);
  return sumOf(bounds.map(({ end }) => end));
}

async function foldOnce(traffic: Traffic, stage: ScorerStage): Promise<void> {
  const ends = (await stage.reader.bounds(TOPICS.customerLog)).map(({ end }) => end);
  const scorer = await scorerOn(stage, { ends, clockEndsAt: clockEndOf(traffic) });
  try {
    const running = await caughtUp(scorer, { records: sumOf(ends), signal: stage.signal });
    await Promise.all(running.map((one) => one.stop()));
  } finally {
    await scorer.close();
  }
}

async function rebuilt(
  traffic: Traffic,
  stage: ScorerStage,
  ends: readonly number[],
): Promise<Measured> {
  const scorer = await scorerOn(stage, { ends, clockEndsAt: clockEndOf(traffic) });
  const records = sumOf(ends);
  const warmUpRecords = Math.round(records * WARM_UP_SHARE);
  const { pids, signal } = stage;
  try {
    return await measure(scorer, { records, warmUpRecords, pids, signal });
  } finally {
    await scorer.close();
  }
}

async function plainDecode(
  { backends, signal }: ScorerStage,
  { ends, round }: { readonly ends: readonly number[]; readonly round: number },
): Promise<PlainMeasured> {
  const records = sumOf(ends);
  const counts = [Math.round(records * WARM_UP_SHARE), records].map(String);
  const to = [backends.brokers.join(','), backends.registryUrl, `bench-decode-${round}`];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [PLAIN, ...to, TOPICS.customerLog, ...counts],
    { env: foreignVariables(), signal },
  );
  return JSON.parse(stdout) as PlainMeasured;
}

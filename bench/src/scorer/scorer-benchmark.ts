import { loadavg } from 'node:os';
import { BenchFault } from '../bench-fault.ts';
import type { BenchReport, BenchRow } from '../bench-report.ts';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { thisMachine } from '../machine.ts';
import type { Answer, QuestionId } from '../questions.ts';
import { knownSpread, type Spread, spreadOf } from '../spread.ts';
import { bestTuning } from './best-tuning.ts';
import { type Contender, type Measured, measure } from './contender.ts';
import { clockEndOf, logRecordsOf } from './customer-log.ts';
import type { PeerTuning } from './kafka-streams-peer.ts';
import {
  freshLog,
  type PeerStage,
  peerOn,
  scorerOn,
  sumOf,
  withPeerStage,
} from './scorer-stage.ts';
import { firstDifference, type Told } from './tier-moves.ts';
import { instantOf, type Traffic, WARM_UP_SHARE } from './traffic.ts';

const CUSTOMERS = 200_000;
const CHANGE_PERCENT = 3;

/** The scorer as it runs in production, beside Kafka Streams with the same job on the same topic. */
export const scorerBenchmark: Benchmark = {
  name: 'scorer',
  summary: {
    en: 'the scorer beside Kafka Streams (exactly once) with the same job on the same customer log',
    zh: '评分服务与 Kafka Streams（恰好一次）对比，处理同一客户日志上的同一任务',
  },
  options: ['customers', 'change-percent', 'orders', 'threads'],
  defaults: { rounds: 3, records: 5 * CUSTOMERS },
  quick: { rounds: 1, records: 150_000, options: { customers: 30_000 } },
  run: (settings) => withPeerStage(settings, (place) => compare(settings, place)),
};

async function compare(settings: BenchSettings, place: PeerStage): Promise<BenchReport> {
  const { rounds, say } = settings;
  const traffic = trafficOf(settings);
  const machine = thisMachine();
  const trials = await bestTuning(place.stage, { program: place.program, traffic, settings });
  const results = new Map<string, Measured[]>();
  let changesPerRecord = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const told: Told[] = [];
    for await (const { name, measured, moves } of ranIn(round, {
      settings,
      place,
      tuning: trials[0],
    })) {
      told.push({ contender: name, moves });
      results.set(name, [...(results.get(name) ?? []), measured]);
      const rate = Math.round(measured.recordsPerSecond);
      const perCpu = Math.round(measured.recordsPerCpuSecond ?? Number.NaN);
      say({
        en: `round ${round} of ${rounds}, ${name}: ${rate} records/s, ${perCpu} per CPU-second`,
        zh: `第 ${round}/${rounds} 轮，${name}：${rate} 条/秒，每 CPU 秒 ${perCpu} 条`,
      });
    }
    const [one, other] = told as [Told, Told];
    requireSame(one, other, traffic);
    changesPerRecord = changesPerRecordOf(one, traffic);
    say({
      en: `round ${round} of ${rounds}: both told the same tier changes`,
      zh: `第 ${round}/${rounds} 轮：两者给出的等级变更完全一致`,
    });
  }
  const peer = results.get('kafka streams') ?? [];
  const own = results.get('strata scorer') ?? [];
  const row = rowOf('strata scorer', own, peer);
  return {
    benchmark: 'scorer',
    machine,
    loadAfter: Number((loadavg()[0] ?? 0).toFixed(1)),
    rounds,
    records: traffic.records,
    warmUpRecords: Math.round(traffic.records * WARM_UP_SHARE),
    traffic: { ...traffic, changesPerRecord },
    rows: [rowOf('kafka streams', peer, null), row],
    peerTrials: trials,
    answers: answersOf(traffic, row),
  };
}

/** The questions are of two change rates; any other answers none. */
function answersOf({ changePercent, customers }: Traffic, row: BenchRow): Answer[] {
  const size = customers < CUSTOMERS ? { size: `${customers} customers` } : {};
  const answer = (question: QuestionId, measured: Spread | null | undefined): Answer[] =>
    measured === null || measured === undefined ? [] : [{ question, measured, ...size }];
  if (changePercent === 30) return answer('scorer-30-cpu', row.cpuToPeer);
  if (changePercent !== CHANGE_PERCENT) return [];
  return [...answer('scorer-3-cpu', row.cpuToPeer), ...answer('scorer-3-rate', row.toPeer)];
}

function trafficOf({ records, options }: BenchSettings): Traffic {
  const customers = options.customers ?? CUSTOMERS;
  const { orders } = options;
  return {
    customers,
    records: orders === undefined ? records : customers * orders,
    changePercent: options['change-percent'] ?? CHANGE_PERCENT,
  };
}

/** Both, one after the other over the same log; whoever comes first meets the machine as the other left it, so they take turns. */
async function* ranIn(
  round: number,
  {
    settings,
    place,
    tuning,
  }: { readonly settings: BenchSettings; readonly place: PeerStage; readonly tuning: PeerTuning },
) {
  const traffic = trafficOf(settings);
  const { say, signal } = settings;
  const { stage, program } = place;
  const { records } = traffic;
  say({ en: `Writing a log of ${records} records`, zh: `正在写入 ${records} 条记录的日志` });
  const ends = await freshLog(stage, logRecordsOf(traffic));
  const inLog = sumOf(ends);
  const scorer = await scorerOn(stage, { ends, clockEndsAt: clockEndOf(traffic) });
  const peer = peerOn(stage, { ends, program, tuning });
  const pair: readonly Contender[] = round % 2 === 0 ? [scorer, peer] : [peer, scorer];
  try {
    for (const contender of pair) {
      const warmUpRecords = Math.round(inLog * WARM_UP_SHARE);
      const { pids } = stage;
      const measured = await measure(contender, { records: inLog, warmUpRecords, pids, signal });
      yield { name: contender.name, measured, moves: await contender.moves() };
    }
  } finally {
    await scorer.close();
  }
}

/** Speed says nothing of two that do not do the same. */
function requireSame(one: Told, other: Told, { customers }: Traffic): void {
  const difference = firstDifference(one, other);
  if (difference !== null) throw new BenchFault(difference);
  if (one.moves.size === customers) return;
  throw new BenchFault(`Of ${customers} customers only ${one.moves.size} were given a tier.`);
}

/** Of what is measured; the first tiers of everybody belong to the warm-up. */
function changesPerRecordOf({ moves }: Told, traffic: Traffic): number {
  const warmAt = instantOf(traffic.records * WARM_UP_SHARE, traffic);
  const counted = moves
    .values()
    .flatMap((of) => of.values())
    .filter(({ effectiveAt }) => effectiveAt >= warmAt);
  return counted.reduce((sum) => sum + 1, 0) / (traffic.records * (1 - WARM_UP_SHARE));
}

function rowOf(
  contender: string,
  own: readonly Measured[],
  peer: readonly Measured[] | null,
): BenchRow {
  const ratio = (of: (it: Measured) => number | null): (number | null)[] =>
    own.map((it, round) => {
      const [ours, theirs] = [of(it), peer?.[round] === undefined ? null : of(peer[round])];
      return ours === null || theirs === null ? null : ours / theirs;
    });
  return {
    contender,
    recordsPerSecond: spreadOf(own.map((it) => it.recordsPerSecond)),
    recordsPerCpuSecond: knownSpread(own.map((it) => it.recordsPerCpuSecond)),
    clientCpuUs: knownSpread(own.map((it) => it.cpuUs.client)),
    brokerCpuUs: knownSpread(own.map((it) => it.cpuUs.broker)),
    redisCpuUs: knownSpread(own.map((it) => it.cpuUs.redis)),
    toPeer: peer === null ? null : knownSpread(ratio((it) => it.recordsPerSecond)),
    cpuToPeer: peer === null ? null : knownSpread(ratio((it) => it.recordsPerCpuSecond)),
  };
}

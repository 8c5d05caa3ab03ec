import { tableText } from '@strata/cli';
import type { Language } from '@strata/contracts';
import type { Machine } from './machine.ts';
import type { Answer } from './questions.ts';
import type { Spread } from './spread.ts';

/** What one contender did over all rounds. */
export interface BenchRow {
  readonly contender: string;
  readonly recordsPerSecond: Spread;
  /** Of an answer, where answers are measured. */
  readonly p99Ms?: Spread;
  /** CPU of the process under test for one record, in microseconds; null where it is not known. */
  readonly clientCpuUs: Spread | null;
  readonly brokerCpuUs: Spread | null;
  /** Of Redis, where it is a process of its own beside the client. */
  readonly redisCpuUs?: Spread | null;
  /** Records for a second of CPU of all processes together, where all are measured. */
  readonly recordsPerCpuSecond?: Spread | null;
  /** Records per second over those of the peer, round by round; null for the peer itself. */
  readonly toPeer: Spread | null;
  /** The same ratio of records per second of CPU. */
  readonly cpuToPeer?: Spread | null;
}

export interface BenchReport {
  readonly benchmark: string;
  /** What is counted; records where it is not said. */
  readonly unit?: 'records' | 'requests';
  readonly machine: Machine;
  readonly loadAfter: number;
  readonly rounds: number;
  readonly records: number;
  readonly warmUpRecords: number;
  /** What the records say, where that is a choice. */
  readonly traffic?: {
    readonly customers: number;
    /** Tier changes for one record after the warm-up, as counted. */
    readonly changesPerRecord: number;
  };
  readonly rows: readonly BenchRow[];
  /** How the peer was tried before the first round; the first is how it was run. */
  readonly peerTrials?: readonly PeerTrial[];
  readonly answers?: readonly Answer[];
}

export interface PeerTrial {
  readonly threads: number;
  readonly collector: string;
  readonly recordsPerSecond: number;
}

type Traffic = NonNullable<BenchReport['traffic']>;

const TEXTS = {
  en: {
    columns: [
      '',
      'records/s',
      '(spread)',
      'ratio',
      '(spread)',
      'client us/record',
      'broker us/record',
    ],
    requestColumns: [
      '',
      'requests/s',
      '(spread)',
      'p99 ms',
      '(spread)',
      'ratio',
      '(spread)',
      'server us/request',
      'Redis us/request',
    ],
    cpuColumns: [
      '',
      'records/s',
      '(spread)',
      'ratio',
      '(spread)',
      'records/CPU-s',
      '(spread)',
      'ratio',
      '(spread)',
      'client us/record',
      'broker us/record',
      'Redis us/record',
    ],
    traffic: ({ customers, changesPerRecord }: Traffic) =>
      `${customers} customers; ${(changesPerRecord * 100).toFixed(1)} tier changes for 100 records, on which both agree.`,
    trials: (trials: readonly PeerTrial[]) =>
      `Kafka Streams was tried with ${trials.map(trialText).join(', ')}; the first is how it ran.`,
    machine: (it: BenchReport) =>
      `${it.machine.startedAt}: ${it.machine.cores} cores (${it.machine.cpu}), ${it.machine.memoryGiB} GiB, ` +
      `Node ${it.machine.node}; load ${it.machine.loadBefore} before, ${it.loadAfter} after.`,
    rounds: (it: BenchReport) =>
      `Median of ${it.rounds} rounds that alternate; ${it.records} ${it.unit ?? 'records'} each, of which the first ` +
      `${it.warmUpRecords} are warm-up and not counted. On a shared machine only the ratios mean much.`,
  },
  zh: {
    columns: ['', '条/秒', '（范围）', '比值', '（范围）', '客户端 微秒/条', '代理 微秒/条'],
    requestColumns: [
      '',
      '次/秒',
      '（范围）',
      'p99 毫秒',
      '（范围）',
      '比值',
      '（范围）',
      '服务 微秒/次',
      'Redis 微秒/次',
    ],
    cpuColumns: [
      '',
      '条/秒',
      '（范围）',
      '比值',
      '（范围）',
      '条/CPU秒',
      '（范围）',
      '比值',
      '（范围）',
      '客户端 微秒/条',
      '代理 微秒/条',
      'Redis 微秒/条',
    ],
    traffic: ({ customers, changesPerRecord }: Traffic) =>
      `${customers} 位客户；每 100 条记录 ${(changesPerRecord * 100).toFixed(1)} 次等级变更，两者完全一致。`,
    trials: (trials: readonly PeerTrial[]) =>
      `Kafka Streams 试过：${trials.map(trialText).join('，')}；采用第一种。`,
    machine: (it: BenchReport) =>
      `${it.machine.startedAt}：${it.machine.cores} 核（${it.machine.cpu}），${it.machine.memoryGiB} GiB，` +
      `Node ${it.machine.node}；负载：之前 ${it.machine.loadBefore}，之后 ${it.loadAfter}。`,
    rounds: (it: BenchReport) =>
      `交替进行 ${it.rounds} 轮，取中位数；每轮 ${it.records} 条，其中前 ${it.warmUpRecords} 条为预热，` +
      '不计入。机器有其他负载时，只有比值有意义。',
  },
} as const;

/** The report as a person reads it. */
export function reportText(report: BenchReport, language: Language): string {
  const texts = TEXTS[language];
  const { rows, unit, traffic } = report;
  const isByCpu = rows.some((row) => row.recordsPerCpuSecond !== undefined);
  const columns = unit === 'requests' ? texts.requestColumns : texts.columns;
  return [
    tableText([isByCpu ? texts.cpuColumns : columns, ...rows.map(cellsOf)]),
    '',
    ...(traffic === undefined ? [] : [texts.traffic(traffic)]),
    ...(report.peerTrials === undefined ? [] : [texts.trials(report.peerTrials)]),
    texts.machine(report),
    texts.rounds(report),
    '',
  ].join('\n');
}

function cellsOf(row: BenchRow): string[] {
  const { p99Ms, recordsPerCpuSecond, redisCpuUs } = row;
  return [
    row.contender,
    ...spreadCells(row.recordsPerSecond, rate),
    ...(p99Ms === undefined ? [] : spreadCells(p99Ms, (value) => value.toFixed(1))),
    ...spreadCells(row.toPeer, ratio),
    ...(recordsPerCpuSecond === undefined
      ? []
      : [...spreadCells(recordsPerCpuSecond, rate), ...spreadCells(row.cpuToPeer ?? null, ratio)]),
    row.clientCpuUs?.median.toFixed(1) ?? '-',
    row.brokerCpuUs?.median.toFixed(1) ?? '-',
    ...(redisCpuUs === undefined ? [] : [redisCpuUs?.median.toFixed(1) ?? '-']),
  ];
}

function spreadCells(spread: Spread | null, text: (value: number) => string): [string, string] {
  if (spread === null) return ['', ''];
  const { median, min, max } = spread;
  return [text(median), `(${text(min)}-${text(max)})`];
}

function trialText({ threads, collector, recordsPerSecond }: PeerTrial): string {
  return `${threads} x ${collector} ${rate(recordsPerSecond)}/s`;
}

const ratio = (value: number): string => value.toFixed(2);
const rate = (perSecond: number): string => Math.round(perSecond).toLocaleString('en-US');

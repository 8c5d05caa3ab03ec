import { tableText } from '@strata/cli';
import type { Language } from '@strata/contracts';
import type { Machine } from './machine.ts';
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
  /** Records per second over those of the peer, round by round; null for the peer itself. */
  readonly toPeer: Spread | null;
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
  readonly rows: readonly BenchRow[];
}

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
  const rows = report.rows.map((row) => [
    row.contender,
    rate(row.recordsPerSecond.median),
    `(${rate(row.recordsPerSecond.min)}-${rate(row.recordsPerSecond.max)})`,
    ...(row.p99Ms === undefined
      ? []
      : [row.p99Ms.median.toFixed(1), `(${row.p99Ms.min.toFixed(1)}-${row.p99Ms.max.toFixed(1)})`]),
    row.toPeer === null ? '' : row.toPeer.median.toFixed(2),
    row.toPeer === null ? '' : `(${row.toPeer.min.toFixed(2)}-${row.toPeer.max.toFixed(2)})`,
    row.clientCpuUs?.median.toFixed(1) ?? '-',
    row.brokerCpuUs?.median.toFixed(1) ?? '-',
  ]);
  return [
    tableText([report.unit === 'requests' ? texts.requestColumns : texts.columns, ...rows]),
    '',
    texts.machine(report),
    texts.rounds(report),
    '',
  ].join('\n');
}

function rate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en-US');
}

import { readFileSync } from 'node:fs';
import type { AllReport } from '../all/all-report.ts';
import { BenchFault } from '../bench-fault.ts';
import type { BenchReport, BenchRow } from '../bench-report.ts';
import type { FiguresReport } from '../figures-report.ts';
import { type Costs, type Demand, deploymentFor } from './deployment.ts';

const DEMANDS: readonly Demand[] = [
  { eventsPerSecond: 1_000, customers: 10_000_000 },
  { eventsPerSecond: 1_000, customers: 100_000_000 },
  { eventsPerSecond: 100_000, customers: 10_000_000 },
  { eventsPerSecond: 100_000, customers: 100_000_000 },
  { eventsPerSecond: 1_000_000, customers: 10_000_000 },
  { eventsPerSecond: 1_000_000, customers: 100_000_000 },
];

/** The two tables of docs/operations/deployment.md, from a file that `./strata bench all --out` wrote. */
export function deploymentPage(file: string): string {
  const report = readAll(file);
  const costs = costsOf(report);
  const { machine } = report;
  const place = `${machine.startedAt.slice(0, 10)}, ${machine.cores} cores (${machine.cpu}), load ${machine.loadBefore} before${report.isQuick ? '; small sizes (`--quick`)' : ''}`;
  return [
    `Costs as measured: ${place}.`,
    '',
    markdown(['what', 'cost'], costRows(costs)),
    '',
    markdown(
      [
        'events/s',
        'customers',
        'ingestors',
        'scorers',
        'notifiers',
        'broker cores',
        'Redis (state)',
        'its memory',
        'Redis (queue)',
        'partitions',
      ],
      DEMANDS.map((demand) => demandRow(demand, costs)),
    ),
    '',
  ].join('\n');
}

function readAll(file: string): AllReport {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as AllReport;
    if (report.benchmark === 'all') return report;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchFault(`${file} cannot be read: ${reason}`);
  }
  throw new BenchFault(`${file} is no result of ./strata bench all --out FILE`);
}

function costRows(costs: Costs): string[][] {
  const us = (value: number): string => `${value.toFixed(1)} us`;
  return [
    ['ingestor, for an event', us(costs.ingestor.client)],
    ['broker, for an event taken in', us(costs.ingestor.broker)],
    ['scorer, for an event', us(costs.scorer.client)],
    ['broker, for an event scored', us(costs.scorer.broker)],
    ['Redis (state), for an event', us(costs.scorer.redis)],
    ['notifier, for a delivery', us(costs.notifier.client)],
    ['Redis (queue), for a delivery', us(costs.notifier.redis)],
    ['tier changes for an event', costs.changesPerEvent.toFixed(3)],
    ['Redis (state), for a customer', `${Math.round(costs.redisBytesPerCustomer)} bytes`],
  ];
}

function demandRow(demand: Demand, costs: Costs): string[] {
  const it = deploymentFor(demand, costs);
  return [
    it.eventsPerSecond.toLocaleString('en-US'),
    `${it.customers / 1_000_000} M`,
    ...[it.ingestors, it.scorers, it.notifiers, it.brokerCores, it.stateRedisNodes].map(String),
    `${it.redisGiB} GiB`,
    String(it.queueRedisNodes),
    String(it.partitions),
  ];
}

function costsOf({ reports }: AllReport): Costs {
  const ingestor = rowOf(reports, 'ingest', (row) => row.contender === 'ingestor, Avro');
  const scorer = rowOf(reports, 'scorer', (row) => row.contender === 'strata scorer');
  const notifier = rowOf(reports, 'delivery', (row) => row.contender.startsWith('webhooks'));
  const bytes = reports
    .flatMap(({ answers = [] }) => answers)
    .find(({ question }) => question === 'redis-bytes');
  const traffic = reports.flatMap((it) => ('traffic' in it && it.traffic ? [it.traffic] : []))[0];
  return {
    ingestor: { client: us(ingestor.clientCpuUs), broker: us(ingestor.brokerCpuUs) },
    scorer: {
      client: us(scorer.clientCpuUs),
      broker: us(scorer.brokerCpuUs),
      redis: us(scorer.redisCpuUs),
    },
    notifier: { client: us(notifier.clientCpuUs), redis: us(notifier.brokerCpuUs) },
    changesPerEvent: traffic?.changesPerRecord ?? missing('scorer'),
    redisBytesPerCustomer: bytes?.measured.median ?? missing('memory'),
  };
}

function rowOf(
  reports: readonly (BenchReport | FiguresReport)[],
  benchmark: string,
  is: (row: BenchRow) => boolean,
): BenchRow {
  const rows = reports.flatMap((it) => (it.benchmark === benchmark && 'rows' in it ? it.rows : []));
  return rows.find(is) ?? missing(benchmark);
}

function us(spread: BenchRow['redisCpuUs']): number {
  return spread?.median ?? missing('CPU times');
}

function missing(what: string): never {
  throw new BenchFault(
    `The result has nothing of ${what}: run ./strata bench all --out FILE again.`,
  );
}

function markdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

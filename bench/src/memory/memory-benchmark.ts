import { DAY_MS } from '@strata/domain';
import { Redis } from 'ioredis';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { caughtUp } from '../live/live-contender.ts';
import { dated, forAll, openingOf } from '../scorer/customer-log.ts';
import {
  freshLog,
  type ScorerStage,
  scorerOn,
  sumOf,
  withScorerStage,
} from '../scorer/scorer-stage.ts';
import { steadyOrders } from '../scorer/steady-orders.ts';
import { emptied } from '../scorer/strata-scorer.ts';

const CUSTOMERS = 500_000;
const ORDERS = 8;
const FROM = Date.parse('2024-01-01T00:00:00Z');
/** All of them lie in a window of a year. */
const LAP_MS = 40 * DAY_MS;

/** What a customer takes in Redis and in the scorer. */
export const memoryBenchmark: Benchmark = {
  name: 'memory',
  summary: {
    en: 'memory of Redis and of the scorer for a customer with 8 orders',
    zh: '每位有 8 笔订单的客户占用的 Redis 与评分服务内存',
  },
  options: ['customers', 'orders'],
  defaults: { rounds: 1, records: CUSTOMERS * ORDERS, options: { customers: CUSTOMERS } },
  quick: { rounds: 1, records: 50_000 * ORDERS, options: { customers: 50_000 } },
  run: (settings) => withScorerStage(settings, (stage) => weigh(settings, stage)),
};

interface Weighed {
  readonly redisBytes: number;
  readonly residentBytes: number | null;
}

async function weigh(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const { rounds, options, say } = settings;
  const customers = options.customers ?? CUSTOMERS;
  const orders = options.orders ?? ORDERS;
  const figures = new Figures();
  for (let round = 1; round <= rounds; round += 1) {
    say({
      en: `round ${round} of ${rounds}: ${customers} customers with ${orders} orders each`,
      zh: `第 ${round}/${rounds} 轮：${customers} 位客户，每位 ${orders} 笔订单`,
    });
    await emptied(stage.backends.stateRedisUrl);
    const empty = await usedMemory(stage);
    const few = await weighed(stage, { customers: Math.ceil(customers / 5), orders });
    const all = await weighed(stage, { customers, orders });
    figures.add('Redis used_memory', 'bytes a customer', (all.redisBytes - empty) / customers);
    if (few.residentBytes === null || all.residentBytes === null) continue;
    figures.add('scorer process', 'MiB resident', all.residentBytes / 2 ** 20);
    const grown = (all.residentBytes - few.residentBytes) / (customers - Math.ceil(customers / 5));
    figures.add('scorer process, from a fifth of them to all', 'bytes a customer', grown);
  }
  const measured =
    orders === ORDERS ? figures.spread('Redis used_memory', 'bytes a customer') : null;
  return figures.report(
    {
      benchmark: 'memory',
      rounds,
      setting: `${customers} customers with ${orders} orders each; Redis as it is after the scorer has ended, less what it uses empty.`,
    },
    [{ question: 'redis-bytes', measured }],
  );
}

async function weighed(
  stage: ScorerStage,
  { customers, orders }: { readonly customers: number; readonly orders: number },
): Promise<Weighed> {
  const clockEndsAt = FROM + orders * LAP_MS;
  const ends = await freshLog(stage, logOf({ customers, orders, clockEndsAt }));
  const scorer = await scorerOn(stage, { ends, clockEndsAt });
  try {
    const running = await caughtUp(scorer, { records: sumOf(ends), signal: stage.signal });
    const residentBytes = running[0]?.residentBytes() ?? null;
    await Promise.all(running.map((one) => one.stop()));
    return { residentBytes, redisBytes: await usedMemory(stage) };
  } finally {
    await scorer.close();
  }
}

function* logOf({
  customers,
  orders,
  clockEndsAt,
}: {
  readonly customers: number;
  readonly orders: number;
  readonly clockEndsAt: number;
}) {
  yield* openingOf();
  const laps = { customers, firstLap: 0, laps: orders, from: FROM, lapMs: LAP_MS };
  yield* dated(steadyOrders(laps), FROM);
  yield forAll({ kind: 'clock', at: clockEndsAt });
}

async function usedMemory({ backends }: ScorerStage): Promise<number> {
  const redis = new Redis(backends.stateRedisUrl);
  try {
    const info = await redis.info('memory');
    return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
  } finally {
    await redis.quit();
  }
}

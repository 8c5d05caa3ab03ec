import { DAY_MS } from '@strata/domain';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { dated, forAll, openingOf, PARTITIONS } from '../scorer/customer-log.ts';
import { type ScorerStage, withScorerStage } from '../scorer/scorer-stage.ts';
import { steadyOrders } from '../scorer/steady-orders.ts';
import { spreadOf } from '../spread.ts';
import { addCost, costOf, costUs, folded } from './segment.ts';

const FEW_ORDERS = 10;
const MANY_ORDERS = 2_000;
const CUSTOMERS = 2_000;
const FROM = Date.parse('2024-01-01T00:00:00Z');
const YEAR_MS = 365 * DAY_MS;

/**
 * What an event costs a customer with few orders in the ledger, and one with many. Each lap brings everybody one
 * order and takes the oldest out of its window, so that a history stays as long as it is.
 */
export const historyBenchmark: Benchmark = {
  name: 'history',
  summary: {
    en: 'cost of an event for customers with 10 and with 2,000 orders in their history',
    zh: '历史订单为 10 笔与 2,000 笔的客户每个事件的成本',
  },
  options: ['customers', 'orders'],
  defaults: { rounds: 1, records: 60_000, options: { customers: CUSTOMERS } },
  quick: { rounds: 1, records: 24_000, options: { customers: 200 } },
  run: (settings) => withScorerStage(settings, (stage) => compare(settings, stage)),
};

async function compare(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const { rounds, records, options, say } = settings;
  const customers = options.customers ?? CUSTOMERS;
  const many = options.orders ?? MANY_ORDERS;
  const lengths = [FEW_ORDERS, many];
  const figures = new Figures();
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const costs = new Map<number, number>();
    for (const orders of round % 2 === 0 ? lengths.toReversed() : lengths) {
      say({
        en: `round ${round} of ${rounds}: ${customers} customers with ${orders} orders each`,
        zh: `第 ${round}/${rounds} 轮：${customers} 位客户，每位 ${orders} 笔订单`,
      });
      const measured = await steadyCost(stage, { customers, orders, records });
      addCost(figures, `${orders} orders`, measured);
      costs.set(orders, costUs(measured) ?? NaN);
    }
    const ratio = (costs.get(many) ?? NaN) / (costs.get(FEW_ORDERS) ?? NaN);
    ratios.push(ratio);
    figures.add(`${many} orders to ${FEW_ORDERS}`, 'x', ratio);
  }
  const size = many < MANY_ORDERS ? { size: `${many} orders` } : {};
  return figures.report(
    {
      benchmark: 'history',
      rounds,
      setting: `${customers} customers, ${records} events, of which the first quarter is not counted; a commit has each customer once, so nothing is saved by several events of one.`,
    },
    [{ question: 'history', measured: spreadOf(ratios), ...size }],
  );
}

async function steadyCost(
  stage: ScorerStage,
  wanted: { readonly customers: number; readonly orders: number; readonly records: number },
) {
  const { customers, orders, records } = wanted;
  const lapMs = YEAR_MS / orders;
  const common = { customers, from: FROM, lapMs };
  const laps = Math.max(1, Math.round(records / customers));
  const startsAt = await folded(stage, {
    records: opened(steadyOrders({ ...common, firstLap: 0, laps: orders })),
    clockEndsAt: FROM + YEAR_MS,
  });
  const clockEndsAt = FROM + YEAR_MS + laps * lapMs;
  const { measured } = await costOf(stage, {
    records: closed(steadyOrders({ ...common, firstLap: orders, laps }), clockEndsAt),
    clockEndsAt,
    startsAt,
    settings: { STRATA_SCORER_COMMIT_RECORDS: String(commitRecords(customers)) },
  });
  return measured;
}

/** So many that a lap of a partition fills one commit. */
function commitRecords(customers: number): number {
  return Math.min(1_000, Math.max(1, Math.floor(customers / PARTITIONS)));
}

function* opened(events: Parameters<typeof dated>[0]) {
  yield* openingOf();
  yield* dated(events, FROM);
  yield forAll({ kind: 'clock', at: FROM + YEAR_MS });
}

function* closed(events: Parameters<typeof dated>[0], clockEndsAt: number) {
  yield* dated(events, FROM + YEAR_MS);
  yield forAll({ kind: 'clock', at: clockEndsAt });
}

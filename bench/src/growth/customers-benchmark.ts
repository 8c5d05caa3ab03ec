import { type CustomerEvent, DAY_MS } from '@strata/domain';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { dated, forAll, openingOf } from '../scorer/customer-log.ts';
import { type ScorerStage, withScorerStage } from '../scorer/scorer-stage.ts';
import { smallPurchase, steadyOrders } from '../scorer/steady-orders.ts';
import { seededRandom } from '../seeded-random.ts';
import { spreadOf } from '../spread.ts';
import { uniformPicker, zipfPicker } from './pickers.ts';
import { addCost, costOf, costUs, folded } from './segment.ts';

const SIZES = [10_000, 100_000, 1_000_000, 5_000_000] as const;
const CUSTOMERS_MAX = 5_000_000;
const FROM = Date.parse('2024-01-01T00:00:00Z');
const DRAWS = ['Zipf 1.0', 'uniform'] as const;
type Draw = (typeof DRAWS)[number];

/** What an event costs while there are more and more customers, and the cache stays what it is. */
export const customersBenchmark: Benchmark = {
  name: 'customers',
  summary: {
    en: 'cost of an event at 10 k to 5 M customers, Zipf 1.0 and uniform, with the same cache',
    zh: '1 万至 500 万客户时每个事件的成本（Zipf 1.0 与均匀分布），缓存大小不变',
  },
  options: ['customers'],
  defaults: { rounds: 1, records: 200_000, options: { customers: CUSTOMERS_MAX } },
  quick: { rounds: 1, records: 40_000, options: { customers: 100_000 } },
  run: (settings) => withScorerStage(settings, (stage) => grow(settings, stage)),
};

async function grow(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const { rounds, records, options, say } = settings;
  const most = options.customers ?? CUSTOMERS_MAX;
  const sizes = [...SIZES.filter((size) => size < most), most];
  const figures = new Figures();
  const ratios: Record<Draw, number[]> = { 'Zipf 1.0': [], uniform: [] };
  for (let round = 1; round <= rounds; round += 1) {
    const costs = new Map<string, number>();
    for (const customers of round % 2 === 0 ? sizes.toReversed() : sizes) {
      say({
        en: `round ${round} of ${rounds}: ${customers} customers`,
        zh: `第 ${round}/${rounds} 轮：${customers} 位客户`,
      });
      for await (const { draw, cost } of drawn(stage, { customers, records, figures })) {
        costs.set(`${draw} ${customers}`, cost);
      }
    }
    for (const draw of DRAWS) {
      const ratio =
        (costs.get(`${draw} ${most}`) ?? NaN) / (costs.get(`${draw} ${sizes[0]}`) ?? NaN);
      ratios[draw].push(ratio);
      figures.add(`${draw}, ${most} customers to ${sizes[0]}`, 'x', ratio);
    }
  }
  const size = most < CUSTOMERS_MAX ? { size: `${most.toLocaleString('en-US')} customers` } : {};
  return figures.report(
    {
      benchmark: 'customers',
      rounds,
      setting: `${records} events for each size and draw, all in one day, of which the first quarter is not counted; CPU of scorer, broker and Redis.`,
    },
    [{ question: 'customers', measured: spreadOf(ratios['Zipf 1.0']), ...size }],
  );
}

/** Everybody's first order, then the same number of events drawn in each way. */
async function* drawn(
  stage: ScorerStage,
  wanted: { readonly customers: number; readonly records: number; readonly figures: Figures },
) {
  const { customers, records, figures } = wanted;
  const laps = { customers, firstLap: 0, laps: 1, from: FROM, lapMs: DAY_MS };
  let day = 1;
  let startsAt = await folded(stage, {
    records: opened(steadyOrders(laps), FROM + DAY_MS),
    clockEndsAt: FROM + DAY_MS,
  });
  for (const draw of DRAWS) {
    const from = FROM + day * DAY_MS;
    const clockEndsAt = from + DAY_MS;
    const events = drawnEvents(draw, { customers, records, from });
    const segment = { records: closed(events, from), clockEndsAt, startsAt };
    const { measured, ends } = await costOf(stage, segment);
    startsAt = ends;
    day += 1;
    addCost(figures, `${draw}, ${customers} customers`, measured);
    yield { draw, cost: costUs(measured) ?? NaN };
  }
}

function* opened(events: Iterable<CustomerEvent>, clockEndsAt: number) {
  yield* openingOf();
  yield* dated(events, FROM);
  yield forAll({ kind: 'clock', at: clockEndsAt });
}

function* closed(events: Iterable<CustomerEvent>, from: number) {
  yield* dated(events, from);
  yield forAll({ kind: 'clock', at: from + DAY_MS });
}

function* drawnEvents(
  draw: Draw,
  {
    customers,
    records,
    from,
  }: { readonly customers: number; readonly records: number; readonly from: number },
): Generator<CustomerEvent> {
  const random = seededRandom(records);
  const pick = draw === 'uniform' ? uniformPicker(customers) : zipfPicker(customers);
  for (let index = 0; index < records; index += 1) {
    const at = from + Math.floor((index * DAY_MS) / records);
    yield smallPurchase(pick(random()), `${draw}-${index}`, at);
  }
}

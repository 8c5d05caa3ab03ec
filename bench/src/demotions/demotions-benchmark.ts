import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@strata/contracts';
import { type CustomerEvent, DAY_MS } from '@strata/domain';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { caughtUp, scorerChanges } from '../live/live-contender.ts';
import { LiveRun, type PhaseMeasured } from '../live/live-run.ts';
import { type LiveTraffic, swingersJoin } from '../live/live-traffic.ts';
import { dated, forAll, openingOf } from '../scorer/customer-log.ts';
import {
  freshLog,
  longerLog,
  type ScorerStage,
  scorerOn,
  sumOf,
  withScorerStage,
} from '../scorer/scorer-stage.ts';
import { smallPurchase, steadyOrders } from '../scorer/steady-orders.ts';
import { spreadOf } from '../spread.ts';
import { idleDay } from './idle-day.ts';

const CUSTOMERS = 1_000_000;
const CUSTOMERS_QUICK = 50_000;
const FIRST_AT = Date.parse('2024-01-01T00:00:00Z');
/** When the orders of that instant leave the window of 365 days. */
const DUE_AT = FIRST_AT + 365 * DAY_MS;
const LIVE_PER_SECOND = 500;
const BEFORE_SECONDS = 8;
const WHILE_SECONDS_MAX = 1_200;
const LIVE_P99_MS_MAX = 1_000;
const BYSTANDERS = 2_000;
const LOOK_MS = 50;

/** Everybody's large order leaves its window in the same instant, while others go on buying. */
export const demotionsBenchmark: Benchmark = {
  name: 'demotions',
  summary: {
    en: 'demotions of many customers due in the same instant, and live latency meanwhile; --idle N: an idle day of N customers',
    zh: '大量客户在同一时刻到期下调的处理速度及期间的实时延迟；--idle N：N 位客户的空闲一天',
  },
  options: ['customers', 'idle'],
  defaults: { rounds: 1, records: CUSTOMERS, options: { customers: CUSTOMERS } },
  quick: { rounds: 1, records: CUSTOMERS_QUICK, options: { customers: CUSTOMERS_QUICK } },
  run: (settings) =>
    withScorerStage(settings, (stage) =>
      settings.options.idle === undefined ? drain(settings, stage) : idleDay(settings, stage),
    ),
};

interface Drained {
  readonly perSecond: number;
  readonly seconds: number;
  readonly before: PhaseMeasured;
  readonly meanwhile: PhaseMeasured;
}

async function drain(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const { rounds, options, say } = settings;
  const customers = options.customers ?? CUSTOMERS;
  const figures = new Figures();
  const rates: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    say({
      en: `round ${round} of ${rounds}: giving ${customers} customers their tier`,
      zh: `第 ${round}/${rounds} 轮：正在为 ${customers} 位客户定级`,
    });
    const { perSecond, seconds, before, meanwhile } = await drained(stage, customers);
    rates.push(perSecond);
    figures.add('demotions acknowledged', 'demotions/s', perSecond);
    figures.add('all acknowledged after', 's', seconds);
    figures.add('live before', 'ms p99', before.p99Ms);
    figures.add('live meanwhile', 'ms p50', meanwhile.p50Ms);
    figures.add('live meanwhile', 'ms p99', meanwhile.p99Ms);
    figures.add('live meanwhile', 'ms at most', meanwhile.maxMs);
    say({
      en: `round ${round} of ${rounds}: ${Math.round(perSecond)} demotions/s, live p99 ${Math.round(meanwhile.p99Ms)} ms`,
      zh: `第 ${round}/${rounds} 轮：${Math.round(perSecond)} 次下调/秒，实时 p99 ${Math.round(meanwhile.p99Ms)} 毫秒`,
    });
  }
  const p99 = figures.spread('live meanwhile', 'ms p99')?.median ?? Number.NaN;
  const late = p99 < LIVE_P99_MS_MAX ? {} : { missed: `live p99 was ${Math.round(p99)} ms` };
  const size = customers < CUSTOMERS ? { size: `${customers.toLocaleString('en-US')} due` } : {};
  return figures.report(
    {
      benchmark: 'demotions',
      rounds,
      setting: `${customers} customers due in the same instant, ${LIVE_PER_SECOND} live events a second of others; until both output topics hold all of it.`,
    },
    [{ question: 'demotions', measured: spreadOf(rates), ...size, ...late }],
  );
}

async function drained(stage: ScorerStage, customers: number): Promise<Drained> {
  const liveBefore = LIVE_PER_SECOND * BEFORE_SECONDS;
  // The live events of the second phase lie behind the instant at which all are due.
  const from = DUE_AT - DAY_MS - 1 - liveBefore;
  const live: LiveTraffic = { customers: BYSTANDERS, swingers: 1_000, from };
  const ends = await freshLog(stage, logOf(customers, live));
  const scorer = await scorerOn(stage, { ends, clockEndsAt: from + DAY_MS });
  const running = await caughtUp(scorer, { records: sumOf(ends), signal: stage.signal });
  let run: LiveRun | null = null;
  try {
    run = await LiveRun.open(stage, live, scorerChanges(stage));
    const before = await run.run({ perSecond: LIVE_PER_SECOND, seconds: BEFORE_SECONDS });
    const watch = await whenAcknowledged(stage, customers, run);
    const startMs = performance.now();
    // In data time it is a mark that moves the clock of those who are silent.
    await longerLog(stage, [forAll({ kind: 'clock', at: DUE_AT })]);
    const meanwhile = await run.run({
      perSecond: LIVE_PER_SECOND,
      seconds: WHILE_SECONDS_MAX,
      until: watch.isDone,
    });
    const seconds = ((await watch.atMs) - startMs) / 1_000;
    return { perSecond: customers / seconds, seconds, before, meanwhile };
  } finally {
    await run?.close();
    await Promise.all(running.map((one) => one.stop()));
    await scorer.close();
  }
}

/** Both outputs of every demotion lie in their topics, and a reader of committed records has seen the changes. */
async function whenAcknowledged(stage: ScorerStage, customers: number, run: LiveRun) {
  let isDone = false;
  const tiersEnd = async (): Promise<number> =>
    sumOf((await stage.reader.bounds(TOPICS.tiers)).map(({ end }) => end));
  const changesBefore = run.otherChanges;
  const tiersBefore = await tiersEnd();
  const watched = async (): Promise<number> => {
    const deadlineMs = performance.now() + WHILE_SECONDS_MAX * 1_000;
    while (performance.now() < deadlineMs) {
      stage.signal.throwIfAborted();
      const changes = run.otherChanges - changesBefore;
      if (changes >= customers && (await tiersEnd()) - tiersBefore >= customers) break;
      await delay(LOOK_MS);
    }
    isDone = true;
    return performance.now();
  };
  const atMs = watched();
  // The phase that runs meanwhile ends by the same signal, and is waited for first.
  atMs.catch(() => undefined);
  return { atMs, isDone: () => isDone };
}

function* logOf(customers: number, live: LiveTraffic) {
  yield* openingOf();
  yield* dated(largeOrders(customers), FIRST_AT);
  // Bystanders have ordered lately, so that nothing of theirs falls due.
  const lately = live.from - DAY_MS;
  yield forAll({ kind: 'clock', at: lately });
  const laps = { customers: BYSTANDERS, firstLap: 0, laps: 1, from: lately, lapMs: DAY_MS / 2 };
  yield* dated(steadyOrders(laps), lately);
  yield* swingersJoin(live);
}

function* largeOrders(customers: number): Generator<CustomerEvent> {
  for (let index = 0; index < customers; index += 1) {
    const order = smallPurchase(index, `large-${index}`, FIRST_AT) as CustomerEvent & {
      readonly type: 'purchase';
    };
    yield { ...order, customerId: `due-${index}`, amount: { minor: 100_000, currency: 'CNY' } };
  }
}

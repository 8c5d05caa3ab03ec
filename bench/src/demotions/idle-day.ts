import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@strata/contracts';
import { type CustomerEvent, DAY_MS } from '@strata/domain';
import type { BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { caughtUp } from '../live/live-contender.ts';
import { cpuOf } from '../scorer/contender.ts';
import { dated, forAll, openingOf } from '../scorer/customer-log.ts';
import { freshLog, longerLog, type ScorerStage, scorerOn, sumOf } from '../scorer/scorer-stage.ts';
import { steadyOrders } from '../scorer/steady-orders.ts';

const FROM = Date.parse('2024-01-01T00:00:00Z');
/** Orders lie evenly over so long, so that each later day has its share of those who fall due. */
const SPREAD_MS = 365 * DAY_MS;
const HOUR_MS = DAY_MS / 24;
const STILL_MS = 60_000;
const LOOK_MS = 50;

/** What a day costs on which nobody does anything: being there, and what falls due in it. */
export async function idleDay(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const customers = settings.options.idle ?? 0;
  const { say, signal } = settings;
  const figures = new Figures();
  const dayFrom = FROM + SPREAD_MS;
  const laps = { customers, firstLap: 0, laps: 1, from: FROM, lapMs: SPREAD_MS };
  say({ en: `Giving ${customers} customers a state`, zh: `正在为 ${customers} 位客户建立状态` });
  const ends = await freshLog(stage, logOf(laps, dayFrom));
  const scorer = await scorerOn(stage, { ends, clockEndsAt: dayFrom });
  try {
    const running = await caughtUp(scorer, { records: sumOf(ends), signal });
    const cpuSeconds = (): number => {
      const { client, broker, redis } = cpuOf(running, stage.pids);
      return ((client ?? NaN) + (broker ?? NaN) + (redis ?? NaN)) / 1_000_000;
    };
    const stillFrom = cpuSeconds();
    await delay(STILL_MS, undefined, { signal });
    const still = cpuSeconds() - stillFrom;
    figures.add('nothing happens', 'CPU-seconds a day', (still * DAY_MS) / STILL_MS);
    const duesFrom = cpuSeconds();
    const inLogBefore = sumOf(ends);
    const dayEnds = await longerLog(stage, hourlyMarks(dayFrom));
    await settledUpTo(dayFrom + DAY_MS, dayEnds, stage);
    figures.add('what falls due in a day', 'CPU-seconds', cpuSeconds() - duesFrom);
    figures.add('ticks and marks of the day', 'records', sumOf(await endsOf(stage)) - inLogBefore);
    await Promise.all(running.map((one) => one.stop()));
  } finally {
    await scorer.close();
  }
  const setting = `${customers} customers with one large order each in the last 365 days; nobody buys. A minute without anything, times 1,440; then a day of hourly clock marks.`;
  return figures.report({ benchmark: 'demotions', rounds: 1, setting });
}

function* logOf(laps: Parameters<typeof steadyOrders>[0], dayFrom: number) {
  yield* openingOf();
  yield* dated(largeOrders(steadyOrders(laps)), FROM);
  yield forAll({ kind: 'clock', at: dayFrom });
}

/** Large enough to fall from later: who stands lowest is never due. */
function* largeOrders(events: Iterable<CustomerEvent>): Generator<CustomerEvent> {
  for (const event of events) {
    if (event.type === 'purchase') yield { ...event, amount: { minor: 100_000, currency: 'CNY' } };
  }
}

function* hourlyMarks(dayFrom: number) {
  for (let hour = 1; hour <= 24; hour += 1) {
    yield forAll({ kind: 'clock', at: dayFrom + hour * HOUR_MS });
  }
}

/** Looks at the running scorer's store through another view of it. */
async function settledUpTo(
  clockEndsAt: number,
  ends: readonly number[],
  stage: ScorerStage,
): Promise<void> {
  const view = await scorerOn(stage, { ends, clockEndsAt, keepsState: true });
  try {
    while ((await view.recordsDone()) < sumOf(ends) || !(await view.isAtRest())) {
      stage.signal.throwIfAborted();
      await delay(LOOK_MS);
    }
  } finally {
    await view.close();
  }
}

async function endsOf({ reader }: ScorerStage): Promise<readonly number[]> {
  return (await reader.bounds(TOPICS.customerLog)).map(({ end }) => end);
}

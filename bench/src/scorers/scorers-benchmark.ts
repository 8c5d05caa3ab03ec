import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { caughtUp, scorerChanges } from '../live/live-contender.ts';
import { LiveRun } from '../live/live-run.ts';
import { type LiveTraffic, swingersJoin } from '../live/live-traffic.ts';
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

const CUSTOMERS = 100_000;
const CHANGE_PERCENT = 3;
const COUNTS = [1, 2, 3] as const;
const LIVE_PER_SECOND = 400;
/** Within what a phase counts, which is all but its first quarter. */
const KILL_AFTER_MS = 10_000;
const TAKEOVER_SECONDS = 30;

/** Several scorers of one group, and what happens when one of them is killed. */
export const scorersBenchmark: Benchmark = {
  name: 'scorers',
  summary: {
    en: 'one to three scorer processes over the same log, and how long a takeover takes after a kill',
    zh: '一至三个评分进程处理同一日志，以及强制终止后的接管时间',
  },
  options: ['customers'],
  defaults: { rounds: 3, records: 5 * CUSTOMERS, options: { customers: CUSTOMERS } },
  quick: { rounds: 1, records: 100_000, options: { customers: 20_000 } },
  run: (settings) => withScorerStage(settings, (stage) => scale(settings, stage)),
};

async function scale(settings: BenchSettings, stage: ScorerStage): Promise<FiguresReport> {
  const { rounds, records, options, say } = settings;
  const customers = options.customers ?? CUSTOMERS;
  const traffic: Traffic = { customers, records, changePercent: CHANGE_PERCENT };
  const figures = new Figures();
  for (let round = 1; round <= rounds; round += 1) {
    for (const processes of round % 2 === 0 ? COUNTS.toReversed() : COUNTS) {
      const measured = await together(stage, traffic, processes);
      const what = `processes: ${processes}`;
      figures.add(what, 'events/s', measured.recordsPerSecond);
      figures.add(what, 'events a CPU-second', measured.recordsPerCpuSecond);
      const rate = Math.round(measured.recordsPerSecond);
      say({
        en: `round ${round} of ${rounds}, ${what}: ${rate} events/s`,
        zh: `第 ${round}/${rounds} 轮，进程数 ${processes}：${rate} 事件/秒`,
      });
    }
    const ms = await takeoverMs(stage, traffic);
    figures.add('takeover after a kill', 'ms', ms);
    say({
      en: `round ${round} of ${rounds}: takeover after ${Math.round(ms)} ms`,
      zh: `第 ${round}/${rounds} 轮：${Math.round(ms)} 毫秒后完成接管`,
    });
  }
  return figures.report({
    benchmark: 'scorers',
    rounds,
    setting: `${records} records of ${customers} customers, the first quarter not counted; a takeover is the longest time from an event to its tier change while one of two scorers is killed, at ${LIVE_PER_SECOND} events/s, with a session of 10 s.`,
  });
}

async function together(
  stage: ScorerStage,
  traffic: Traffic,
  processes: number,
): Promise<Measured> {
  const ends = await freshLog(stage, logRecordsOf(traffic));
  const records = sumOf(ends);
  const scorer = await scorerOn(stage, { ends, clockEndsAt: clockEndOf(traffic) });
  const { pids, signal } = stage;
  const warmUpRecords = Math.round(records * WARM_UP_SHARE);
  try {
    return await measure(scorer, { records, warmUpRecords, pids, signal, processes });
  } finally {
    await scorer.close();
  }
}

async function takeoverMs(stage: ScorerStage, traffic: Traffic): Promise<number> {
  const from = clockEndOf(traffic);
  const live: LiveTraffic = { customers: traffic.customers, swingers: 5_000, from };
  const ends = await freshLog(stage, logRecordsOf(traffic), swingersJoin(live));
  const scorer = await scorerOn(stage, { ends, clockEndsAt: from });
  const setting = { records: sumOf(ends), signal: stage.signal, processes: 2 };
  const running = await caughtUp(scorer, setting);
  let run: LiveRun | null = null;
  try {
    run = await LiveRun.open(stage, live, scorerChanges(stage));
    const killed = (async () => {
      await delay(KILL_AFTER_MS, undefined, { signal: stage.signal });
      await running[0]?.stop('SIGKILL');
    })();
    const measured = await run.run({ perSecond: LIVE_PER_SECOND, seconds: TAKEOVER_SECONDS });
    await killed;
    return measured.maxMs;
  } finally {
    await run?.close();
    await Promise.all(running.map((one) => one.stop()));
    await scorer.close();
  }
}

import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { Figures, type FiguresReport } from '../figures-report.ts';
import { caughtUp, peerChanges, scorerChanges } from '../live/live-contender.ts';
import { LiveRun, type PhaseMeasured } from '../live/live-run.ts';
import { type LiveTraffic, swingersJoin } from '../live/live-traffic.ts';
import { type Contender, measure } from '../scorer/contender.ts';
import { clockEndOf, logRecordsOf } from '../scorer/customer-log.ts';
import type { PeerTuning } from '../scorer/kafka-streams-peer.ts';
import {
  freshLog,
  type PeerStage,
  peerOn,
  scorerOn,
  sumOf,
  withPeerStage,
} from '../scorer/scorer-stage.ts';
import { type Traffic, WARM_UP_SHARE } from '../scorer/traffic.ts';
import { spreadOf } from '../spread.ts';

const CUSTOMERS = 50_000;
const SECONDS = 30;
const CHANGE_PERCENT = 3;
const SWINGERS = 5_000;
const SHARES = [20, 50, 80] as const;
/** Where it is latency that counts, an expert takes the collector that stops shortly. */
const TUNING: PeerTuning = { threads: 2, collector: 'G1' };
const CONTENDERS = ['kafka streams', 'strata scorer'] as const;
const SAME_RATE = 'same rate';
type Name = (typeof CONTENDERS)[number];

/** From the instant at which an event is sent until its tier change is read, at rates that do not wait for anybody. */
export const latencyBenchmark: Benchmark = {
  name: 'latency',
  summary: {
    en: 'event to tier change at 20 %, 50 % and 80 % of the peak, beside Kafka Streams at one same rate',
    zh: '峰值 20%、50%、80% 时事件到等级变更的延迟，并以同一速率与 Kafka Streams 对比',
  },
  options: ['customers', 'seconds'],
  defaults: { rounds: 3, records: 5 * CUSTOMERS, options: { customers: CUSTOMERS } },
  quick: { rounds: 1, records: 80_000, options: { customers: 20_000, seconds: 8 } },
  run: (settings) => withPeerStage(settings, (place) => compare(settings, place)),
};

async function compare(settings: BenchSettings, place: PeerStage): Promise<FiguresReport> {
  const { rounds, say, options } = settings;
  const customers = options.customers ?? CUSTOMERS;
  const traffic: Traffic = { customers, records: settings.records, changePercent: CHANGE_PERCENT };
  const seconds = options.seconds ?? SECONDS;
  const figures = new Figures();
  const peaks = new Map<Name, number>();
  for (const name of CONTENDERS) {
    const peak = await peakOf(name, traffic, place);
    peaks.set(name, peak);
    figures.add(`${name}: peak`, 'events/s', peak);
    say({
      en: `${name}: peak ${Math.round(peak)} events/s`,
      zh: `${name}：峰值 ${Math.round(peak)} 事件/秒`,
    });
  }
  const sameRate = Math.min(...peaks.values()) / 2;
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const p99Of = new Map<Name, number>();
    for (const name of round % 2 === 0 ? CONTENDERS.toReversed() : CONTENDERS) {
      const peak = peaks.get(name) ?? 0;
      const rates = SHARES.map((share) => ({
        label: `${share} % of its peak`,
        rate: (peak * share) / 100,
      }));
      // Last, so that either has had its compiler by then.
      const phases = [...rates, { label: SAME_RATE, rate: sameRate }];
      const tell = (label: string, rate: number, measured: PhaseMeasured): void => {
        addTo(figures, `${name}, ${label}`, { rate, measured });
        if (label === SAME_RATE) p99Of.set(name, measured.p99Ms);
        const { p50Ms, p99Ms } = measured;
        const text = `p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`;
        say({
          en: `round ${round} of ${rounds}, ${name}, ${label} (${Math.round(rate)}/s): ${text}`,
          zh: `第 ${round}/${rounds} 轮，${name}，${label}（${Math.round(rate)}/秒）：${text}`,
        });
      };
      await inPhases(name, { traffic, phases, seconds, tell }, place);
    }
    ratios.push((p99Of.get('strata scorer') ?? NaN) / (p99Of.get('kafka streams') ?? NaN));
  }
  for (const ratio of ratios)
    figures.add('p99 at the same rate, scorer to kafka streams', 'x', ratio);
  return figures.report(
    {
      benchmark: 'latency',
      rounds,
      setting:
        `${customers} customers; ${seconds} s a phase, its first quarter not counted; one event in 20 changes a tier. ` +
        'From the instant at which an event was to be sent until its change was read, committed.',
    },
    [{ question: 'latency', measured: spreadOf(ratios) }],
  );
}

function addTo(
  figures: Figures,
  what: string,
  { rate, measured }: { readonly rate: number; readonly measured: PhaseMeasured },
): void {
  figures.add(what, 'events/s', rate);
  figures.add(what, 'ms p50', measured.p50Ms);
  figures.add(what, 'ms p99', measured.p99Ms);
  figures.add(what, 'ms p99.9', measured.p999Ms);
  if (measured.missing > 0) figures.add(what, 'changes not seen in 60 s', measured.missing);
}

/** Events a second while nothing but the log says how fast. */
async function peakOf(
  name: Name,
  traffic: Traffic,
  { stage, program }: PeerStage,
): Promise<number> {
  const ends = await freshLog(stage, logRecordsOf(traffic));
  const records = sumOf(ends);
  const { pids, signal } = stage;
  const setting = { records, warmUpRecords: Math.round(records * WARM_UP_SHARE), pids, signal };
  if (name === 'kafka streams') {
    return (await measure(peerOn(stage, { ends, program, tuning: TUNING }), setting))
      .recordsPerSecond;
  }
  const scorer = await scorerOn(stage, { ends, clockEndsAt: clockEndOf(traffic) });
  try {
    return (await measure(scorer, setting)).recordsPerSecond;
  } finally {
    await scorer.close();
  }
}

async function inPhases(
  name: Name,
  wanted: {
    readonly traffic: Traffic;
    readonly phases: readonly { readonly label: string; readonly rate: number }[];
    readonly seconds: number;
    readonly tell: (label: string, rate: number, measured: PhaseMeasured) => void;
  },
  { stage, program }: PeerStage,
): Promise<void> {
  const { traffic, phases, seconds, tell } = wanted;
  const from = clockEndOf(traffic);
  const live: LiveTraffic = { customers: traffic.customers, swingers: SWINGERS, from };
  const ends = await freshLog(stage, logRecordsOf(traffic), swingersJoin(live));
  const isPeer = name === 'kafka streams';
  const scorer = isPeer ? null : await scorerOn(stage, { ends, clockEndsAt: from });
  const contender: Contender = scorer ?? peerOn(stage, { ends, program, tuning: TUNING });
  const running = await caughtUp(contender, { records: sumOf(ends), signal: stage.signal });
  let run: LiveRun | null = null;
  try {
    const told = isPeer ? peerChanges(program) : scorerChanges(stage);
    run = await LiveRun.open(stage, live, told);
    for (const { label, rate } of phases) {
      tell(label, rate, await run.run({ perSecond: rate, seconds }));
    }
  } finally {
    await run?.close();
    await Promise.all(running.map((one) => one.stop()));
    await scorer?.close();
  }
}

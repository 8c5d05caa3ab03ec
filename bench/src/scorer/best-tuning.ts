import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchSettings } from '../benchmark.ts';
import { measure } from './contender.ts';
import { logRecordsOf } from './customer-log.ts';
import { COLLECTORS, type PeerProgram, type PeerTuning } from './kafka-streams-peer.ts';
import { freshLog, peerOn, type ScorerStage, sumOf } from './scorer-stage.ts';
import { type Traffic, WARM_UP_SHARE } from './traffic.ts';

const THREADS = [1, 2, 4] as const;
/** So many records tell which is best; more only take time. */
const TRIAL_RECORDS_MAX = 400_000;

/** One way to run the peer, and what came of it. */
export interface Trial extends PeerTuning {
  readonly recordsPerSecond: number;
}

/**
 * Tries the peer with 1, 2 and 4 threads, then the best of these with the other collector. The trials
 * are no part of any figure.
 */
export async function bestTuning(
  stage: ScorerStage,
  wanted: {
    readonly program: PeerProgram;
    readonly traffic: Traffic;
    readonly settings: Pick<BenchSettings, 'say' | 'options'>;
  },
): Promise<readonly [best: Trial, ...others: Trial[]]> {
  const { program, traffic, settings } = wanted;
  const records = Math.min(traffic.records, TRIAL_RECORDS_MAX);
  const customers = Math.min(traffic.customers, Math.floor(records * WARM_UP_SHARE));
  const ends = await freshLog(stage, logRecordsOf({ ...traffic, records, customers }));
  const tried = async (tuning: PeerTuning): Promise<Trial> => {
    const inLog = sumOf(ends);
    const { recordsPerSecond } = await measure(peerOn(stage, { program, ends, tuning }), {
      records: inLog,
      warmUpRecords: Math.round(inLog * WARM_UP_SHARE),
      pids: stage.pids,
      signal: stage.signal,
    });
    await rm(join(stage.dataDir, 'kafka-streams'), { recursive: true, force: true });
    const rate = Math.round(recordsPerSecond);
    settings.say({
      en: `Kafka Streams, ${tuning.threads} threads, ${tuning.collector}: ${rate} records/s`,
      zh: `Kafka Streams，${tuning.threads} 个线程，${tuning.collector}：${rate} 条/秒`,
    });
    return { ...tuning, recordsPerSecond };
  };
  const [usual, other] = COLLECTORS;
  const counts = settings.options.threads === undefined ? THREADS : [settings.options.threads];
  const trials: Trial[] = [];
  for (const threads of counts) trials.push(await tried({ threads, collector: usual }));
  const { threads } = fastestFirst(trials)[0];
  trials.push(await tried({ threads, collector: other }));
  return fastestFirst(trials);
}

function fastestFirst(trials: readonly Trial[]): [Trial, ...Trial[]] {
  const sorted = trials.toSorted((a, b) => b.recordsPerSecond - a.recordsPerSecond);
  return sorted as [Trial, ...Trial[]];
}

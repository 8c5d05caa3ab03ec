import { join } from 'node:path';
import { TOPICS } from '@strata/contracts';
import { KafkaLogWriter } from '@strata/kafka';
import type { TopicSerde } from '@strata/schema-registry';
import { type BenchBackends, ROOT, registeredSerdes, withBackends } from '../bench-backends.ts';
import type { BenchSettings } from '../benchmark.ts';
import { foreignVariables } from '../foreign-variables.ts';
import type { Contender } from './contender.ts';
import { type Addressed, freshTopics, writeCustomerLog } from './customer-log.ts';
import {
  buildPeer,
  kafkaStreamsPeer,
  type PeerProgram,
  type PeerTuning,
} from './kafka-streams-peer.ts';
import { strataScorer } from './strata-scorer.ts';

/** Back ends on which scorers are measured, and what is needed to write their log. */
export interface ScorerStage extends BenchBackends {
  readonly writer: KafkaLogWriter;
  readonly serdes: (topic: string) => TopicSerde;
  readonly pids: Readonly<Record<'broker' | 'redis', number>>;
  readonly signal: AbortSignal;
}

/** What a contender of the stage can be told. */
export interface ScorerChoice {
  /** By partition, where the log ends that is counted. */
  readonly ends: readonly number[];
  readonly clockEndsAt: number;
  readonly startsAt?: readonly number[];
  readonly keepsState?: boolean;
  readonly settings?: NodeJS.ProcessEnv;
}

let groups = 0;

/** Starts the back ends and ends them, whatever becomes of the work. */
export async function withScorerStage<T>(
  settings: BenchSettings,
  work: (stage: ScorerStage) => Promise<T>,
): Promise<T> {
  return withBackends(settings, async (started) => {
    const { brokers, processes } = started.backends;
    const pidOf = (name: string): number => processes.find((one) => one.name === name)?.pid ?? 0;
    const writer = new KafkaLogWriter({ clientId: 'bench', brokers });
    try {
      return await work({
        ...started,
        writer,
        serdes: await registeredSerdes(started.backends),
        pids: { broker: pidOf('kafka'), redis: pidOf('redis-state') },
        signal: settings.signal,
      });
    } finally {
      await writer.close();
    }
  });
}

/** A stage for both contenders. */
export interface PeerStage {
  readonly stage: ScorerStage;
  readonly program: PeerProgram;
}

/** The peer is built first: a machine that cannot build it is told so before anything is started. */
export async function withPeerStage<T>(
  settings: BenchSettings,
  work: (place: PeerStage) => Promise<T>,
): Promise<T> {
  const program = await buildPeer(ROOT);
  return withScorerStage(settings, (stage) => work({ stage, program }));
}

/** Empties the topics and writes a log; resolves with where it ends, by partition. */
export async function freshLog(
  stage: ScorerStage,
  ...parts: readonly Iterable<Addressed>[]
): Promise<readonly number[]> {
  await freshTopics(stage.backends.brokers);
  let ends: readonly number[] = [];
  for (const part of parts) ends = await longerLog(stage, part);
  return ends;
}

/** Appends to the log; resolves with where it ends then, by partition. */
export async function longerLog(
  { writer, reader, serdes, signal }: ScorerStage,
  records: Iterable<Addressed>,
): Promise<readonly number[]> {
  await writeCustomerLog(writer, { records, serde: serdes(TOPICS.customerLog), signal });
  return (await reader.bounds(TOPICS.customerLog)).map(({ end }) => end);
}

export const sumOf = (counts: readonly number[]): number =>
  counts.reduce((sum, count) => sum + count, 0);

/** A scorer in a group of its own; the store is emptied unless it keeps its state. */
export function scorerOn(stage: ScorerStage, choice: ScorerChoice) {
  groups += 1;
  return strataScorer({
    root: ROOT,
    env: foreignVariables(),
    backends: stage.backends,
    reader: stage.reader,
    serde: stage.serdes(TOPICS.tierChanges),
    groupId: `bench-scorer-${groups}`,
    ...choice,
  });
}

/** Kafka Streams from an empty store. */
export function peerOn(
  stage: ScorerStage,
  choice: {
    readonly ends: readonly number[];
    readonly program: PeerProgram;
    readonly tuning: PeerTuning;
  },
): Contender {
  groups += 1;
  return kafkaStreamsPeer({
    env: foreignVariables(),
    backends: stage.backends,
    reader: stage.reader,
    applicationId: `bench-peer-${groups}`,
    stateDir: join(stage.dataDir, 'kafka-streams'),
    ...choice,
  });
}

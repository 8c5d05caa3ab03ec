import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOPICS } from '@strata/contracts';
import type { KafkaLogReader } from '@strata/kafka';
import { type Backends, prerequisites } from '@strata/local-stack';
import { tpKey } from '@strata/pipeline';
import avro from 'avsc';
import type { Contender } from './contender.ts';
import { PARTITIONS, PEER_CHANGES } from './customer-log.ts';
import { byCustomer, type TierMove } from './tier-moves.ts';

/** Pinned as in `packages/local-stack`: later lines are not on every mirror. */
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.10';
/** A heap that never grows. */
const HEAP = ['-Xms1g', '-Xmx1g'];

export const COLLECTORS = ['Parallel', 'G1'] as const;
/** How Kafka Streams is run: what is best for it differs from machine to machine. */
export interface PeerTuning {
  readonly threads: number;
  /** Parallel stops longest and costs least; G1 is what the JVM takes by itself. */
  readonly collector: (typeof COLLECTORS)[number];
}

/** How the peer is started: the program and its class path, compiled once. */
export interface PeerProgram {
  readonly java: string;
  readonly classPath: string;
  readonly schema: avro.Type;
}

/** Compiles `bench/kafka-streams` by Maven, which fetches its jars the first time. */
export async function buildPeer(root: string): Promise<PeerProgram> {
  const { java, maven } = prerequisites();
  if (java.state !== 'ok' || maven.state !== 'ok') {
    throw new Error('The peer is written in Java: install a JDK of 17 or later and Maven.');
  }
  const project = join(root, 'bench/kafka-streams');
  const built = join(root, '.cache/kafka-streams-peer');
  await mkdir(built, { recursive: true });
  const jarList = join(built, 'class-path');
  const goals = ['compile', `${DEPENDENCY_PLUGIN}:build-classpath`, `-Dmdep.outputFile=${jarList}`];
  await promisify(execFile)(maven.path, ['-q', '-B', '-f', project, ...goals]);
  const schema = readFileSync(join(project, 'src/main/resources/tier-change.avsc'), 'utf8');
  return {
    java: java.path,
    classPath: `${join(built, 'classes')}:${readFileSync(jarList, 'utf8').trim()}`,
    schema: avro.Type.forSchema(JSON.parse(schema) as avro.Schema),
  };
}

/** Kafka Streams from an empty store; all that it keeps at the broker begins with its application id. */
export function kafkaStreamsPeer(place: {
  readonly program: PeerProgram;
  readonly env: NodeJS.ProcessEnv;
  readonly backends: Backends;
  readonly reader: KafkaLogReader;
  readonly ends: readonly number[];
  readonly applicationId: string;
  readonly stateDir: string;
  readonly tuning: PeerTuning;
}): Contender {
  const { program, env, backends, reader, ends, applicationId, stateDir, tuning } = place;
  const { java, classPath, schema } = program;
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  return {
    name: 'kafka streams',
    command: java,
    args: [
      ...HEAP,
      `-XX:+Use${tuning.collector}GC`,
      '-cp',
      classPath,
      'strata.peer.Main',
      backends.brokers.join(','),
      backends.registryUrl,
      applicationId,
      TOPICS.customerLog,
      PEER_CHANGES,
      stateDir,
      String(tuning.threads),
    ],
    env,
    recordsDone: async () => {
      const committed = await reader.committed(applicationId, [TOPICS.customerLog]);
      const next = (partition: number): number =>
        committed.get(tpKey({ topic: TOPICS.customerLog, partition })) ?? 0;
      return ends.reduce((sum, end, partition) => sum + Math.min(next(partition), end), 0);
    },
    // Offsets are committed with the outputs: what counts for good has been told.
    isAtRest: async () => true,
    moves: async () => {
      const moves: TierMove[] = [];
      for (const partition of partitions) {
        for await (const batch of reader.read({ topic: PEER_CHANGES, partition, offset: 0 })) {
          for (const { value } of batch) {
            if (value === null) continue;
            const change = schema.fromBuffer(Buffer.from(value)) as TierMove;
            const { customerId, fromTier, toTier, effectiveAt } = change;
            moves.push({ customerId, fromTier, toTier, effectiveAt });
          }
        }
      }
      return byCustomer(moves);
    },
  };
}

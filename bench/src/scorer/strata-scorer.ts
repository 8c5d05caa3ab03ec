import { join } from 'node:path';
import { TOPICS, tierChangeFromWire } from '@strata/contracts';
import type { KafkaLogReader } from '@strata/kafka';
import type { Backends } from '@strata/local-stack';
import { RedisStateStore } from '@strata/redis';
import type { TopicSerde } from '@strata/schema-registry';
import { Redis } from 'ioredis';
import type { Contender } from './contender.ts';
import { PARTITIONS } from './customer-log.ts';
import { byCustomer, type MovesByCustomer, type TierMove } from './tier-moves.ts';

/** The scorer as it runs in production, from an empty store: one process, and Redis with its append-only file. */
export async function strataScorer(place: {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly backends: Backends;
  readonly reader: KafkaLogReader;
  readonly serde: TopicSerde;
  /** By partition, where the preloaded log ends: ticks come behind. */
  readonly ends: readonly number[];
  /** The last clock mark of the log. */
  readonly clockEndsAt: number;
  readonly groupId: string;
  /** By partition, where what is counted begins; the start of the log where it is left out. */
  readonly startsAt?: readonly number[];
  /** Goes on over what the store holds. */
  readonly keepsState?: boolean;
  readonly settings?: NodeJS.ProcessEnv;
}): Promise<Contender & { close(): Promise<void> }> {
  const { root, env, backends, reader, serde, ends, groupId, startsAt = [] } = place;
  const { brokers, registryUrl, stateRedisUrl } = backends;
  if (place.keepsState !== true) await emptied(stateRedisUrl);
  const store = await RedisStateStore.connect({ url: stateRedisUrl });
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);

  const isPartitionAtRest = async (partition: number, end: number): Promise<boolean> => {
    const { next, outboxDepth } = await store.inspect(partition);
    if (next < end || outboxDepth > 0) return false;
    const [due] = await store.dueCustomers({ partition, upToMs: place.clockEndsAt, limit: 1 });
    return due === undefined;
  };
  return {
    name: 'strata scorer',
    command: process.execPath,
    args: [join(root, 'services/scorer/src/main.ts')],
    env: {
      ...env,
      STRATA_KAFKA_BROKERS: brokers.join(','),
      STRATA_REGISTRY_URL: registryUrl,
      STRATA_STATE_REDIS_URL: stateRedisUrl,
      STRATA_SEALING_KEY: Buffer.alloc(32, 1).toString('base64'),
      STRATA_SCORER_GROUP_ID: groupId,
      STRATA_LOG_LEVEL: 'warn',
      ...place.settings,
    },
    recordsDone: async () => {
      const holders = await Promise.all(partitions.map((partition) => store.holder(partition)));
      return holders.reduce((sum, { next }, at) => {
        const start = startsAt[at] ?? 0;
        return sum + Math.max(0, Math.min(next, ends[at] ?? 0) - start);
      }, 0);
    },
    isAtRest: async () => {
      const bounds = await reader.bounds(TOPICS.customerLog);
      const rests = bounds.map(({ end }, partition) => isPartitionAtRest(partition, end));
      return (await Promise.all(rests)).every(Boolean);
    },
    moves: () => movesIn(reader, serde),
    close: () => store.close(),
  };
}

async function movesIn(reader: KafkaLogReader, serde: TopicSerde): Promise<MovesByCustomer> {
  const moves: TierMove[] = [];
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const from = { topic: TOPICS.tierChanges, partition, offset: 0 };
    for await (const batch of reader.read(from)) {
      for (const { value } of batch) {
        if (value === null) continue;
        const { customerId, fromTier, toTier, effectiveAt } = tierChangeFromWire(
          serde.decode(value),
        );
        moves.push({ customerId, fromTier, toTier, effectiveAt });
      }
    }
  }
  return byCustomer(moves);
}

/** Takes everything from the store of a benchmark. */
export async function emptied(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushall();
  await redis.quit();
}

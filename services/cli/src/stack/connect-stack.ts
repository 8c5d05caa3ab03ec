import { type Identity, identity } from '@strata/contracts';
import type { TimeMode } from '@strata/domain';
import { BullDeliveryQueue } from '@strata/jobs';
import { KafkaLogReader, KafkaLogWriter } from '@strata/kafka';
import type { StackAddresses } from '@strata/local-stack';
import { RedisStateStore } from '@strata/redis';
import { ConfluentSchemaRegistry } from '@strata/schema-registry';
import { keyedMarker, parseSealingKey, seal, systemClock } from '@strata/service-runtime';
import type { StackHandle, StackKind } from './stack-handle.ts';
import { openStackSerdes } from './stack-serdes.ts';
import { retentionOf } from './topic-retention.ts';

export interface ConnectOptions {
  readonly kind: StackKind;
  readonly time: TimeMode;
  readonly partitions: number;
  readonly addresses: StackAddresses;
  readonly sealingKey: string;
  readonly identity?: Identity;
}

/** Opens the real parts of a stack for a command. The schemas have to be registered. */
export async function connectStack(options: ConnectOptions): Promise<StackHandle> {
  const { kind, time, partitions, addresses } = options;
  const settings = { brokers: addresses.brokers, clientId: 'strata-cli' };
  const key = parseSealingKey(options.sealingKey);
  const source = new ConfluentSchemaRegistry({ url: addresses.registryUrl });
  const serdes = await openStackSerdes(source, systemClock);
  const store = await RedisStateStore.connect({ url: addresses.stateRedisUrl });
  const reader = new KafkaLogReader(settings);
  const writer = new KafkaLogWriter(settings);
  return {
    kind,
    time,
    partitions,
    identity: options.identity ?? identity(),
    reader,
    writer,
    store,
    serdes,
    seal: (bytes) => seal(key, bytes),
    markerOf: keyedMarker(key),
    retention: (topics) => retentionOf(settings, topics),
    lookAtDeliveries: async (look) => {
      const queue = await BullDeliveryQueue.connect({ url: addresses.queueRedisUrl });
      try {
        return await look(queue);
      } finally {
        await queue.close();
      }
    },
    close: async () => {
      await Promise.all([reader.close(), writer.close(), store.close()]);
    },
  };
}

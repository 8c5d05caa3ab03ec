import { type Identity, identity } from '@strata/contracts';
import type { TimeMode } from '@strata/domain';
import { BullDeliveryQueue } from '@strata/jobs';
import { KafkaLogReader, KafkaLogWriter } from '@strata/kafka';
import type { StackAddresses } from '@strata/local-stack';
import { RedisStateStore } from '@strata/redis';
import { ConfluentSchemaRegistry } from '@strata/schema-registry';
import {
  type Environment,
  keyedMarker,
  parseSealingKey,
  seal,
  systemClock,
  unseal,
} from '@strata/service-runtime';
import { gateSettingsIn, openGate } from './open-gate.ts';
import type { StackHandle, StackKind } from './stack-handle.ts';
import { openStackSerdes } from './stack-serdes.ts';
import { retentionOf } from './topic-retention.ts';

export interface ConnectOptions {
  readonly kind: StackKind;
  readonly time: TimeMode;
  readonly partitions: number;
  readonly addresses: StackAddresses;
  readonly sealingKey: string;
  /** Says how the gate of the intake is set, where it is asked. */
  readonly env?: Environment;
  readonly identity?: Identity;
}

/** Opens the real parts of a stack for a command. The schemas have to be registered. */
export async function connectStack(options: ConnectOptions): Promise<StackHandle> {
  const { kind, partitions, addresses } = options;
  let { time } = options;
  const settings = { brokers: addresses.brokers, clientId: 'strata-cli' };
  const key = parseSealingKey(options.sealingKey);
  const source = new ConfluentSchemaRegistry({ url: addresses.registryUrl });
  const serdes = await openStackSerdes(source, systemClock);
  const store = await RedisStateStore.connect({ url: addresses.stateRedisUrl });
  const reader = new KafkaLogReader(settings);
  const writer = new KafkaLogWriter(settings);
  const markerOf = keyedMarker(key);
  const { identity: own = identity() } = options;
  const gateSettings = () => ({
    ...gateSettingsIn(options.env ?? {}, {
      STRATA_KAFKA_BROKERS: addresses.brokers.join(','),
      STRATA_REGISTRY_URL: addresses.registryUrl,
      STRATA_SEALING_KEY: options.sealingKey,
      STRATA_TIME_MODE: time,
    }),
    identity: own,
  });
  return {
    kind,
    get time() {
      return time;
    },
    partitions,
    identity: own,
    reader,
    writer,
    store,
    serdes,
    // As the notifier of every stack that `up` starts is told.
    arePrivateAddressesAllowed: true,
    seal: (bytes) => seal(key, bytes),
    unseal: (sealed) => unseal(key, sealed),
    tryGate: openGate({ serdes, markerOf, partitions }, gateSettings),
    markerOf,
    retention: (topics) => retentionOf(settings, topics),
    askServices: async () => [],
    lookAtDeliveries: async (look) => {
      const queue = await BullDeliveryQueue.connect({ url: addresses.queueRedisUrl });
      try {
        return await look(queue);
      } finally {
        await queue.close();
      }
    },
    toWallTime: () => {
      time = 'wall';
    },
    close: async () => {
      await Promise.all([reader.close(), writer.close(), store.close()]);
    },
  };
}

import type { BackendName } from '@strata/local-stack';
import { Redis } from 'ioredis';
import { bringBack, killBackend, rewindRedis } from '../stack/harm.ts';
import { until } from '../stack/until.ts';
import { type GameFault, NOTICED_WITHIN_SECONDS } from './game-fault.ts';
import type { GameStage } from './game-stage.ts';

const LOST_RECORDS = 100;
const RESET_AGAIN_SECONDS = 300;
const QUEUE_REMEMBERS_SECONDS = 600;
const NOT_READY_WITHIN_SECONDS = 400;

function gone(name: BackendName, alarm: string): Pick<GameFault, 'alarms' | 'strike' | 'mend'> {
  return {
    alarms: { [alarm]: NOTICED_WITHIN_SECONDS },
    strike: ({ stack }) => killBackend(stack.backends, name),
    mend: ({ stack }) => bringBack(stack.backends, name),
  };
}

async function folded({ stack }: GameStage): Promise<number> {
  return (await stack.nexts()).reduce((sum, next) => sum + next, 0);
}

/** What an operator asks of the Redis of the state. */
async function askRedis(stage: GameStage, ...command: readonly [string, ...string[]]) {
  const redis = new Redis(stage.stack.backends.stateRedisUrl);
  try {
    return await redis.call(...command);
  } finally {
    redis.disconnect();
  }
}

export const BROKER_DOWN: GameFault = {
  name: 'broker-down',
  harm: 'The only broker is killed',
  ...gone('kafka', 'StrataKafkaUnreachable'),
  remedy: 'It is started again over its data; no service is touched',
};

export const REDIS_DOWN: GameFault = {
  name: 'redis-down',
  harm: 'The Redis of the state is killed',
  ...gone('redis-state', 'StrataRedisUnreachable'),
  remedy: 'It is started again with the same append-only file; no service is touched',
};

export const QUEUE_REDIS_DOWN: GameFault = {
  name: 'queue-redis-down',
  harm: 'The Redis of the delivery queue is killed',
  ...gone('redis-queue', 'StrataRedisUnreachable'),
  remedy: 'It is started again with the same append-only file; no service is touched',
};

export const REGISTRY_DOWN: GameFault = {
  name: 'registry-down',
  harm: 'The schema registry is killed, and is away for more than five minutes',
  ...gone('registry', 'StrataRegistryUnreachable'),
  alarms: {
    StrataRegistryUnreachable: NOTICED_WITHIN_SECONDS,
    StrataServiceNotReady: NOT_READY_WITHIN_SECONDS,
  },
  remedy: 'It is started again with its data; no service is touched',
};

export const DISK_FULL: GameFault = {
  name: 'disk-full',
  harm: 'The Redis of the state lies on a tmpfs of 256 MB, which a file fills to its last page',
  alarms: { StrataRedisRefusesWrites: NOTICED_WITHIN_SECONDS },
  remedy: 'Room is made on the disk; nothing is started again',
  hindrance: ({ disk }) => (disk === null ? 'this machine lets nobody mount a tmpfs' : null),
  strike: async ({ disk }) => disk?.fill(),
  mend: async ({ disk }) => disk?.makeRoom(),
};

export const MEMORY_FULL: GameFault = {
  name: 'memory-full',
  harm: 'The Redis of the state is given a maxmemory that it has passed',
  alarms: { StrataRedisRefusesWrites: NOTICED_WITHIN_SECONDS },
  remedy: '`config set maxmemory` gives it room again',
  strike: async (stage) => void (await askRedis(stage, 'CONFIG', 'SET', 'maxmemory', '1mb')),
  mend: async (stage) => void (await askRedis(stage, 'CONFIG', 'SET', 'maxmemory', '0')),
};

export const REDIS_REWOUND: GameFault = {
  name: 'redis-rewound',
  harm: 'The Redis of the state comes back with an append-only file of some seconds before',
  alarms: { StrataStateRebuilding: NOTICED_WITHIN_SECONDS },
  remembersSeconds: RESET_AGAIN_SECONDS,
  remedy: 'Nobody does anything: it is folded again from the log',
  strike: (stage) =>
    rewindRedis(stage.stack.backends, 'redis-state', async () => {
      const before = await folded(stage);
      await until('more is folded', async () => (await folded(stage)) > before + LOST_RECORDS);
    }),
  mend: async () => undefined,
};

export const QUEUE_REWOUND: GameFault = {
  name: 'queue-rewound',
  harm: 'The Redis of the delivery queue comes back with an append-only file of some seconds before',
  alarms: { StrataQueueWentBack: NOTICED_WITHIN_SECONDS },
  remembersSeconds: QUEUE_REMEMBERS_SECONDS,
  remedy: 'Nobody does anything: jobs are added again from the topic',
  strike: ({ stack, endpoint }) =>
    rewindRedis(stack.backends, 'redis-queue', async () => {
      const before = endpoint.taken;
      await until('more is delivered', () => endpoint.taken > before + LOST_RECORDS);
    }),
  mend: async () => undefined,
};

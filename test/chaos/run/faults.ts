import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '@strata/cli';
import { TOPICS } from '@strata/contracts';
import type { BackendName } from '@strata/local-stack';
import { Redis } from 'ioredis';
import type { LossyProxy } from '../../integration/lossy-proxy.ts';
import type { ChaosStack } from '../stack/chaos-stack.ts';
import { bringBack, cutAppendOnlyFile, killBackend, rewindRedis } from '../stack/harm.ts';
import { type KafkaProxy, PRODUCE } from '../stack/kafka-proxy.ts';
import { SERVICES, type ServiceName } from '../stack/service-process.ts';
import { insist } from '../stack/until.ts';
import type { Cast } from './cast.ts';

/** What a fault is done to. */
export interface Victims {
  readonly stack: ChaosStack;
  readonly cast: Cast;
  readonly kafka: KafkaProxy;
  readonly stateRedis: LossyProxy;
  readonly random: SeededRandom;
  readonly sessionTimeoutMs: number;
}

/** One way to do harm. It ends when the harm is done and what it took away is back, not when the services are well again. */
export interface Fault {
  readonly name: string;
  readonly run: (victims: Victims) => Promise<void>;
}

const CUT_BYTES_MAX = 200_000;
const AWAY_MS_MAX = 1_500;
const LOSING_MS = 3_000;
const LOST_REPLY_MS_MAX = 10_000;

function killService(service: ServiceName): Fault {
  return {
    name: `kill ${service}`,
    run: async ({ cast, random }) => {
      const running = await insist(`a ${service} runs`, async () => {
        const found = cast.of(service);
        if (found.length === 0) throw new Error(`no ${service} runs`);
        return found;
      });
      const victim = random.pick(running);
      if (service === 'scorer') await cast.note(victim);
      await victim.kill();
    },
  };
}

function freezeService(service: ServiceName): Fault {
  return {
    name: `freeze ${service}`,
    run: async ({ cast, random, sessionTimeoutMs }) => {
      const running = cast.of(service);
      if (running.length === 0) return killService(service).run({ cast, random } as Victims);
      const victim = random.pick(running);
      victim.freeze();
      // As long as the fault is: others have to think it dead.
      await delay(sessionTimeoutMs * random.between(1.2, 2));
      victim.wake();
    },
  };
}

function killBackendAndRestart(name: BackendName): Fault {
  return {
    name: `kill ${name}`,
    run: async ({ stack, random }) => {
      await killBackend(stack.backends, name);
      await delay(random.between(0, AWAY_MS_MAX));
      await bringBack(stack.backends, name);
    },
  };
}

function flush(name: 'redis-state' | 'redis-queue'): Fault {
  return {
    name: `flush ${name}`,
    run: async ({ stack }) => {
      const { stateRedisUrl, queueRedisUrl } = stack.backends;
      const redis = new Redis(name === 'redis-state' ? stateRedisUrl : queueRedisUrl);
      try {
        await redis.flushall();
      } finally {
        redis.disconnect();
      }
    },
  };
}

const CUT_STATE: Fault = {
  name: 'cut the append-only file',
  run: async ({ stack, random }) => {
    await killBackend(stack.backends, 'redis-state');
    const bytes = random.integer(1, CUT_BYTES_MAX);
    await cutAppendOnlyFile(stack.backends, 'redis-state', bytes);
    await bringBack(stack.backends, 'redis-state');
  },
};

const OLDER_STATE: Fault = {
  name: 'restore an older append-only file',
  run: async ({ stack }) => {
    const folded = async (): Promise<number> =>
      (await stack.nexts()).reduce((sum, next) => sum + next, 0);
    // What is lost has to be something.
    await rewindRedis(stack.backends, 'redis-state', async () => {
      const before = await folded();
      await insist('folding goes on', async () => {
        if ((await folded()) <= before) throw new Error('nothing was folded since');
      });
    });
  },
};

const LOSE_REDIS_REPLY: Fault = {
  name: 'lose a reply of Redis',
  run: async ({ stateRedis }) => {
    stateRedis.loseReplies();
    // A stack at rest asks nothing, and then no reply can be lost: the scorers are asked again soon.
    const isLost = stateRedis.breakAfterLostReply();
    await Promise.race([isLost, delay(LOST_REPLY_MS_MAX, null, { ref: false })]);
  },
};

const LOSE_ACKNOWLEDGEMENTS: Fault = {
  name: 'lose acknowledgements of Kafka',
  run: async ({ kafka }) => {
    kafka.loseReplies(({ api, bytes }) => api === PRODUCE && bytes.includes(TOPICS.tierChanges));
    await delay(LOSING_MS);
    kafka.loseReplies(null);
  },
};

export const FAULTS: readonly Fault[] = [
  ...SERVICES.map(killService),
  ...SERVICES.map(freezeService),
  ...(['kafka', 'registry', 'redis-state', 'redis-queue'] as const).map(killBackendAndRestart),
  CUT_STATE,
  OLDER_STATE,
  flush('redis-state'),
  flush('redis-queue'),
  LOSE_REDIS_REPLY,
  LOSE_ACKNOWLEDGEMENTS,
];

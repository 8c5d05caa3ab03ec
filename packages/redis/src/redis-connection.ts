import { type Logger, silentLogger } from '@strata/pipeline';
import { Redis } from 'ioredis';
import { toRedisFault } from './redis-fault.ts';

export interface RedisConnectionSettings {
  /** `redis://` or `rediss://`, with user and password where Redis asks for them. */
  readonly url: string;
  /** How long one command may take before its outcome counts as unknown. */
  readonly commandTimeoutMs?: number;
  readonly logger?: Logger;
}

/**
 * Opens the one connection of a state store and warns of settings that would lose or evict state.
 *
 * ioredis goes on resending what was in flight when a connection broke: without it 6.0.0 leaves such promises pending
 * for ever. So whatever goes over this connection must bear being executed twice. The few retries and the command
 * timeout hand the question "did it happen?" to the caller soon, who can read the answer.
 */
export async function openRedis(settings: RedisConnectionSettings): Promise<Redis> {
  const logger = settings.logger ?? silentLogger;
  const redis = new Redis(settings.url, {
    lazyConnect: true,
    maxRetriesPerRequest: 2,
    commandTimeout: settings.commandTimeoutMs ?? 5_000,
    connectTimeout: 5_000,
    enableAutoPipelining: false,
  });
  // What connect() itself throws is only "Connection is closed"; why comes by this event.
  let why: Error | null = null;
  redis.on('error', (error: Error) => {
    why = error;
    logger.warn({ reason: error.message }, 'The connection to Redis is in trouble');
  });
  try {
    await redis.connect();
    warnOfUnsafeServer(await redis.info(), logger);
  } catch (error) {
    redis.disconnect();
    throw toRedisFault(why ?? error, 'connecting');
  }
  return redis;
}

/** Reads INFO and not CONFIG, which managed services refuse. */
function warnOfUnsafeServer(info: string, logger: Logger): void {
  const facts = new Map(
    info.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    }),
  );
  const policy = facts.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction') {
    logger.warn(
      { setting: 'maxmemory-policy', value: policy },
      'Redis may evict customer state: set maxmemory-policy noeviction',
    );
  }
  if (facts.get('aof_enabled') !== '1') {
    logger.warn(
      { setting: 'appendonly', value: 'no' },
      'Redis loses its state at a restart, which then is rebuilt from the log: set appendonly yes',
    );
  }
}

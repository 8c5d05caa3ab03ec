import { type Logger, StrataError } from '@strata/pipeline';
import { type ChainableCommander, Redis } from 'ioredis';

/** Asked by the notifier while it reads its topic: fails within seconds, so that the reader backs off and comes again. */
export async function openQueueConnection(url: string, logger: Logger): Promise<Redis> {
  const patience = { maxRetriesPerRequest: 2, commandTimeout: 5_000, connectTimeout: 5_000 };
  const redis = watched(new Redis(url, { ...patience, lazyConnect: true }), logger);
  // What connect() itself throws is only "Connection is closed"; why comes by this event.
  let why: Error | null = null;
  redis.on('error', (error: Error) => {
    why = error;
  });
  await during('connecting', async () => {
    try {
      await redis.connect();
    } catch (error) {
      redis.disconnect();
      throw why ?? error;
    }
  });
  return redis;
}

/** A worker waits for jobs through any outage, hence without a limit of retries. */
export function openWorkerConnection(url: string, logger: Logger): Redis {
  return watched(new Redis(url, { maxRetriesPerRequest: null, connectTimeout: 5_000 }), logger);
}

function watched(redis: Redis, logger: Logger): Redis {
  redis.on('error', (error: Error) => {
    logger.warn({ reason: error.message }, 'The connection to the queue’s Redis is in trouble');
  });
  return redis;
}

export async function closeConnection(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => undefined);
  redis.disconnect();
}

/** Names the operating fault. Everything asked of the queue may be asked again: ids and positions make it harmless. */
export async function during<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StrataError(
      'STRATA_JOBS_REDIS',
      `The delivery queue failed while ${doing} (${reason}). Check its Redis and try again.`,
      { isRetryable: true, cause: error, details: replyOf(error) },
    );
  }
}

/** Replies that say what is wrong with the server, not with what was asked; a closed set, so that failures are counted by it. */
const TELLING_REPLIES = new Set(['LOADING', 'MISCONF', 'OOM', 'READONLY']);

function replyOf(error: unknown): { reply?: string } {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return {};
  const word = error.message.split(' ', 1)[0] ?? '';
  return { reply: TELLING_REPLIES.has(word) ? word : 'ERR' };
}

/** The replies of a pipeline, which by itself rejects for none of its commands. */
export async function repliesOf(pipeline: ChainableCommander): Promise<unknown[]> {
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply;
  });
}

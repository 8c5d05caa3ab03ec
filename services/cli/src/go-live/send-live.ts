import { clockControlToJson, goLiveControlToJson, TOPICS } from '@strata/contracts';
import type { Instant } from '@strata/domain';
import { tpKey } from '@strata/pipeline';
import { viewPartitions } from '@strata/shard-state';
import type { StackHandle } from '../stack/stack-handle.ts';
import { endsOf, waitUntilIngested } from '../stack/wait-until-settled.ts';
import { LOOK_AT_STATUS, until } from '../until.ts';
import { type Asked, liveStandOf } from './live-stand.ts';

const encoder = new TextEncoder();

/**
 * What time it is at the broker, whose clock everybody's will be. It stamps a clock mark that moves nothing: the last one
 * once more, or in a stack without any the beginning of time.
 */
export async function brokerNow(
  { reader, writer }: Pick<StackHandle, 'reader' | 'writer'>,
  lastMark: Instant | null,
): Promise<Instant> {
  await writer.send([control(0, clockControlToJson({ kind: 'clock', at: lastMark ?? 0 }))]);
  const place = { topic: TOPICS.events, partition: 0 };
  const last = (await reader.tails([place])).get(tpKey(place));
  if (last === null || last === undefined) throw new TypeError('what was just sent is the tail');
  return last.appendedAt;
}

/**
 * One record to each partition, behind everything that lies there: partition by partition, so that a command that dies in
 * between has left whole ones. Sent once more they change nothing.
 */
export async function sendLive(
  { writer, partitions }: Pick<StackHandle, 'writer' | 'partitions'>,
  asked: Asked,
  signal: AbortSignal,
): Promise<void> {
  const json = goLiveControlToJson({ kind: 'went-live', ...asked });
  for (let partition = 0; partition < partitions; partition += 1) {
    signal.throwIfAborted();
    await writer.send([control(partition, json)]);
  }
}

function control(partition: number, json: Record<string, unknown>) {
  return {
    topic: TOPICS.events,
    partition,
    key: null,
    value: encoder.encode(JSON.stringify(json)),
    headers: { 'content-type': encoder.encode('application/json') },
  };
}

/** Waits until every partition is live and nobody is left who was due up to its instant; life goes on meanwhile. */
export async function waitUntilLive(
  stack: Pick<StackHandle, 'reader' | 'store' | 'partitions'>,
  { at }: Asked,
  signal: AbortSignal,
): Promise<void> {
  await waitUntilIngested(stack, await endsOf(stack, TOPICS.events), signal);
  await until(
    async () => {
      const views = await viewPartitions(stack.store, stack.partitions);
      const isLive = liveStandOf(views).kind === 'live';
      const isDue = views.some(({ earliestDue }) => earliestDue !== null && earliestDue <= at);
      const unpublished = views.reduce((sum, { outboxDepth }) => sum + outboxDepth, 0);
      const folded = views.reduce((sum, { next }) => sum + next, 0);
      return { isDone: isLive && !isDue && unpublished === 0, progress: folded - unpublished };
    },
    {
      signal,
      what: {
        en: 'the scorer to settle everybody who was due',
        zh: '评分服务结算全部到期客户',
      },
      remedy: LOOK_AT_STATUS,
    },
  );
}

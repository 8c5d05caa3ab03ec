import { TOPICS } from '@strata/contracts';
import { tpKey } from '@strata/pipeline';
import { viewPartitions } from '@strata/shard-state';
import { LOOK_AT_STATUS, until } from '../until.ts';
import type { StackHandle } from './stack-handle.ts';

/** The consumer group of the ingestor, whose position is the broker's. */
export const INGESTOR_GROUP = 'strata-ingestor';

export interface SettledOptions {
  /** End of each intake partition that has to be read, by `tpKey`. */
  readonly intakeEnds: ReadonlyMap<string, number>;
  /** Everybody due at or before this instant has to be settled; null in wall time. */
  readonly upToMs: number | null;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until the intake is read, every record of the customer log is folded, nobody is left who was due, and every
 * output is published: the state an import has to leave behind.
 */
export async function waitUntilSettled(
  stack: Pick<StackHandle, 'reader' | 'store' | 'partitions'>,
  options: SettledOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  await waitUntilIngested(stack, options.intakeEnds, signal);
  await until(
    async () => {
      const views = await viewPartitions(stack.store, stack.partitions);
      // Looked at last: publishing the outbox of one partition may append to another.
      const bounds = await stack.reader.bounds(TOPICS.customerLog);
      const total = bounds.reduce((sum, { end }) => sum + end, 0);
      const folded = views.reduce((sum, view) => sum + view.next, 0);
      const unpublished = views.reduce((sum, view) => sum + view.outboxDepth, 0);
      const { upToMs } = options;
      const due = views.filter(
        ({ earliestDue }) => upToMs !== null && earliestDue !== null && earliestDue <= upToMs,
      ).length;
      onProgress?.(folded, total);
      return {
        isDone: folded >= total && unpublished === 0 && due === 0,
        progress: folded - unpublished,
      };
    },
    {
      signal,
      what: { en: 'the scorer to fold and publish everything', zh: '评分服务处理并发布全部记录' },
      remedy: LOOK_AT_STATUS,
    },
  );
}

export async function waitUntilIngested(
  stack: Pick<StackHandle, 'reader'>,
  intakeEnds: ReadonlyMap<string, number>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await until(
    async () => {
      const missing = await intakeMissing(stack, intakeEnds);
      return { isDone: missing === 0, progress: -missing };
    },
    {
      signal,
      what: { en: 'the ingestor to read what was published', zh: '接入服务读取已发布的内容' },
      remedy: LOOK_AT_STATUS,
    },
  );
}

async function intakeMissing(
  { reader }: Pick<StackHandle, 'reader'>,
  ends: ReadonlyMap<string, number>,
): Promise<number> {
  if (ends.size === 0) return 0;
  const topics = new Set([...ends.keys()].map((key) => key.slice(0, key.lastIndexOf(':'))));
  const committed = await reader.committed(INGESTOR_GROUP, [...topics]);
  let missing = 0;
  for (const [key, end] of ends) missing += Math.max(0, end - (committed.get(key) ?? 0));
  return missing;
}

/** Where the partitions of a topic end now, by `tpKey`. */
export async function endsOf(
  { reader }: Pick<StackHandle, 'reader'>,
  topic: string,
): Promise<ReadonlyMap<string, number>> {
  const bounds = await reader.bounds(topic);
  return new Map(
    bounds.flatMap(({ end }, partition) =>
      end === 0 ? [] : [[tpKey({ topic, partition }), end] as const],
    ),
  );
}

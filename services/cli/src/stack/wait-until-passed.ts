import { TOPICS } from '@strata/contracts';
import { viewPartition } from '@strata/shard-state';
import { LOOK_AT_STATUS, until } from '../until.ts';
import type { StackHandle } from './stack-handle.ts';
import { waitUntilIngested } from './wait-until-settled.ts';

type PassedStack = Pick<StackHandle, 'reader' | 'store' | 'partitions'>;

/** How far one partition has to come. */
interface Goal {
  readonly partition: number;
  readonly offset: number;
  /** Of the last output that was given by then; null until then. */
  position: number | null;
  isDone: boolean;
}

/**
 * Waits until what lies in the intake and the log now is folded and what came of it published, whatever comes in
 * meanwhile: on a stack under load there is no instant at which nothing is left to do.
 */
export async function waitUntilPassed(
  stack: PassedStack,
  { intakeEnds, signal }: { readonly intakeEnds: ReadonlyMap<string, number>; signal: AbortSignal },
): Promise<void> {
  await waitUntilIngested(stack, intakeEnds, signal);
  const bounds = await stack.reader.bounds(TOPICS.customerLog);
  const goals = bounds.map(({ end }, partition): Goal => {
    return { partition, offset: end, position: null, isDone: false };
  });
  await until(
    async () => {
      await Promise.all(goals.map((goal) => look(stack, goal)));
      const done = goals.filter(({ isDone }) => isDone).length;
      const folded = goals.filter(({ position }) => position !== null).length;
      return { isDone: done === goals.length, progress: done + folded };
    },
    {
      signal,
      what: {
        en: 'the scorer to fold and publish what was sent',
        zh: '评分服务处理并发布已投递的记录',
      },
      remedy: LOOK_AT_STATUS,
    },
  );
}

async function look({ store }: PassedStack, goal: Goal): Promise<void> {
  if (goal.isDone) return;
  const { partition } = goal;
  if (goal.position === null) {
    const { next, ledger } = await viewPartition(store, partition);
    if (next < goal.offset) return;
    goal.position = ledger?.position ?? 0;
  }
  const [first] = await store.outbox({ partition, afterPosition: 0, limit: 1 });
  goal.isDone = first === undefined || first.position > goal.position;
}

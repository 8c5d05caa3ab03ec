import type { TierChangeEvent } from '@strata/contracts';
import type { Instant } from '@strata/domain';
import { viewPartitions } from '@strata/shard-state';
import { publishEvents } from '../import/publish-events.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { until } from '../until.ts';
import { type DemoMonth, demoMonths } from './demo-calendar.ts';
import { ChangeFollower } from './follow-changes.ts';
import type { DemoData } from './generate-events.ts';

export interface PlayedMonth {
  readonly month: DemoMonth;
  /** Events that arrived in it, repeats too. */
  readonly events: number;
  readonly changes: readonly TierChangeEvent[];
}

export interface PlayOptions {
  readonly data: DemoData;
  readonly onMonth: (month: PlayedMonth) => void;
  readonly signal: AbortSignal;
}

/**
 * Sends the events through the intake, month by month: the next month begins when everybody of this one is graded,
 * so that whoever watches sees tiers move.
 */
export async function playMonths(stack: StackHandle, options: PlayOptions): Promise<void> {
  const { data, onMonth, signal } = options;
  const follower = new ChangeFollower(stack);
  for (const month of demoMonths()) {
    const events = data.arrivals
      .filter(({ arrivesAt }) => arrivesAt >= month.start && arrivesAt < month.end)
      .map(({ event }) => event);
    await publishEvents(stack, { events, endMark: month.end, onSent: () => {}, signal });
    await untilClockIs(stack, month.end, signal);
    onMonth({ month, events: events.length, changes: await follower.take() });
  }
}

/**
 * The mark lies behind the month's events in every partition: once every partition's clock is there, nobody is due
 * and nothing waits to be published, the month is over.
 */
async function untilClockIs(stack: StackHandle, at: Instant, signal: AbortSignal): Promise<void> {
  await until(
    async () => {
      const views = await viewPartitions(stack.store, stack.partitions);
      const isDone = views.every(
        ({ state, earliestDue, outboxDepth }) =>
          state.clock >= at && (earliestDue === null || earliestDue > at) && outboxDepth === 0,
      );
      const progress = views.reduce((sum, view) => sum + view.next - view.outboxDepth, 0);
      return { isDone, progress };
    },
    {
      signal,
      what: { en: 'the scorer to grade everybody of the month', zh: '评分服务完成当月定级' },
      remedy: {
        en: 'Look at the logs of the services in the data folder of the demo.',
        zh: '请查看演示数据目录中各服务的日志。',
      },
    },
  );
}

import { viewPartitions } from '@strata/shard-state';
import type { CommandContext } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { Progress } from '../progress.ts';
import { LOOK_AT_STATUS, until } from '../until.ts';
import type { StackHandle } from './stack-handle.ts';

const texts = catalogue({
  en: { sweeping: 'Moving everybody over', customers: 'customers' },
  zh: { sweeping: '正在逐一重新定级', customers: '位客户' },
});

/** Waits until everybody of every partition has passed a publication, also who has no event of its own. */
export async function untilSwept(
  context: CommandContext,
  { store, partitions }: Pick<StackHandle, 'store' | 'partitions'>,
  number: number,
): Promise<void> {
  const words = texts(context.language);
  let share = 0;
  let told = 0;
  const progress = new Progress({
    context,
    label: words.sweeping,
    unit: words.customers,
    share: () => share,
  });
  await until(
    async () => {
      const views = await viewPartitions(store, partitions);
      const reached = views.filter(({ state: { swept } }) => swept.through >= number);
      const done = reached.filter(({ state: { swept } }) => swept.isDone).length;
      const named = reached.reduce((sum, { state: { swept } }) => sum + swept.customers, 0);
      const total = views.reduce((sum, { customerCount }) => sum + customerCount, 0);
      share = named / Math.max(1, total);
      progress.advance(Math.max(0, named - told));
      told = Math.max(told, named);
      return { isDone: done === partitions, progress: named + done };
    },
    {
      signal: context.signal,
      what: { en: 'everybody to be graded anew', zh: '所有客户重新定级' },
      remedy: LOOK_AT_STATUS,
    },
  );
  progress.end();
}

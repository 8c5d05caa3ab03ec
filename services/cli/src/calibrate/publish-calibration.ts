import {
  type CalibrationInput,
  calibrationKey,
  calibrationPublicationToWire,
  TOPICS,
} from '@strata/contracts';
import type { AnnounceFrom, Calibration } from '@strata/domain';
import { viewPartitions } from '@strata/shard-state';
import type { CommandContext } from '../command.ts';
import { Progress } from '../progress.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { LOOK_AT_STATUS, until } from '../until.ts';
import { calibrateTexts } from './texts.ts';

export interface CalibrationPublisher {
  readonly inputs: readonly CalibrationInput[];
  readonly announceFrom: AnnounceFrom;
  readonly by: string;
  readonly reason: string | null;
  readonly nowMs: number;
}

type PublishingStack = Pick<StackHandle, 'reader' | 'writer' | 'serdes' | 'store' | 'partitions'>;

/** Publishes a calibration, and answers the number that the topic gave it. */
export async function publishCalibration(
  stack: PublishingStack,
  calibration: Calibration,
  publisher: CalibrationPublisher,
): Promise<number> {
  const { inputs, announceFrom, by: publishedBy, reason, nowMs: publishedAt } = publisher;
  const publication = { calibration, inputs, announceFrom, publishedAt, publishedBy, reason };
  await stack.writer.send([
    {
      topic: TOPICS.policies,
      partition: 0,
      key: new TextEncoder().encode(calibrationKey(publication)),
      value: stack.serdes.policies.encode(calibrationPublicationToWire(publication)),
      headers: {},
    },
  ]);
  const book = await readPolicyBook(stack);
  const own = book.calibrations.find((it) => it.calibration.id === calibration.id);
  if (own === undefined)
    throw new TypeError('a calibration that was published is not in its topic');
  return own.number;
}

/** Waits until every partition grades by it and everybody has passed it, behind live traffic. */
export async function untilSwept(
  { store, partitions }: Pick<StackHandle, 'store' | 'partitions'>,
  number: number,
  context: CommandContext,
): Promise<void> {
  const words = calibrateTexts(context.language);
  let share = 0;
  let counted = 0;
  const progress = new Progress({
    context,
    label: words.sweeping,
    unit: words.customers,
    share: () => share,
  });
  await until(
    async () => {
      const views = await viewPartitions(store, partitions);
      const done = views.filter(({ state: { swept } }) => swept.through >= number && swept.isDone);
      const named = views.reduce(
        (sum, { state: { swept } }) => sum + (swept.through >= number ? swept.customers : 0),
        0,
      );
      const total = views.reduce((sum, { customerCount }) => sum + customerCount, 0);
      share = named / Math.max(1, total);
      progress.advance(Math.max(0, named - counted));
      counted = Math.max(counted, named);
      return { isDone: done.length === partitions, progress: done.length + named };
    },
    {
      signal: context.signal,
      what: { en: 'everybody to pass the calibration', zh: '所有客户应用新的校准' },
      remedy: LOOK_AT_STATUS,
    },
  );
  progress.end();
}

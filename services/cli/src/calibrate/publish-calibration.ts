import {
  type CalibrationInput,
  calibrationKey,
  calibrationPublicationToWire,
  TOPICS,
} from '@strata/contracts';
import type { AnnounceFrom, Calibration } from '@strata/domain';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import type { StackHandle } from '../stack/stack-handle.ts';

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

import { setImmediate as breathe } from 'node:timers/promises';
import {
  type Calibration,
  CensusCount,
  type CustomerState,
  type Instant,
  type PolicySet,
  viewAt,
} from '@strata/domain';
import type { CommandContext } from '../command.ts';
import { Progress } from '../progress.ts';
import type { PartitionPicture, StackPicture } from './read-stack.ts';
import { calibrateTexts } from './texts.ts';

/** Often enough for Ctrl-C to be heard at once. */
const BREATHE_EVERY = 1_000;

/** Makes the calibration of a set from everybody in the picture, all at one instant. */
export async function takeCensus(
  picture: StackPicture,
  { set, at }: { readonly set: PolicySet; readonly at: Instant },
  context: CommandContext,
): Promise<Calibration> {
  const words = calibrateTexts(context.language);
  const counting = new CensusCount(set, at);
  await everybody(picture, { context, label: words.counting }, ({ customerId, state, partition }) =>
    counting.count(customerId, settled({ customerId, state, partition }, at)),
  );
  const scoring = counting.close();
  if (scoring.isNeeded) {
    await everybody(
      picture,
      { context, label: words.scoring },
      ({ customerId, state, partition }) =>
        scoring.score(customerId, settled({ customerId, state, partition }, at)),
    );
  }
  return scoring.close();
}

export interface Met {
  readonly customerId: string;
  readonly state: CustomerState;
  readonly partition: PartitionPicture;
}

/** As the next record would find it: of what time brings, only a correction of rates changes what a census looks at. */
function settled({ customerId, state, partition }: Met, at: Instant): CustomerState {
  const { state: held } = partition;
  return held.rates.corrections.length === 0
    ? state
    : viewAt({ partition: held, customerId, state, at }).state;
}

/** One round over everybody, with progress. */
export async function everybody(
  { partitions, customers }: StackPicture,
  { context, label }: { readonly context: CommandContext; readonly label: string },
  meet: (met: Met) => void,
): Promise<void> {
  const { signal } = context;
  let met = 0;
  const progress = new Progress({
    context,
    label,
    unit: calibrateTexts(context.language).customers,
    share: () => met / Math.max(1, customers),
  });
  for (const partition of partitions) {
    for (const [customerId, state] of partition.spooled.customers()) {
      meet({ customerId, state, partition });
      met += 1;
      progress.advance(1);
      if (met % BREATHE_EVERY === 0) {
        await breathe();
        signal.throwIfAborted();
      }
    }
  }
  progress.end();
}

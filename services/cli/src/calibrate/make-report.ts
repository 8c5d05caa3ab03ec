import type { PolicyBook } from '@strata/contracts';
import { activeSet, compareCalibrations, type PolicySet } from '@strata/domain';
import { CliFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { countMoved } from './count-moved.ts';
import { readStack, type StackPicture } from './read-stack.ts';
import type { CalibrationReport } from './report.ts';
import { takeCensus } from './take-census.ts';
import { calibrateTexts } from './texts.ts';

/** Reads the stack, takes the census of a set and holds it against the set's last calibration. Publishes nothing. */
export async function makeReport(
  stack: StackHandle,
  { set, book }: { readonly set: PolicySet; readonly book: PolicyBook },
  context: CommandContext,
): Promise<CalibrationReport> {
  const isInForce = book.inForce?.set.id === set.id;
  const picture = await readStack(stack, context);
  try {
    checkPicture(picture, isInForce ? set : null, context);
    const { at } = picture;
    const calibration = await takeCensus(picture, { set, at }, context);
    const former = book.calibrationOf(set.id)?.calibration ?? null;
    const by = { set, calibration, at };
    return {
      set,
      calibration,
      isFirst: former === null,
      inputs: picture.partitions.map(({ next: offset, spooled }, partition) => {
        return { partition, offset, customers: spooled.size };
      }),
      comparison: compareCalibrations(set, former, calibration),
      moved: isInForce ? await countMoved(picture, by, context) : null,
    };
  } finally {
    picture.close();
  }
}

function checkPicture(
  { customers, partitions }: StackPicture,
  inForce: PolicySet | null,
  { language }: CommandContext,
): void {
  const words = calibrateTexts(language);
  if (customers === 0) throw new CliFault('STRATA_CLI_TOO_FEW', words.nothingYet);
  if (inForce === null) return;
  if (partitions.some(({ state }) => activeSet(state)?.id !== inForce.id)) {
    throw new CliFault('STRATA_CLI_NOT_STILL', words.unsettled);
  }
}

import type { PolicyBook } from '@strata/contracts';
import { baseCurrencyOf, needsCalibration, type PolicySet } from '@strata/domain';
import { CliFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { inCurrency, readPolicy } from '../policy-choice.ts';
import { policyNames } from '../policy-names.ts';
import { calibrateTexts } from './texts.ts';

/** Sets are named by 32 hexadecimal digits; whatever else is a file or a preset. */
const SET_ID = /^[0-9a-f]{32}$/;

/** The set that is to be calibrated: the one in force, or the one that was named. */
export async function chooseSet(
  book: PolicyBook,
  named: string | undefined,
  context: CommandContext,
): Promise<PolicySet> {
  const words = calibrateTexts(context.language);
  const set = await setOf(book, named, context);
  if (!needsCalibration(set)) {
    const names = policyNames(set, context.language);
    throw new CliFault('STRATA_CLI_NOTHING_TO_CALIBRATE', words.nothingToCalibrate(names));
  }
  return set;
}

async function setOf(
  book: PolicyBook,
  named: string | undefined,
  { cwd, language }: CommandContext,
): Promise<PolicySet> {
  const words = calibrateTexts(language);
  const inForce = book.inForce?.set ?? null;
  if (named === undefined) {
    if (inForce === null) throw new CliFault('STRATA_CLI_NO_POLICY', words.noSet);
    return inForce;
  }
  if (SET_ID.test(named)) {
    const published = book.policies.find(({ set }) => set.id === named);
    if (published === undefined) {
      throw new CliFault('STRATA_CLI_NO_SUCH_SET', words.noSuchSet(named));
    }
    return published.set;
  }
  const chosen = await readPolicy({ policy: named, cwd, language });
  return inCurrency(chosen, inForce === null ? null : baseCurrencyOf(inForce));
}

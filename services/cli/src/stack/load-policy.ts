import { userInfo } from 'node:os';
import type { PolicyBook } from '@strata/contracts';
import { baseCurrencyOf, needsCalibration, type PolicySet } from '@strata/domain';
import { problemText } from '@strata/yaml-file';
import { BilingualFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { inCurrency, PRESET_DEFAULT, readPolicy } from '../policy-choice.ts';
import { policyNames } from '../policy-names.ts';
import { publishPolicy } from './publish-policy.ts';
import { readPolicyBook } from './read-policy-book.ts';
import type { StackHandle } from './stack-handle.ts';

/**
 * A policy file, or the preset in the currency of the data, that a stack can grade by. Warnings go to stderr.
 * `book`: of the stack; null where there is none yet, and so no calibration either.
 */
export async function loadPolicy(
  context: CommandContext,
  { policy = PRESET_DEFAULT, currency }: WantedPolicy,
  book: PolicyBook | null,
): Promise<PolicySet> {
  const { cwd, language, stderr } = context;
  const chosen = await readPolicy({ policy, cwd, language });
  for (const warning of chosen.warnings) stderr.write(`${problemText(warning, language)}\n`);
  const set = inCurrency(chosen, currency);
  refuseUncalibrated(set, policy, book);
  return set;
}

export interface WantedPolicy {
  readonly policy: string | undefined;
  readonly currency: string | null;
}

/** @throws where the set needs a calibration and has none: then the dimension would say nothing of anybody. */
export function refuseUncalibrated(set: PolicySet, file: string, book: PolicyBook | null): void {
  if (!needsCalibration(set) || (book !== null && book.calibrationOf(set.id) !== null)) return;
  throw new BilingualFault('STRATA_POLICY_NEEDS_CALIBRATION', {
    en:
      `The policy '${file}' grades by quantiles or shares of the population or by customer value, which needs calibration first: ` +
      `once the stack has customers make one with ./strata calibrate --set ${file}, and publish the policy then. Try it with ./strata backtest --calibrate-at DATE.`,
    zh:
      `策略“${file}”按客户总体的分位数、占比或客户价值定级，需要先校准（needs calibration）：` +
      `待栈中有客户后，请先用 ./strata calibrate --set ${file} 校准，再发布该策略。可用 ./strata backtest --calibrate-at DATE 试算。`,
  });
}

/** Publishes for the person at the keyboard, and waits until every partition grades by the set. */
export function publish(
  context: CommandContext,
  stack: StackHandle,
  set: PolicySet,
): Promise<'published' | 'unchanged'> {
  const { signal } = context;
  const by = userInfo().username;
  return publishPolicy(stack, set, { by, reason: null, nowMs: Date.now(), signal });
}

/**
 * The set in force; where there is none yet, the named one, or the preset in the currency of the data, is published.
 * @throws where another set than the named one is in force: what changes for whom is for `policy publish` to show.
 */
export async function ensurePolicy(
  context: CommandContext,
  stack: StackHandle,
  wanted: WantedPolicy,
): Promise<PolicySet> {
  const book = await readPolicyBook(stack);
  const present = book.inForce?.set ?? null;
  if (wanted.policy === undefined && present !== null) {
    await publish(context, stack, present);
    return present;
  }
  const currency = present === null ? wanted.currency : baseCurrencyOf(present);
  const set = await loadPolicy(context, { ...wanted, currency }, book);
  if (present !== null && present.id !== set.id) throw otherInForce(present, wanted.policy);
  await publish(context, stack, set);
  return set;
}

function otherInForce(present: PolicySet, file: string = PRESET_DEFAULT): BilingualFault {
  return new BilingualFault('STRATA_POLICY_IN_FORCE', {
    en:
      `Another policy set is in force (${policyNames(present, 'en')}), and nothing was changed: ` +
      `./strata policy publish ${file} shows what it would change and for whom, and puts it in force.`,
    zh:
      `已有其他策略集生效（${policyNames(present, 'zh')}），未改变任何内容：` +
      `./strata policy publish ${file} 会显示变化与影响，并使其生效。`,
  });
}

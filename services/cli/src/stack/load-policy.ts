import { userInfo } from 'node:os';
import { needsCalibration, type PolicySet } from '@strata/domain';
import { problemText } from '@strata/yaml-file';
import { BilingualFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { inCurrency, PRESET_DEFAULT, readPolicy } from '../policy-choice.ts';
import { publishPolicy } from './publish-policy.ts';
import { publishedSet } from './read-policy-book.ts';
import type { StackHandle } from './stack-handle.ts';

/** A policy file, or the preset in the currency of the data, that a stack can grade by. Warnings go to stderr. */
export async function loadPolicy(
  context: CommandContext,
  policy: string | undefined,
  currency: string | null,
): Promise<PolicySet> {
  const { cwd, language, stderr } = context;
  const chosen = await readPolicy({ policy: policy ?? PRESET_DEFAULT, cwd, language });
  for (const warning of chosen.warnings) stderr.write(`${problemText(warning, language)}\n`);
  if (needsCalibration(chosen.set)) throw needsCalibrationFault(policy ?? PRESET_DEFAULT);
  return inCurrency(chosen, currency);
}

/** A stack cannot make the borders yet, and without them the dimension would say nothing of anybody. */
function needsCalibrationFault(file: string): BilingualFault {
  return new BilingualFault('STRATA_POLICY_NEEDS_CALIBRATION', {
    en:
      `The policy '${file}' grades by quantiles or shares of the population or by customer value, which needs calibration, and this version calibrates only offline: ` +
      'write fixed steps and scores to publish it, or try it with ./strata backtest --calibrate-at DATE.',
    zh:
      `策略“${file}”按客户总体的分位数、占比或客户价值定级，需要先校准（needs calibration），而本版本只能离线校准：` +
      '发布前请改用固定档位 steps 与分数边界，或用 ./strata backtest --calibrate-at DATE 试算。',
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

/** The set in force; where there is none yet, the named one, or the preset in the currency of the data, is published. */
export async function ensurePolicy(
  context: CommandContext,
  stack: StackHandle,
  wanted: { readonly policy: string | undefined; readonly currency: string | null },
): Promise<PolicySet> {
  if (wanted.policy === undefined) {
    const present = await publishedSet(stack);
    if (present !== null) {
      await publish(context, stack, present);
      return present;
    }
  }
  const set = await loadPolicy(context, wanted.policy, wanted.currency);
  await publish(context, stack, set);
  return set;
}

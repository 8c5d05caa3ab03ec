import type { PolicySet } from '@strata/domain';
import type { CommandContext } from '../command.ts';
import { loadDemo } from '../demo/load-demo.ts';
import { policyNames } from '../policy-names.ts';
import { ensurePolicy } from './load-policy.ts';
import { publishedSet } from './read-policy-book.ts';
import type { StackHandle } from './stack-handle.ts';
import { stackTexts } from './stack-texts.ts';

export interface Preparation {
  /** Policy file or preset; undefined leaves it to what is in force, or to the first import. */
  readonly policy: string | undefined;
  readonly hasDemo: boolean;
}

/** What the stack is to have before it is said to be up. */
export async function preparedLines(
  context: CommandContext,
  stack: StackHandle,
  wish: Preparation,
): Promise<readonly string[]> {
  if (!wish.hasDemo) return policyLines(context, stack, wish.policy);
  const loaded = await loadDemo(context, stack, wish.policy);
  const set = await publishedSet(stack);
  return [...(set === null ? [] : [inForce(context, set)]), loaded];
}

/** In data time without a policy of one's own, the first import brings it, in its own currency. */
async function policyLines(
  context: CommandContext,
  stack: StackHandle,
  policy: string | undefined,
): Promise<readonly string[]> {
  if (stack.time === 'data' && policy === undefined) {
    const set = await publishedSet(stack);
    return [set === null ? stackTexts(context.language).policyWaits : inForce(context, set)];
  }
  return [inForce(context, await ensurePolicy(context, stack, { policy, currency: null }))];
}

function inForce({ language }: CommandContext, set: PolicySet): string {
  return stackTexts(language).policyIs(policyNames(set, language), set.id);
}

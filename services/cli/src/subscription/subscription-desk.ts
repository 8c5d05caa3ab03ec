import {
  type ChangeBody,
  type ChangeRequest,
  changeSubscription,
  SubscriptionFault,
  SubscriptionLedger,
  type SubscriptionState,
  type WriterPorts,
} from '@strata/subscriptions';
import { CliFault, UsageFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { subscriptionTexts } from './texts.ts';

/** What the commands about subscriptions have in common. */

export const ID_OPERAND = { name: 'ID', about: { en: 'id of the subscription', zh: '订阅编号' } };

export const JSON_FLAG = {
  json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
} as const;

export const WHO_FLAGS = {
  reason: {
    kind: 'text',
    value: 'TEXT',
    about: { en: 'why; kept in the history', zh: '原因；记入历史' },
  },
  actor: {
    kind: 'text',
    value: 'NAME',
    about: { en: 'who decides; default: the user of the terminal', zh: '由谁决定；默认为终端用户' },
  },
} as const;

export function requestOf(
  { env, language }: CommandContext,
  id: string,
  flags: { readonly reason?: string | undefined; readonly actor?: string | undefined },
): ChangeRequest {
  const actor = flags.actor ?? env['USER'] ?? '';
  if (actor === '') throw new UsageFault(subscriptionTexts(language).noActor);
  return { id, actor, reason: flags.reason ?? null };
}

export function portsOf({ reader, writer, serdes }: StackHandle): WriterPorts {
  return { reader, writer, serde: serdes.subscriptions };
}

export function change(
  context: CommandContext,
  stack: StackHandle,
  {
    request,
    to,
  }: {
    readonly request: ChangeRequest;
    readonly to: (before: SubscriptionState | undefined) => ChangeBody;
  },
): Promise<SubscriptionState> {
  return told(context, () => changeSubscription(portsOf(stack), request, to));
}

export async function readLedger(stack: StackHandle): Promise<SubscriptionLedger> {
  const ledger = new SubscriptionLedger(portsOf(stack));
  await ledger.readOn();
  return ledger;
}

/** A refusal in the language of the user. */
export async function told<T>({ language }: CommandContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SubscriptionFault)) throw error;
    const sentence = subscriptionTexts(language).refusals[error.refusal](error.subscription);
    throw new CliFault('STRATA_CLI_SUBSCRIPTION_REFUSED', sentence, error);
  }
}

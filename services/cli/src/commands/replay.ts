import { askSubscription, type ReplayRequest, sealFor } from '@strata/subscriptions';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { parseDate } from '../dates.ts';
import { withStack } from '../stack/with-stack.ts';
import {
  JSON_FLAG,
  portsOf,
  requestOf,
  told,
  WHO_FLAGS,
} from '../subscription/subscription-desk.ts';
import { subscriptionTexts } from '../subscription/texts.ts';

/** `./strata replay`: asks the notifier to deliver tier changes of the past again. */
export const replayCommand = defineCommand({
  name: 'replay',
  summary: {
    en: 'has tier changes of the past delivered to a subscription again',
    zh: '向订阅重新投递过去的等级变更',
  },
  operands: [{ name: 'SUBSCRIPTION', about: { en: 'id of the subscription', zh: '订阅编号' } }],
  flags: {
    since: {
      kind: 'text',
      value: 'DATE',
      about: { en: 'changes published at or after DATE', zh: 'DATE 及之后发布的变更' },
    },
    until: {
      kind: 'text',
      value: 'DATE',
      about: {
        en: 'changes published before DATE; default: now',
        zh: 'DATE 之前发布的变更；默认到现在',
      },
    },
    customer: {
      kind: 'text',
      value: 'CUSTOMER',
      about: { en: 'only those of one customer', zh: '仅一位客户的变更' },
    },
    'given-up': {
      kind: 'switch',
      about: { en: 'only deliveries that were given up', zh: '仅已放弃的投递' },
    },
    ...WHO_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    'replay crm --since 2026-01-02 --until 2026-01-03 --reason "lost a day" --actor ann',
    'replay crm --customer c1 --actor ann',
    'replay crm --given-up --actor ann',
  ],
  run: (context, { flags, operands }) => {
    const [id = ''] = operands;
    const { language, stdout } = context;
    const request = requestOf(context, id, flags);
    const asked = boundsOf(context, { ...flags, isGivenUp: flags['given-up'] });
    return withStack(context, async (stack) => {
      // The id is sealed: the topic is kept for ever, and holds nothing of a customer in the open.
      const sealedCustomer =
        flags.customer === undefined
          ? null
          : sealFor(stack.seal, id, stack.identity.ofWhole(flags.customer));
      const replay = { ...asked, sealedCustomer };
      const { id: replayId } = await told(context, () =>
        askSubscription(portsOf(stack), request, { kind: 'replay-asked', replay }),
      );
      stdout.write(
        flags.json
          ? `${JSON.stringify({ replay: replayId, subscription: id })}\n`
          : `${subscriptionTexts(language).replayAsked(id)}\n`,
      );
      return EXIT_CODES.success;
    });
  },
});

interface Asked {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly customer?: string | undefined;
  readonly isGivenUp: boolean;
}

function boundsOf(
  { language }: CommandContext,
  { since, until, customer, isGivenUp }: Asked,
): Omit<ReplayRequest, 'sealedCustomer'> {
  const texts = subscriptionTexts(language);
  // Everything that ever happened is asked for by a date, never by leaving something out.
  if (since === undefined && customer === undefined && !isGivenUp) {
    throw new UsageFault(texts.replayNeedsBounds);
  }
  const sinceMs = since === undefined ? null : parseDate('--since', since, language);
  const untilMs = until === undefined ? null : parseDate('--until', until, language);
  if (sinceMs !== null && untilMs !== null && untilMs <= sinceMs) {
    throw new UsageFault(texts.replayOrder);
  }
  return { sinceMs, untilMs, isGivenUp };
}

import { presentOf, subscriptionJson } from '@strata/subscriptions';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { withStack } from '../stack/with-stack.ts';
import { ID_OPERAND, JSON_FLAG, readLedger, told } from '../subscription/subscription-desk.ts';
import { showText } from '../subscription/subscription-text.ts';

export const subscriptionShowCommand = defineCommand({
  name: 'subscription show',
  summary: { en: 'one subscription, without its secret', zh: '查看一个订阅（不含密钥）' },
  operands: [ID_OPERAND],
  flags: JSON_FLAG,
  examples: ['subscription show crm'],
  run: (context, { flags, operands }) =>
    withStack(context, async (stack) => {
      const [id = ''] = operands;
      const state = await told(context, async () =>
        presentOf((await readLedger(stack)).state(id), id),
      );
      context.stdout.write(
        flags.json ? `${JSON.stringify(subscriptionJson(state), null, 2)}\n` : showText(state),
      );
      return EXIT_CODES.success;
    }),
});

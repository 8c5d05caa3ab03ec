import { subscriptionJson } from '@strata/subscriptions';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { withStack } from '../stack/with-stack.ts';
import { JSON_FLAG, readLedger } from '../subscription/subscription-desk.ts';
import { listText } from '../subscription/subscription-text.ts';

export const subscriptionListCommand = defineCommand({
  name: 'subscription list',
  summary: { en: 'the subscriptions of the stack and how they stand', zh: '列出订阅及其状态' },
  flags: JSON_FLAG,
  examples: ['subscription list', 'subscription list --json'],
  run: (context, { flags }) =>
    withStack(context, async (stack) => {
      const found = (await readLedger(stack)).present();
      const { stdout, language } = context;
      if (flags.json) stdout.write(`${JSON.stringify(found.map(subscriptionJson), null, 2)}\n`);
      else stdout.write(listText(found, language));
      return EXIT_CODES.success;
    }),
});

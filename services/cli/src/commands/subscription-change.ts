import { contentChange, isPresent, subscriptionJson } from '@strata/subscriptions';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { withStack } from '../stack/with-stack.ts';
import { CONTENT_FLAGS, soundContent, writtenContent } from '../subscription/content-flags.ts';
import {
  change,
  ID_OPERAND,
  JSON_FLAG,
  requestOf,
  WHO_FLAGS,
} from '../subscription/subscription-desk.ts';
import { subscriptionTexts } from '../subscription/texts.ts';

/** `./strata subscription change`: what is named changes, the rest stays. */
export const subscriptionChangeCommand = defineCommand({
  name: 'subscription change',
  summary: {
    en: 'changes what a subscription says; what is not named stays',
    zh: '修改订阅内容；未提及的保持不变',
  },
  operands: [ID_OPERAND],
  flags: {
    url: {
      kind: 'text',
      value: 'URL',
      about: { en: 'the address to post to', zh: '接收 POST 的地址' },
    },
    ...CONTENT_FLAGS,
    ...WHO_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    'subscription change crm --tier gold --tier platinum --reason "care team only" --actor ann',
    'subscription change crm --tier all --per-second 5',
  ],
  run: (context, { flags, operands }) => {
    const [id = ''] = operands;
    const { language, stdout } = context;
    const request = requestOf(context, id, flags);
    const written = writtenContent(flags);
    if (Object.keys(written).length === 0) {
      throw new UsageFault(subscriptionTexts(language).nothingToChange);
    }
    return withStack(context, async (stack) => {
      const to = contentChange(id, (before) =>
        soundContent(context, stack, { ...before, ...written }),
      );
      const state = await change(context, stack, { request, to });
      if (flags.json && isPresent(state))
        stdout.write(`${JSON.stringify(subscriptionJson(state))}\n`);
      else stdout.write(`${subscriptionTexts(language).changed(id, state.version)}\n`);
      return EXIT_CODES.success;
    });
  },
});

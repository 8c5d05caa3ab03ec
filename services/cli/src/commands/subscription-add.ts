import {
  creation,
  inChinese,
  isPresent,
  newSecret,
  sealFor,
  subscriptionIdSchema,
  subscriptionJson,
} from '@strata/subscriptions';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
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

/** `./strata subscription add`: from its record on, tier changes go to the endpoint. */
export const subscriptionAddCommand = defineCommand({
  name: 'subscription add',
  summary: {
    en: 'subscribes an endpoint to tier changes, and shows its secret once',
    zh: '为接收端订阅等级变更，并显示一次签名密钥',
  },
  operands: [ID_OPERAND],
  flags: {
    url: {
      kind: 'text',
      value: 'URL',
      isNeeded: true,
      about: { en: 'the address to post to', zh: '接收 POST 的地址' },
    },
    ...CONTENT_FLAGS,
    ...WHO_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    'subscription add crm --url https://crm.example.org/strata --direction down --actor ann',
    'subscription add vip --url https://care.example.org/hook --type promoted --tier platinum --deliver latest',
  ],
  run: (context, { flags, operands }) => {
    const [id = ''] = operands;
    requireId(context, id);
    const request = requestOf(context, id, flags);
    return withStack(context, async (stack) => {
      const { language, stdout, stderr } = context;
      const content = soundContent(context, stack, writtenContent(flags));
      const secret = newSecret();
      const sealed = sealFor(stack.seal, id, secret);
      const state = await change(context, stack, { request, to: creation(id, content, sealed) });
      if (flags.json && isPresent(state)) {
        stdout.write(`${JSON.stringify({ ...subscriptionJson(state), secret })}\n`);
        return EXIT_CODES.success;
      }
      // The secret alone goes to standard output, so that it can be handed on without being seen.
      stdout.write(`${secret}\n`);
      stderr.write(`${subscriptionTexts(language).added(id)}\n`);
      return EXIT_CODES.success;
    });
  },
});

function requireId({ language }: CommandContext, id: string): void {
  const checked = subscriptionIdSchema.safeParse(id);
  if (checked.success) return;
  const sentence = checked.error.issues[0]?.message ?? '';
  const said = language === 'zh' ? inChinese(sentence) : sentence;
  throw new UsageFault(subscriptionTexts(language).problem('ID', said));
}

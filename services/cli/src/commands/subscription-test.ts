import { askSubscription, type TestOutcome } from '@strata/subscriptions';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { withStack } from '../stack/with-stack.ts';
import {
  ID_OPERAND,
  JSON_FLAG,
  portsOf,
  requestOf,
  told,
  WHO_FLAGS,
} from '../subscription/subscription-desk.ts';
import { subscriptionTexts } from '../subscription/texts.ts';
import { until } from '../until.ts';

/** A notifier sees the ask within a second, and gives the endpoint twenty at most. */
const PATIENCE_MS = 30_000;
const WAIT = {
  what: { en: 'a notifier to send the test', zh: '通知服务发送测试' },
  remedy: {
    en: 'Is a notifier up? See ./strata status.',
    zh: '通知服务是否在运行？请用 ./strata status 查看。',
  },
};

/** `./strata subscription test`: the secret stays with the services, so a notifier sends it. */
export const subscriptionTestCommand = defineCommand({
  name: 'subscription test',
  summary: {
    en: 'has a notifier send one signed test webhook now, and says what became of it',
    zh: '由通知服务立即发送一个带签名的测试 Webhook，并说明结果',
  },
  operands: [ID_OPERAND],
  flags: { ...WHO_FLAGS, ...JSON_FLAG },
  examples: ['subscription test crm --actor ann'],
  run: (context, { flags, operands }) => {
    const [id = ''] = operands;
    const { language, stdout, stderr, signal } = context;
    const texts = subscriptionTexts(language);
    const request = requestOf(context, id, flags);
    return withStack(context, async (stack) => {
      const { id: test, ledger } = await told(context, () =>
        askSubscription(portsOf(stack), request, { kind: 'test-asked' }),
      );
      stderr.write(`${texts.testAsked}\n`);
      const result = (): TestOutcome | null =>
        ledger.state(id)?.tests.find((it) => it.id === test)?.result ?? null;
      await until(
        async () => {
          await ledger.readOn();
          return { isDone: result() !== null, progress: ledger.offset };
        },
        { ...WAIT, patienceMs: PATIENCE_MS, signal },
      );
      const { outcome, outcomeReason, tookMs } = result() as TestOutcome;
      const isDelivered = outcome === 'delivered';
      const sentence = isDelivered
        ? texts.testDelivered(id, tookMs)
        : texts.testRefused(id, outcomeReason ?? outcome);
      const json = { test, outcome, reason: outcomeReason, tookMs };
      stdout.write(flags.json ? `${JSON.stringify(json)}\n` : `${sentence}\n`);
      return isDelivered ? EXIT_CODES.success : EXIT_CODES.failure;
    });
  },
});

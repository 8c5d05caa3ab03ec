import { randomUUID } from 'node:crypto';
import { identifiedDecision } from '@strata/contracts';
import type { Erased } from '@strata/domain';
import { EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { eraseCustomer } from '../erase/erase-customer.ts';
import { receiptJson, receiptOf, receiptText } from '../erase/receipt.ts';
import { eraseTexts } from '../erase/texts.ts';
import { withStack } from '../stack/with-stack.ts';

const TIMEOUT_SECONDS_DEFAULT = 120;
const TIMEOUT_SECONDS_MAX = 86_400;

/** `./strata erase`: everything about one customer, forgotten; in the log like everything that decides. */
export const eraseCommand = defineCommand({
  name: 'erase',
  summary: {
    en: 'has everything about a customer forgotten, and gives a receipt',
    zh: '删除一位客户的全部信息，并给出回执',
  },
  operands: [{ name: 'CUSTOMER', about: { en: 'customer id', zh: '客户编号' } }],
  flags: {
    reason: {
      kind: 'text',
      value: 'TEXT',
      isNeeded: true,
      about: {
        en: 'why; it stays in the log, so name nobody in it',
        zh: '原因；会留在日志中，请勿写入个人信息',
      },
    },
    actor: {
      kind: 'text',
      value: 'NAME',
      about: {
        en: 'who decides; default: the user of the terminal',
        zh: '由谁决定；默认为终端用户',
      },
    },
    timeout: {
      kind: 'text',
      value: 'SECONDS',
      about: {
        en: `how long to wait for the receipt; default: ${TIMEOUT_SECONDS_DEFAULT}`,
        zh: `等待回执的最长时间；默认 ${TIMEOUT_SECONDS_DEFAULT} 秒`,
      },
    },
    json: { kind: 'switch', about: { en: 'the receipt as JSON', zh: '以 JSON 输出回执' } },
  },
  examples: [
    'erase c1 --reason "request 2026-17" --actor ann',
    'erase c1 --reason "request 2026-17" --actor ann --json',
  ],
  run: (context, { flags, operands }) => {
    const customerId = operands[0] as string;
    const asked = recordOf(context, { ...flags, customerId });
    const timeoutMs = timeoutOf(context, flags.timeout) * 1_000;
    return withStack(context, async (stack) => {
      const { language, signal, stderr, stdout } = context;
      const words = eraseTexts(language);
      const record = identifiedDecision(asked, stack.identity);
      const traces = await eraseCustomer(stack, record, {
        timeoutMs,
        signal,
        onStage: (what) => stderr.write(`${words.waiting(what[language])}\n`),
      });
      const receipt = await receiptOf(stack, record, traces);
      stdout.write(
        flags.json
          ? `${JSON.stringify(receiptJson(receipt), null, 2)}\n`
          : receiptText(receipt, language),
      );
      return EXIT_CODES.success;
    });
  },
});

function recordOf(
  { language, env }: CommandContext,
  asked: {
    readonly customerId: string;
    readonly reason: string;
    readonly actor?: string | undefined;
  },
): Erased {
  const { customerId, reason } = asked;
  const actor = asked.actor ?? env['USER'] ?? '';
  if (actor === '') throw new UsageFault(eraseTexts(language).noActor);
  return { kind: 'erased', id: randomUUID(), customerId, reason, actor };
}

function timeoutOf({ language }: CommandContext, asked: string | undefined): number {
  if (asked === undefined) return TIMEOUT_SECONDS_DEFAULT;
  const seconds = /^\d{1,5}$/.test(asked) ? Number(asked) : 0;
  if (seconds < 1 || seconds > TIMEOUT_SECONDS_MAX) {
    throw new UsageFault(eraseTexts(language).badTimeout);
  }
  return seconds;
}

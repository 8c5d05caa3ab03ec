import { type LedgerEntry, ledgerEntryJson, SubscriptionLedger } from '@strata/subscriptions';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { withStack } from '../stack/with-stack.ts';
import { ID_OPERAND, JSON_FLAG, portsOf } from '../subscription/subscription-desk.ts';
import { historyText } from '../subscription/subscription-text.ts';

export const subscriptionHistoryCommand = defineCommand({
  name: 'subscription history',
  summary: {
    en: 'what was changed about subscriptions, or asked of them: when, by whom, and why',
    zh: '查看订阅的修改与操作历史：时间、操作者与原因',
  },
  operands: [{ ...ID_OPERAND, isOptional: true }],
  flags: JSON_FLAG,
  examples: ['subscription history', 'subscription history crm --json'],
  run: (context, { flags, operands }) =>
    withStack(context, async (stack) => {
      const [id] = operands;
      const entries: LedgerEntry[] = [];
      await new SubscriptionLedger(portsOf(stack)).readOn((entry) => {
        if (id === undefined || entry.record.subscription === id) entries.push(entry);
      });
      const { stdout, language } = context;
      if (flags.json) stdout.write(`${JSON.stringify(entries.map(ledgerEntryJson), null, 2)}\n`);
      else stdout.write(historyText(entries, language));
      return EXIT_CODES.success;
    }),
});

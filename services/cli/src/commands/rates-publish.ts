import { userInfo } from 'node:os';
import { baseCurrencyOf, type RateRow } from '@strata/domain';
import { CliFault, EXIT_CODES } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { groupDigits } from '../progress.ts';
import { readRates } from '../rates/read-rates.ts';
import { ratesTexts } from '../rates/texts.ts';
import { publishRates } from '../stack/publish-rates.ts';
import { publishedSet } from '../stack/read-policy-book.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';

export const ratesPublishCommand = defineCommand({
  name: 'rates publish',
  summary: {
    en: 'puts currency rates in force and waits until every partition converts by them',
    zh: '发布汇率，并等待所有分区按其换算',
  },
  operands: [{ name: 'FILE', about: { en: 'CSV: day,from,to,rate', zh: 'CSV：day,from,to,rate' } }],
  flags: {
    correct: {
      kind: 'switch',
      about: {
        en: 'also converts again what was converted before, from the first day of the file on',
        zh: '同时重新换算此前已换算的金额（自文件中最早一日起）',
      },
    },
  },
  examples: ['rates publish rates.csv', 'rates publish mended.csv --correct'],
  run: async (context, { flags, operands }) => {
    // A bad file is refused before any stack is asked for.
    const rows = await readRates(operands[0] as string, context);
    return withStack(context, async (stack) => {
      const { language, stdout, signal } = context;
      await checkBase(context, stack, rows);
      const kind = flags.correct ? 'corrected' : 'published';
      const by = userInfo().username;
      await publishRates(stack, rows, { kind, by, nowMs: Date.now(), signal });
      const pairs = [...new Set(rows.map(({ from, to }) => `${from} → ${to}`))];
      const words = ratesTexts(language);
      stdout.write(`${words[kind](groupDigits(rows.length), pairs.join(', '))}\n`);
      return EXIT_CODES.success;
    });
  },
});

/** Rates that lead nowhere near the base currency are the wrong file, or the wrong way round. */
async function checkBase(
  { language }: CommandContext,
  stack: StackHandle,
  rows: readonly RateRow[],
): Promise<void> {
  const set = await publishedSet(stack);
  if (set === null) return;
  const base = baseCurrencyOf(set);
  if (rows.some(({ to }) => to === base)) return;
  throw new CliFault('STRATA_CLI_BAD_RATES', ratesTexts(language).notToBase(base));
}

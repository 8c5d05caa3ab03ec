import { TOPICS } from '@strata/contracts';
import { baseCurrencyOf, type Instant } from '@strata/domain';
import { CliFault, EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { parseDate } from '../dates.ts';
import {
  chooseFormat,
  FORMAT_FLAGS,
  TIME_ZONE_FLAG,
  timeZoneOf,
} from '../formats/choose-format.ts';
import { currenciesOf } from '../formats/currencies-of.ts';
import type { LoadedFile } from '../formats/load-events.ts';
import { readDataFile } from '../formats/read-data-file.ts';
import { accountsJson, accountsText } from '../import/accounts.ts';
import { dryRunJson, dryRunText } from '../import/dry-run.ts';
import { type Published, publishEvents } from '../import/publish-events.ts';
import { publishRefusals } from '../import/publish-refusals.ts';
import { importTexts } from '../import/texts.ts';
import { Progress } from '../progress.ts';
import { ensurePolicy } from '../stack/load-policy.ts';
import { hasRates } from '../stack/publish-rates.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { endsOf, waitUntilSettled } from '../stack/wait-until-settled.ts';
import { withStack } from '../stack/with-stack.ts';

export const importCommand = defineCommand({
  name: 'import',
  summary: {
    en: 'publishes a file of events in the order of time, and waits until all of it is graded',
    zh: '按时间顺序发布文件中的事件，并等待全部定级完成',
  },
  operands: [
    {
      name: 'FILE',
      about: {
        en: 'file, packed or not; a folder where the format has several; or -',
        zh: '文件（可为 gz）；多文件格式为文件夹；或 -',
      },
    },
  ],
  flags: {
    ...FORMAT_FLAGS,
    'dry-run': {
      kind: 'switch',
      about: {
        en: 'says what would be published and what refused, and why; needs no stack',
        zh: '试运行：说明将发布什么、拒收什么及原因；无需栈',
      },
    },
    until: {
      kind: 'text',
      value: 'DATE',
      about: {
        en: 'move the clock on to here at the end (data time)',
        zh: '结束时将时钟推进到此（data 时间）',
      },
    },
    policy: {
      kind: 'text',
      value: 'FILE',
      about: {
        en: 'policy file or preset, where none is in force; default: shop in the file’s currency',
        zh: '尚无策略时使用的策略文件或预设；默认 shop，货币取自文件',
      },
    },
    ...TIME_ZONE_FLAG,
    json: { kind: 'switch', about: { en: 'the accounts as JSON', zh: '以 JSON 输出明细' } },
  },
  examples: [
    'import purchases.ndjson --format events',
    'import CDNOW_master.txt.gz --format cdnow',
    'import orders.csv --map orders.yaml --dry-run',
  ],
  run: async (context, { flags, operands }) => {
    const { language } = context;
    const words = importTexts(language);
    const format = await chooseFormat(flags, context);
    const file = { path: operands[0] ?? '', format, timeZone: timeZoneOf(flags, language) };
    const until = flags.until === undefined ? null : parseDate('--until', flags.until, language);
    if (flags['dry-run']) {
      if (until !== null) throw new UsageFault(words.noUntilInDryRun);
      const loaded = await readDataFile(file, context);
      context.stdout.write(flags.json ? dryRunJson(loaded) : dryRunText(loaded, language));
      return EXIT_CODES.success;
    }
    return withStack(context, async (stack) => {
      if (until !== null && stack.time !== 'data') {
        throw new CliFault('STRATA_CLI_WALL_TIME', words.untilNeedsDataTime);
      }
      const set = await ensurePolicy(context, stack, {
        policy: flags.policy,
        currency: format.currency,
      });
      const base = baseCurrencyOf(set);
      await checkCurrencies(context, stack, { base, currencies: fixed(format.currency) });
      const loaded = await readDataFile(file, context);
      await checkCurrencies(context, stack, { base, currencies: currenciesOf(loaded.events) });
      const last = loaded.events.at(-1)?.occurredAt ?? null;
      const endMark = stack.time === 'data' ? latest(last, until) : null;
      const sent = await publishAll(context, stack, { loaded, endMark, format: format.name });
      const intakeEnds = await endsOf(stack, TOPICS.events);
      await settle(context, stack, { intakeEnds, upToMs: endMark });
      const { counts } = loaded;
      context.stdout.write(
        flags.json ? accountsJson(counts, sent) : accountsText(counts, sent, language),
      );
      return EXIT_CODES.success;
    });
  },
});

const fixed = (currency: string | null): readonly string[] => (currency === null ? [] : [currency]);

/** A file of which nothing could be counted is refused before its first record is published. */
async function checkCurrencies(
  { language }: CommandContext,
  stack: StackHandle,
  { base, currencies }: { readonly base: string; readonly currencies: readonly string[] },
): Promise<void> {
  const [first] = currencies;
  if (first === undefined || currencies.includes(base)) return;
  for (const from of currencies) if (await hasRates(stack, { from, to: base })) return;
  throw new CliFault('STRATA_CLI_OTHER_CURRENCY', importTexts(language).otherCurrency(first, base));
}

interface Publication {
  readonly loaded: LoadedFile;
  readonly endMark: Instant | null;
  readonly format: string;
}

async function publishAll(
  context: CommandContext,
  stack: StackHandle,
  { loaded, endMark, format }: Publication,
): Promise<Published> {
  const { signal } = context;
  const words = importTexts(context.language);
  const total = loaded.events.length + loaded.refusals.length;
  let sent = 0;
  const progress = new Progress({
    context,
    label: words.publishing,
    unit: words.records,
    share: () => sent / Math.max(1, total),
  });
  const onSent = (count: number): void => {
    sent += count;
    progress.advance(count);
  };
  const { refusals, events } = loaded;
  await publishRefusals(stack, { refusals, format, nowMs: Date.now(), onSent, signal });
  const published = await publishEvents(stack, { events, endMark, onSent, signal });
  progress.end();
  return published;
}

async function settle(
  context: CommandContext,
  stack: StackHandle,
  options: Pick<Parameters<typeof waitUntilSettled>[1], 'intakeEnds' | 'upToMs'>,
): Promise<void> {
  const { signal } = context;
  const words = importTexts(context.language);
  let done = 0;
  let total = 0;
  const progress = new Progress({
    context,
    label: words.grading,
    unit: words.records,
    share: () => (total === 0 ? null : done / total),
  });
  const onProgress = (folded: number, all: number): void => {
    progress.advance(Math.max(0, folded - done));
    done = folded;
    total = all;
  };
  await waitUntilSettled(stack, { ...options, onProgress, signal });
  progress.end();
}

function latest(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

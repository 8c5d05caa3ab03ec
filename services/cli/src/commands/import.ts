import { resolve } from 'node:path';
import { TOPICS } from '@strata/contracts';
import { baseCurrencyOf, type Instant } from '@strata/domain';
import { CliFault, EXIT_CODES } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { parseDate } from '../dates.ts';
import { currenciesOf } from '../formats/currencies-of.ts';
import { FILE_FORMATS } from '../formats/file-format.ts';
import {
  fileFormat,
  isFileFormatName,
  type LoadedFile,
  loadEvents,
} from '../formats/load-events.ts';
import { STDIN_PATH, sizeOf } from '../formats/open-input.ts';
import { publishEvents } from '../import/publish-events.ts';
import { publishRefusals } from '../import/publish-refusals.ts';
import { importTexts } from '../import/texts.ts';
import { groupDigits, Progress } from '../progress.ts';
import { ensurePolicy } from '../stack/load-policy.ts';
import { hasRates } from '../stack/publish-rates.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { endsOf, waitUntilSettled } from '../stack/wait-until-settled.ts';
import { withStack } from '../stack/with-stack.ts';
import { tableText } from '../table-text.ts';

export const importCommand = defineCommand({
  name: 'import',
  summary: {
    en: 'publishes a file of events in the order of time, and waits until all of it is graded',
    zh: '按时间顺序发布文件中的事件，并等待全部定级完成',
  },
  operands: [
    { name: 'FILE', about: { en: 'file, folder (olist) or -', zh: '文件、文件夹（olist）或 -' } },
  ],
  flags: {
    format: {
      kind: 'text',
      value: 'FORMAT',
      choices: FILE_FORMATS,
      isNeeded: true,
      about: { en: 'what the file is', zh: '文件格式' },
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
    'time-zone': {
      kind: 'text',
      value: 'ZONE',
      about: { en: 'zone of times that have none; default: UTC', zh: '无时区时间的时区，默认 UTC' },
    },
    json: { kind: 'switch', about: { en: 'the accounts as JSON', zh: '以 JSON 输出明细' } },
  },
  examples: [
    'import purchases.ndjson --format events',
    'import CDNOW_master.txt.gz --format cdnow',
  ],
  run: (context, { flags, operands }) =>
    withStack(context, async (stack) => {
      const { language } = context;
      const path = operands[0] as string;
      if (!isFileFormatName(flags.format)) throw new TypeError('choices are checked');
      const until = flags.until === undefined ? null : parseDate('--until', flags.until, language);
      const words = importTexts(language);
      if (until !== null && stack.time !== 'data') {
        throw new CliFault('STRATA_CLI_WALL_TIME', words.untilNeedsDataTime);
      }
      const format = fileFormat(flags.format, language);
      const wanted = { policy: flags.policy, currency: format.currency };
      const set = await ensurePolicy(context, stack, wanted);
      const base = baseCurrencyOf(set);
      await checkCurrencies(context, stack, { base, currencies: fixed(format.currency) });
      const timeZone = flags['time-zone'] ?? 'UTC';
      const loaded = await load(context, { path, format, timeZone });
      await checkCurrencies(context, stack, { base, currencies: currenciesOf(loaded.events) });
      const last = loaded.events.at(-1)?.occurredAt ?? null;
      const endMark = stack.time === 'data' ? latest(last, until) : null;
      await publishAll(context, stack, { loaded, endMark, format: format.name });
      const intakeEnds = await endsOf(stack, TOPICS.events);
      await settle(context, stack, { intakeEnds, upToMs: endMark });
      context.stdout.write(flags.json ? accountsJson(loaded) : accountsText(loaded, context));
      return EXIT_CODES.success;
    }),
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

async function load(
  context: CommandContext,
  file: Pick<Parameters<typeof loadEvents>[0], 'path' | 'format' | 'timeZone'>,
): Promise<LoadedFile> {
  const { language, stdin, signal, cwd } = context;
  const words = importTexts(language);
  const path = file.path === STDIN_PATH ? STDIN_PATH : resolve(cwd, file.path);
  const size = await sizeOf(path);
  let bytes = 0;
  const progress = new Progress({
    context,
    label: words.reading,
    unit: words.records,
    share: () => (size === null ? null : bytes / size),
  });
  const loaded = await loadEvents({
    ...file,
    path,
    language,
    stdin,
    signal,
    onBytes: (count) => {
      bytes += count;
    },
    onRecord: () => progress.advance(),
  });
  progress.end();
  return loaded;
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
): Promise<void> {
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
  await publishEvents(stack, { events, endMark, onSent, signal });
  progress.end();
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

/** Every record of the file, by how it ended: the sum is the file's record count. */
function accountsText({ counts, events }: LoadedFile, { language }: CommandContext): string {
  const words = importTexts(language);
  const reasons = [...counts.refusedByReason].toSorted(([, a], [, b]) => b - a);
  const rows = [
    [words.accounts.records, counts.records],
    [words.accounts.asEvents, counts.asEvents],
    [words.accounts.asParts, counts.asParts],
    [words.accounts.refused, counts.refused],
    ...reasons.map(([reason, count]) => [`  ${reason}`, count] as const),
    [words.accounts.repeats, counts.repeats],
    [words.accounts.published, events.length],
  ] as const;
  return `${tableText(rows.map(([name, count]) => [name, groupDigits(count)]))}\n`;
}

function accountsJson({ counts, events }: LoadedFile): string {
  const { refusedByReason, ...rest } = counts;
  const accounts = {
    ...rest,
    refusedByReason: Object.fromEntries(refusedByReason),
    published: events.length,
  };
  return `${JSON.stringify(accounts)}\n`;
}

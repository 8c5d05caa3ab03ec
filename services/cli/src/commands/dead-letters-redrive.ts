import { viewPartitions } from '@strata/shard-state';
import { CliFault, EXIT_CODES, type ExitCode, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { forecast } from '../dead-letters/forecast.ts';
import {
  FILTER_FLAGS,
  type FilterFlags,
  isFiltered,
  letterFilter,
  wholeNumber,
} from '../dead-letters/letter-filter.ts';
import { redriveOutcome } from '../dead-letters/outcome.ts';
import { byPlace, type FoundLetter, readLetters } from '../dead-letters/read-letters.ts';
import { rowReader } from '../dead-letters/read-row.ts';
import {
  forecastJson,
  forecastText,
  outcomeJson,
  outcomeText,
} from '../dead-letters/redrive-text.ts';
import { sendBack } from '../dead-letters/send-back.ts';
import { letterTexts } from '../dead-letters/texts.ts';
import { type ReadRow, type WayBack, waysBack } from '../dead-letters/way-back.ts';
import { readMapFile } from '../formats/map-files.ts';
import { groupDigits, Progress } from '../progress.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';

/** `./strata dead-letters redrive`: what was refused is sent again, once its cause is gone. */
export const deadLettersRedriveCommand = defineCommand({
  name: 'dead-letters redrive',
  summary: {
    en: 'sends dead letters again once their cause is gone, and says what became of them',
    zh: '原因消除后重新投递死信，并说明结果',
  },
  operands: [
    {
      name: 'ID',
      isOptional: true,
      isMany: true,
      about: { en: 'ids of letters, or choose by the flags', zh: '死信编号；或用选项筛选' },
    },
  ],
  flags: {
    ...FILTER_FLAGS,
    quarantined: {
      kind: 'switch',
      about: { en: 'also quarantined letters, by their ids', zh: '包括被隔离的死信（须指明编号）' },
    },
    map: {
      kind: 'text',
      value: 'FILE',
      about: {
        en: 'mended mapping file for the rows of its format; default: the one that ships',
        zh: '修正后的映射文件，用于其格式的行；默认为内置映射',
      },
    },
    'time-zone': {
      kind: 'text',
      value: 'ZONE',
      about: {
        en: 'zone of times in rows that have none, as at their import',
        zh: '行中无时区时间的时区，与导入时一致',
      },
    },
    limit: {
      kind: 'text',
      value: 'N',
      about: {
        en: 'the first so many in their order, as a trial',
        zh: '只投递最前面的 N 条，用于试投',
      },
    },
    'dry-run': {
      kind: 'switch',
      about: {
        en: 'sends nothing; says what would be taken or refused, and whose tier would change',
        zh: '不投递；说明哪些会被接受或拒绝，以及哪些客户的等级会改变',
      },
    },
    yes: { kind: 'switch', about: { en: 'sends them', zh: '确认投递' } },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: [
    'dead-letters redrive --reason no-rate --dry-run',
    'dead-letters redrive --reason no-rate --since 2026-01-02 --until 2026-01-03 --yes',
    'dead-letters redrive strata.intake.events.v1.3.41 --quarantined --yes',
    'dead-letters redrive --topic file:shop --map mended.yaml --dry-run',
  ],
  run: async (context, { flags, operands }) => {
    const ids = new Set(operands);
    checkChoice(context, flags, ids);
    const filter = letterFilter(flags, context.language);
    const limit = wholeNumber('--limit', flags.limit, context.language);
    const readRow = await rowReaderFor(context, flags);
    return withStack(context, async (stack) => {
      const isWanted = filter(stack);
      const letters = await read(context, stack, (found) =>
        ids.size > 0 ? ids.has(found.letter.id) : isWanted(found),
      );
      const texts = letterTexts(context.language);
      const missing = [...ids].filter((id) => !letters.some(({ letter }) => letter.id === id));
      if (missing.length > 0) {
        throw new CliFault('STRATA_CLI_NO_SUCH_LETTER', texts.unknown(missing.join(', ')));
      }
      const ways = await waysBack(stack, letters.toSorted(inOrder).slice(0, limit), {
        takesQuarantined: flags.quarantined,
        erasures: await erasuresOf(stack),
        readRow,
      });
      if (flags['dry-run']) return tryOut(context, stack, { ways, isJson: flags.json });
      if (!flags.yes && letters.length > 0) {
        throw new UsageFault(texts.needsYes(groupDigits(ways.length)));
      }
      return send(context, stack, { ways, isJson: flags.json });
    });
  },
});

async function rowReaderFor(
  { cwd, language }: CommandContext,
  flags: { readonly map: string | undefined; readonly 'time-zone': string | undefined },
): Promise<ReadRow> {
  const map = flags.map === undefined ? null : await readMapFile(flags.map, { cwd, language });
  return rowReader({ map, timeZone: flags['time-zone'] ?? null, language });
}

const inOrder = (a: FoundLetter, b: FoundLetter): number => byPlace(a.letter, b.letter);

interface Work {
  readonly ways: readonly WayBack[];
  readonly isJson: boolean;
}

function checkChoice(
  { language }: CommandContext,
  flags: FilterFlags & { readonly quarantined: boolean },
  ids: ReadonlySet<string>,
): void {
  const texts = letterTexts(language);
  if (ids.size > 0 && isFiltered(flags)) throw new UsageFault(texts.notWithIds);
  if (ids.size === 0 && flags.quarantined) throw new UsageFault(texts.quarantinedNeedsIds);
  if (ids.size === 0 && !isFiltered(flags)) throw new UsageFault(texts.whatToRedrive);
}

async function read(
  context: CommandContext,
  stack: StackHandle,
  isWanted: (found: FoundLetter) => boolean,
): Promise<readonly FoundLetter[]> {
  const texts = letterTexts(context.language);
  const progress = new Progress({
    context,
    label: texts.reading,
    unit: texts.letters,
    share: () => null,
  });
  const letters = await readLetters(stack, {
    isWanted,
    keepsOriginals: true,
    signal: context.signal,
    onRecords: (count) => progress.advance(count),
  });
  progress.end();
  return letters;
}

/** By marker, of all partitions. */
async function erasuresOf({ store, partitions }: StackHandle) {
  const views = await viewPartitions(store, partitions);
  return new Map(views.flatMap(({ state }) => [...state.erasures.byMarker]));
}

async function tryOut(
  context: CommandContext,
  stack: StackHandle,
  { ways, isJson }: Work,
): Promise<ExitCode> {
  const { language, signal, stdout } = context;
  const { advance, end } = progressOf(context, letterTexts(language).trying, ways.length);
  const found = await forecast(stack, ways, { nowMs: Date.now(), signal, onLetters: advance });
  end();
  stdout.write(
    isJson
      ? `${JSON.stringify(forecastJson(ways, found), null, 2)}\n`
      : forecastText(ways, found, language),
  );
  return EXIT_CODES.success;
}

async function send(
  context: CommandContext,
  stack: StackHandle,
  { ways, isJson }: Work,
): Promise<ExitCode> {
  const { language, signal, stdout, stderr } = context;
  const texts = letterTexts(language);
  const sent = ways.filter((way) => way.kind === 'sent');
  const { advance, end } = progressOf(context, texts.sending, sent.length);
  await sendBack(stack, sent, { signal, onSent: advance });
  end();
  stderr.write(`${texts.waiting} ...\n`);
  const outcome = await redriveOutcome(stack, ways, signal);
  stdout.write(
    isJson
      ? `${JSON.stringify(outcomeJson(ways, outcome), null, 2)}\n`
      : outcomeText(ways, outcome, language),
  );
  return outcome.taken === ways.length ? EXIT_CODES.success : EXIT_CODES.failure;
}

function progressOf(context: CommandContext, label: string, total: number) {
  let done = 0;
  const unit = letterTexts(context.language).letters;
  const share = (): number => done / Math.max(1, total);
  const progress = new Progress({ context, label, unit, share });
  return {
    advance: (count: number): void => {
      done += count;
      progress.advance(count);
    },
    end: (): void => progress.end(),
  };
}

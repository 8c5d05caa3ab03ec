import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import {
  FILTER_FLAGS,
  GROUPINGS,
  letterFilter,
  wholeNumber,
} from '../dead-letters/letter-filter.ts';
import { countLetters, countsText, letterJson, listText } from '../dead-letters/letter-text.ts';
import { readLetters } from '../dead-letters/read-letters.ts';
import { letterTexts } from '../dead-letters/texts.ts';
import { withStack } from '../stack/with-stack.ts';

const LIMIT_DEFAULT = 100;

/** `./strata dead-letters list`: what could not be used, and why, without what it said. */
export const deadLettersListCommand = defineCommand({
  name: 'dead-letters list',
  summary: {
    en: 'the records that could not be used, and why, without what they said',
    zh: '列出无法使用的记录及其原因，不显示内容',
  },
  flags: {
    ...FILTER_FLAGS,
    quarantined: {
      kind: 'switch',
      about: {
        en: 'only those that were redriven in vain too often',
        zh: '只列出多次重新投递失败而被隔离的死信',
      },
    },
    by: {
      kind: 'text',
      value: 'GROUP',
      choices: GROUPINGS,
      about: { en: 'counts instead of letters', zh: '只显示分组计数' },
    },
    limit: {
      kind: 'text',
      value: 'N',
      about: {
        en: `the last so many; default: ${LIMIT_DEFAULT}, with --json all`,
        zh: `最近的若干条；默认 ${LIMIT_DEFAULT} 条，--json 时为全部`,
      },
    },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: [
    'dead-letters list',
    'dead-letters list --by reason',
    'dead-letters list --reason no-rate --since 2026-01-02 --until 2026-01-03',
  ],
  run: async (context, { flags }) => {
    const { language, stdout, signal } = context;
    const limit = wholeNumber('--limit', flags.limit, language);
    const filter = letterFilter(flags, language);
    return withStack(context, async (stack) => {
      const isWanted = filter(stack);
      const found = await readLetters(stack, {
        signal,
        isWanted: (one) =>
          isWanted(one) && (!flags.quarantined || one.letter.state === 'quarantined'),
      });
      const letters = found.map(({ letter }) => letter);
      const { by } = flags;
      if (flags.json) {
        const shown = limit === undefined ? found : found.slice(-limit);
        const rows =
          by === undefined
            ? { letters: limit === 0 ? [] : shown.map(letterJson) }
            : { by, groups: countLetters(letters, by as (typeof GROUPINGS)[number]) };
        stdout.write(`${JSON.stringify({ total: letters.length, ...rows }, null, 2)}\n`);
      } else if (letters.length === 0) {
        stdout.write(`${letterTexts(language).none}\n`);
      } else if (by === undefined) {
        stdout.write(listText(letters, { limit: limit ?? LIMIT_DEFAULT, language }));
      } else {
        stdout.write(countsText(letters, { by: by as (typeof GROUPINGS)[number], language }));
      }
      return EXIT_CODES.success;
    });
  },
});

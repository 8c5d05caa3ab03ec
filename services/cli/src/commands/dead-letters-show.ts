import { unpackOriginal } from '@strata/contracts';
import { CliFault, EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { letterJson, letterText } from '../dead-letters/letter-text.ts';
import { originalJson, originalText } from '../dead-letters/original-text.ts';
import { readLetters } from '../dead-letters/read-letters.ts';
import { letterTexts } from '../dead-letters/texts.ts';
import { withStack } from '../stack/with-stack.ts';

/** `./strata dead-letters show`: one letter, and on request what was sealed in it. */
export const deadLettersShowCommand = defineCommand({
  name: 'dead-letters show',
  summary: {
    en: 'one dead letter: why it was refused and what to do; on request the original',
    zh: '查看一条死信：拒绝原因与处理办法；可按需显示原始记录',
  },
  operands: [{ name: 'ID', about: { en: 'id of the letter', zh: '死信编号' } }],
  flags: {
    unseal: {
      kind: 'switch',
      about: {
        en: 'also the original, with all the personal data in it',
        zh: '同时显示原始记录（含其中的个人信息）',
      },
    },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: [
    'dead-letters show strata.intake.events.v1.3.41',
    'dead-letters show strata.intake.events.v1.3.41 --unseal',
  ],
  run: (context, { flags, operands }) =>
    withStack(context, async (stack) => {
      const { language, stdout, stderr, signal } = context;
      const texts = letterTexts(language);
      const id = operands[0] as string;
      const [found] = await readLetters(stack, {
        signal,
        keepsOriginals: flags.unseal,
        isWanted: ({ letter }) => letter.id === id,
      });
      if (found === undefined) {
        throw new CliFault('STRATA_CLI_NO_SUCH_LETTER', texts.unknown(id));
      }
      const { letter } = found;
      const original = flags.unseal
        ? await originalJson(stack, letter, unpackOriginal(stack.unseal(letter.sealed)))
        : null;
      if (original !== null) stderr.write(`${texts.warning}\n`);
      if (flags.json) {
        const whole = original === null ? letterJson(found) : { ...letterJson(found), original };
        stdout.write(`${JSON.stringify(whole, null, 2)}\n`);
        return EXIT_CODES.success;
      }
      stdout.write(letterText(found, language));
      if (original !== null) stdout.write(`\n${originalText(original, language)}`);
      return EXIT_CODES.success;
    }),
});

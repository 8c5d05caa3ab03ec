import { formatRfc3339, type PublishedPolicy } from '@strata/contracts';
import { policySetYaml } from '@strata/policy-file';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import type { Language } from '../language.ts';
import { publicationJson } from '../policy/list-text.ts';
import { publicationOf } from '../policy/publication-of.ts';
import { setText } from '../policy/set-text.ts';
import { policyTexts } from '../policy/texts.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import { withStack } from '../stack/with-stack.ts';

export const policyShowCommand = defineCommand({
  name: 'policy show',
  summary: {
    en: 'one policy set that was published, to read or as a policy file',
    zh: '查看一个已发布的策略集，可读文本或策略文件',
  },
  operands: [
    {
      name: 'SET',
      isOptional: true,
      about: {
        en: 'number, id, NAME@VERSION or current (the default)',
        zh: '编号、标识、名称@版本，或 current（默认）',
      },
    },
  ],
  flags: {
    yaml: {
      kind: 'switch',
      about: {
        en: 'as a policy file that gives the same set again',
        zh: '输出为策略文件，可得到同一策略集',
      },
    },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: ['policy show', 'policy show shop@1 --yaml'],
  run: (context, { operands, flags }) =>
    withStack(context, async (stack) => {
      const { language, stdout } = context;
      const { policies } = await readPolicyBook(stack);
      const publication = publicationOf(policies, operands[0] ?? 'current', language);
      const { set } = publication;
      if (flags.yaml) stdout.write(policySetYaml(set));
      else if (flags.json) {
        const whole = { ...publicationJson(publication), set: set.policies };
        stdout.write(`${JSON.stringify(whole, null, 2)}\n`);
      } else stdout.write(`${headText(publication, language)}\n${setText(set, language)}`);
      return EXIT_CODES.success;
    }),
});

function headText(publication: PublishedPolicy, language: Language): string {
  const words = policyTexts(language);
  const { number, set, standing, publishedBy, publishedAt, reason, announceFrom } = publication;
  const lines = [
    words.head(number, set.id, words.standings[standing]),
    words.publishedBy(publishedBy, formatRfc3339(publishedAt)),
    ...(reason === null ? [] : [words.reason(reason)]),
    ...(standing === 'void' ? [] : [words.told(announceFrom)]),
  ];
  return `${lines.join('\n')}\n`;
}

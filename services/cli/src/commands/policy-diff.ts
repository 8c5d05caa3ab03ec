import type { PolicySet } from '@strata/domain';
import { diffSets } from '@strata/policy-file';
import { EXIT_CODES } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { diffJson } from '../policy/diff-json.ts';
import { diffText } from '../policy/diff-text.ts';
import { publicationName } from '../policy/find-publication.ts';
import { publicationOf } from '../policy/publication-of.ts';
import { readPolicy } from '../policy-choice.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import { withStack } from '../stack/with-stack.ts';

const PUBLISHED: { readonly en: string; readonly zh: string } = {
  en: 'a file, a preset, or of what was published a number, an id, NAME@VERSION or current',
  zh: '文件、预设，或已发布者的编号、标识、名称@版本、current',
};

export const policyDiffCommand = defineCommand({
  name: 'policy diff',
  summary: {
    en: 'what changes from one policy set to another, in words',
    zh: '用文字说明两个策略集之间的变化',
  },
  operands: [
    { name: 'FROM', about: PUBLISHED },
    { name: 'TO', about: { en: 'the same', zh: '同上' } },
  ],
  flags: { json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } } },
  examples: ['policy diff current my-policy.yaml', 'policy diff shop@1 shop@2 --json'],
  run: async (context, { operands, flags }) => {
    const { language, stdout } = context;
    const [from = '', to = ''] = operands;
    const tell = (before: PolicySet, after: PolicySet) => {
      const difference = diffSets(before, after);
      stdout.write(
        flags.json
          ? `${JSON.stringify(diffJson(difference, { before, after }), null, 2)}\n`
          : diffText(difference, { before, after }, language),
      );
      return EXIT_CODES.success;
    };
    const [one, other] = [await setInFile(context, from), await setInFile(context, to)];
    if (one !== null && other !== null) return tell(one, other);
    return withStack(context, async (stack) => {
      const { policies } = await readPolicyBook(stack);
      return tell(
        one ?? publicationOf(policies, from, language).set,
        other ?? publicationOf(policies, to, language).set,
      );
    });
  },
});

/** Null for what was published: that is asked of a stack. */
async function setInFile(context: CommandContext, policy: string): Promise<PolicySet | null> {
  if (publicationName(policy) !== null) return null;
  const { cwd, language } = context;
  return (await readPolicy({ policy, cwd, language })).set;
}

import { CliFault, EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { listText, publicationJson } from '../policy/list-text.ts';
import { policyTexts } from '../policy/texts.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import { withStack } from '../stack/with-stack.ts';

export const policyListCommand = defineCommand({
  name: 'policy list',
  summary: {
    en: 'every policy set that was published: when, by whom, why, and which holds',
    zh: '列出所有已发布的策略集：何时、由谁、为何发布，以及哪一个生效',
  },
  flags: { json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } } },
  examples: ['policy list', 'policy list --json'],
  run: (context, { flags }) =>
    withStack(context, async (stack) => {
      const { language, stdout } = context;
      const { policies } = await readPolicyBook(stack);
      if (flags.json) {
        const newest = policies.toReversed().map(publicationJson);
        stdout.write(`${JSON.stringify(newest, null, 2)}\n`);
        return EXIT_CODES.success;
      }
      if (policies.length === 0) {
        throw new CliFault('STRATA_CLI_NO_POLICY', policyTexts(language).none);
      }
      stdout.write(listText(policies, language));
      return EXIT_CODES.success;
    }),
});

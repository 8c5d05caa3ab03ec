import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { readPolicy } from '../policy-choice.ts';
import { policyNames } from '../policy-names.ts';
import { loadPolicy, publish } from '../stack/load-policy.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import { stackTexts } from '../stack/stack-texts.ts';
import { withStack } from '../stack/with-stack.ts';

export const policyPublishCommand = defineCommand({
  name: 'policy publish',
  summary: {
    en: 'puts a first policy in force and waits until every partition grades by it',
    zh: '发布首个策略，并等待所有分区按其定级',
  },
  operands: [{ name: 'FILE', about: { en: 'policy file or preset', zh: '策略文件或预设名称' } }],
  flags: {},
  examples: ['policy publish shop', 'policy publish ./my-policy.yaml'],
  run: async (context, { operands }) => {
    const wanted = { policy: operands[0], currency: null };
    const { cwd, language } = context;
    // A bad file is refused before any stack is asked for.
    await readPolicy({ policy: operands[0] ?? '', cwd, language });
    return withStack(context, async (stack) => {
      const set = await loadPolicy(context, wanted, await readPolicyBook(stack));
      const texts = stackTexts(context.language);
      const outcome = await publish(context, stack, set);
      context.stdout.write(`${texts[outcome](policyNames(set, context.language))}\n`);
      return EXIT_CODES.success;
    });
  },
});

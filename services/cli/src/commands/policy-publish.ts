import { problemText } from '@strata/yaml-file';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import { offerPolicy } from '../policy/offer-policy.ts';
import { policyGround } from '../policy/policy-ground.ts';
import { PUBLISH_FLAGS, publishing } from '../policy/publish-flags.ts';
import { PolicyFileFault, readPolicy } from '../policy-choice.ts';
import { refuseUncalibrated } from '../stack/load-policy.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import { withStack } from '../stack/with-stack.ts';

/** `./strata policy publish`: what is refused changes nothing, and nothing is published that nobody has seen the impact of. */
export const policyPublishCommand = defineCommand({
  name: 'policy publish',
  summary: {
    en: 'checks a policy file, shows what it changes and for whom, and puts it in force',
    zh: '检查策略文件，显示变化与影响，并使其生效',
  },
  operands: [{ name: 'FILE', about: { en: 'policy file or preset', zh: '策略文件或预设名称' } }],
  flags: PUBLISH_FLAGS,
  examples: [
    'policy publish shop --yes',
    'policy publish my-policy.yaml --dry-run',
    'policy publish my-policy.yaml --reason "spring campaign" --announce-from 2',
  ],
  run: async (context, { operands, flags }) => {
    const { cwd, language, stderr, stdout } = context;
    const [policy = ''] = operands;
    const how = publishing(flags, context);
    try {
      // A bad file is refused before any stack is asked for.
      await readPolicy({ policy, cwd, language });
      return await withStack(context, async (stack) => {
        const book = await readPolicyBook(stack);
        const ground = await policyGround(stack, book);
        const { set, warnings } = await readPolicy({ policy, cwd, language, ground });
        for (const warning of warnings) stderr.write(`${problemText(warning, language)}\n`);
        refuseUncalibrated(set, policy, book);
        return offerPolicy(context, stack, { ...how, set, book });
      });
    } catch (fault) {
      if (!(fault instanceof PolicyFileFault) || !flags.json) throw fault;
      stdout.write(`${JSON.stringify({ ok: false, problems: fault.problems })}\n`);
      return EXIT_CODES.failure;
    }
  },
});

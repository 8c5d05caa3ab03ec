import { changeBound, needsCalibration, type PolicySet } from '@strata/domain';
import { problemText } from '@strata/yaml-file';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import type { Language } from '../language.ts';
import { catalogue } from '../messages/texts.ts';
import { populationText } from '../policy/population-text.ts';
import { tierLines } from '../policy/tier-lines.ts';
import { PolicyFileFault, readPolicy } from '../policy-choice.ts';

const texts = catalogue({
  en: {
    fine: (name: string, version: number) =>
      `Policy ${name}, version ${version}, can be published.`,
    needsCalibration: (name: string, version: number) =>
      `Policy ${name}, version ${version}, is sound. What it takes from the population needs calibration: try it by backtest; on a stack make one with ./strata calibrate --set before it is published.`,
    oneOf: (name: string, version: number, whom: string) =>
      `Policy ${name}, version ${version}, for ${whom}:`,
    allFine: 'Together they can be published.',
    allNeedCalibration:
      'Together they are sound. What they take from the population needs calibration: try them by backtest; on a stack make one with ./strata calibrate --set before they are published.',
  },
  zh: {
    fine: (name: string, version: number) => `策略 ${name}（版本 ${version}）可以发布。`,
    needsCalibration: (name: string, version: number) =>
      `策略 ${name}（版本 ${version}）无误。其中取决于客户总体的部分需要先校准：可用 backtest 试算；在栈上请先用 ./strata calibrate --set 校准再发布。`,
    oneOf: (name: string, version: number, whom: string) =>
      `策略 ${name}（版本 ${version}），适用于${whom}：`,
    allFine: '以上策略可以一同发布。',
    allNeedCalibration:
      '以上策略无误。其中取决于客户总体的部分需要先校准：可用 backtest 试算；在栈上请先用 ./strata calibrate --set 校准再发布。',
  },
});

/** `./strata policy check`: everything that is wrong with a policy file, before anybody is graded by it. */
export const policyCheckCommand = defineCommand({
  name: 'policy check',
  summary: {
    en: 'checks a policy file: what is wrong, where, and what to write instead',
    zh: '检查策略文件：错在何处、如何修改',
  },
  operands: [
    {
      name: 'FILE',
      about: { en: 'a policy file, or the name of a preset', zh: '策略文件，或预设名称' },
    },
  ],
  flags: {
    json: { kind: 'switch', about: { en: 'the result as JSON', zh: '以 JSON 输出结果' } },
  },
  examples: ['policy check my-policy.yaml', 'policy check shop --json'],
  async run(context, { operands, flags }) {
    const { stdout, stderr, cwd, language } = context;
    const [policy = ''] = operands;
    try {
      const { set, warnings } = await readPolicy({ policy, cwd, language });
      if (flags.json) {
        const tierChangesPerYear = set.policies.map((policy) => ({
          policy: policy.name,
          ...changeBound(policy),
        }));
        const result = { ok: true, id: set.id, problems: warnings, tierChangesPerYear };
        stdout.write(`${JSON.stringify(result)}\n`);
      } else {
        for (const warning of warnings) stderr.write(`${problemText(warning, language)}\n`);
        stdout.write(describeSet(set, language));
      }
      return EXIT_CODES.success;
    } catch (fault) {
      if (!(fault instanceof PolicyFileFault) || !flags.json) throw fault;
      stdout.write(`${JSON.stringify({ ok: false, problems: fault.problems })}\n`);
      return EXIT_CODES.failure;
    }
  },
});

/** One policy has its verdict beside its name; several are told each with whom it grades, and judged together. */
function describeSet(set: PolicySet, language: Language): string {
  const words = texts(language);
  const [only, ...others] = set.policies;
  const isReady = !needsCalibration(set);
  if (only !== undefined && others.length === 0) {
    const verdict = isReady ? words.fine : words.needsCalibration;
    return `${verdict(only.name, only.version)}\n${tierLines(only, language)}`;
  }
  const told = set.policies.map((policy) => {
    const { name, version } = policy;
    return `${words.oneOf(name, version, populationText(policy.appliesTo, language))}\n${tierLines(policy, language)}`;
  });
  return `${told.join('')}${isReady ? words.allFine : words.allNeedCalibration}\n`;
}

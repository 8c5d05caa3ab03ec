import { changeBound, needsCalibration, type Policy, type PolicySet } from '@strata/domain';
import { describeNumber, tierLabel } from '@strata/policy-file';
import { problemText } from '@strata/yaml-file';
import { EXIT_CODES } from '../cli-fault.ts';
import { defineCommand } from '../command.ts';
import type { Language } from '../language.ts';
import { catalogue } from '../messages/texts.ts';
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
    existing: 'customers',
    prospects: 'those who have not bought yet',
    attribute: (name: string, values: string) => `customers whose ${name} is ${values}`,
    tier: (label: string, about: string) => `${label}: ${about}`,
    lowest: 'everyone else',
    perYear: (demotions: number, promotions: number) =>
      `One customer: at most ${demotions} demotions and ${promotions} promotions in any 365 days.`,
    perEvent: (changes: number) =>
      `One customer: no limit by the policy; each event can bring at most ${changes} tier changes until it has left every window.`,
    unlimited: 'One customer: no limit by the policy; values change with time alone.',
    perCorrection: (promotions: number) =>
      ` A refund or cancellation can take back up to ${promotions} promotions beside.`,
    border: (enter: string, leave: string) => `enter at ${enter}, leave below ${leave}`,
    population: (share: string) => `with those above it, the best ${share} % of customers`,
    revenue: (share: string) => `with those above it, the best who bring ${share} % of revenue`,
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
    existing: '现有客户',
    prospects: '潜在客户',
    attribute: (name: string, values: string) => ` ${name} 为 ${values} 的现有客户`,
    tier: (label: string, about: string) => `${label}：${about}`,
    lowest: '其余客户',
    perYear: (demotions: number, promotions: number) =>
      `单个客户：任意 365 天内最多下调 ${demotions} 次、升级 ${promotions} 次。`,
    perEvent: (changes: number) =>
      `单个客户：策略不设上限；每个事件在离开所有统计窗口之前，最多带来 ${changes} 次等级变更。`,
    unlimited: '单个客户：策略不设上限；数值会仅随时间变化。',
    perCorrection: (promotions: number) => `此外，一次退款或取消最多撤回 ${promotions} 次升级。`,
    border: (enter: string, leave: string) => `达到 ${enter} 分升入，低于 ${leave} 分退出`,
    population: (share: string) => `连同其上各级，为评分最高的 ${share} % 客户`,
    revenue: (share: string) => `连同其上各级，为评分最高、合计带来 ${share} % 收入的客户`,
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
    return `${words.oneOf(name, version, whom(policy, words))}\n${tierLines(policy, language)}`;
  });
  return `${told.join('')}${isReady ? words.allFine : words.allNeedCalibration}\n`;
}

function whom({ appliesTo }: Policy, words: ReturnType<typeof texts>): string {
  return typeof appliesTo === 'string'
    ? words[appliesTo]
    : words.attribute(appliesTo.attribute, appliesTo.in.join(', '));
}

function tierLines(policy: Policy, language: Language): string {
  const words = texts(language);
  const tiers = policy.ladder.toReversed().map((tier) => {
    const about = borderText(policy, tier, words);
    return `  ${words.tier(tierLabel(policy, tier, language), about)}\n`;
  });
  return `${tiers.join('')}  ${boundText(policy, words)}\n`;
}

/** How often at most one customer can change its tier: what a person asks who has to answer for it. */
function boundText(policy: Policy, words: ReturnType<typeof texts>): string {
  const { demotions, promotions, perEvent, perCorrection } = changeBound(policy);
  const limit =
    demotions === null || promotions === null
      ? perEvent === null
        ? words.unlimited
        : words.perEvent(perEvent)
      : words.perYear(demotions, promotions);
  return perCorrection === 0 ? limit : `${limit}${words.perCorrection(perCorrection)}`;
}

function borderText(policy: Policy, tier: string, words: ReturnType<typeof texts>): string {
  const share = policy.shares?.find((candidate) => candidate.tier === tier);
  if (share !== undefined) return words[share.of](describeNumber(share.shareMilli * 100));
  const border = policy.borders.find((candidate) => candidate.tier === tier);
  return border === undefined
    ? words.lowest
    : words.border(describeNumber(border.enterMilli), describeNumber(border.leaveMilli));
}

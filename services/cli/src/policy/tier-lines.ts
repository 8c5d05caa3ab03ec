import { changeBound, type Policy } from '@strata/domain';
import { describeNumber, tierLabel } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { catalogue } from '../messages/texts.ts';

const texts = catalogue({
  en: {
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

/** The tiers of a policy by their labels, the highest first, each with what it takes; last how often one customer can change. */
export function tierLines(policy: Policy, language: Language): string {
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

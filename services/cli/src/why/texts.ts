import { catalogue } from '../messages/texts.ts';

interface ChangeWords {
  readonly kind: string;
  readonly tiers: string;
  readonly cause: string;
}

interface MergeWords {
  readonly other: string;
  readonly when: string;
  readonly actor: string;
  readonly reason: string;
}

/** The words of `why`. Terms are those of the glossary. */
export const whyTexts = catalogue({
  en: {
    is: (customer: string, tier: string, since: string) =>
      `${customer} is ${tier}, since ${since}.`,
    ungraded: (customer: string) =>
      `${customer} has no tier: no policy grades this customer, for example because nothing was bought yet.`,
    unknown: (customer: string) =>
      `Nothing is known of ${customer}. Ids are case-sensitive and stand as the source wrote them.`,
    asOf: (at: string, policy: string, version: number) =>
      `As of ${at}, by policy ${policy} version ${version}.`,
    score: (score: string) => `Score ${score}`,
    leave: (tier: string, border: string) => `${tier} is kept from ${border} on`,
    enter: (tier: string, border: string) => `${tier} begins at ${border}`,
    shares: {
      population: (share: string, tier: string) =>
        `${tier} and above: the best ${share} % of customers by score`,
      revenue: (share: string, tier: string) =>
        `${tier} and above: the best customers by score, who bring ${share} % of revenue`,
    },
    shareFound: (at: string, customers: string, population: string) =>
      `by the calibration of ${at}, ${customers} of ${population} customers`,
    noShare: {
      'not-calibrated': 'no calibration yet, so nobody enters by it or falls under it',
      'not-enough-data': 'not enough data, so nobody enters by it or falls under it',
    },
    columns: ['Dimension', 'Value', 'Points', 'Weight', 'Adds', 'Better from'] as readonly string[],
    within: (days: string) => `within ${days} d`,
    grace: (since: string, until: string) =>
      `In grace since ${since}: without a recovery the tier changes at ${until}.`,
    stay: (until: string) => `Protected by the minimum stay until ${until}.`,
    period: (end: string) =>
      `The qualification period ends at ${end}: until then the score alone costs no tier.`,
    override: {
      floor: (tier: string) => `Set by hand: not below ${tier}`,
      lock: (tier: string) => `Set by hand: exactly ${tier}`,
      ceiling: (tier: string) => `Set by hand: not above ${tier}`,
    },
    overrideBy: (actor: string, reason: string, until: string | null) =>
      `${until === null ? 'until it is cleared' : `until ${until}`}, by ${actor}: ${reason}`,
    ahead: (kind: string, tier: string, at: string) =>
      `If nothing more happens: ${kind} to ${tier} at ${at}.`,
    steady: 'If nothing more happens, the tier stays.',
    keeps: (amount: string, tier: string) =>
      `One order of at least ${amount} now keeps ${tier} longer.`,
    promotes: (amount: string, tier: string) =>
      `One order of at least ${amount} now reaches ${tier}.`,
    handsOver: (policy: string, tier: string) =>
      `The smallest first order now hands over to policy ${policy}, as ${tier}.`,
    history: 'Changes:',
    evidence: 'Evidence (source event at partition:offset):',
    more: (count: number) => `... and ${count} more`,
    segment: (name: string) => `Segment: ${name}`,
    /** Why a dimension with quantiles scores as missing. */
    unscored: {
      'not-calibrated': 'no calibration yet',
      'not-enough-data': 'not enough data',
      'did-not-converge': 'the model did not converge',
    },
    dimensions: {
      recency: 'Recency (days since the last order)',
      orders: 'Frequency (orders)',
      purchase_days: 'Purchase days',
      revenue: 'Monetary (revenue)',
      complaints: 'Satisfaction (complaints)',
      engagement: 'Engagement',
      share_of_wallet: 'Share of wallet',
      potential: 'Potential',
      average_order: 'Average order value',
      feedback: 'Feedback (mean, of 100)',
      satisfaction: 'Satisfaction with resolutions (mean, of 100)',
      referrals: 'Referrals that bought',
      categories: 'Categories bought',
      channels: 'Channels used',
      channel_share: 'Share of orders in one channel (%)',
      tenure: 'Tenure (days)',
      p_alive: 'P(alive)',
      clv: 'Lifetime value (CLV)',
    },
    types: {
      assigned: 'first tier',
      promoted: 'promotion',
      demoted: 'demotion',
      renewed: 'renewal',
      'at-risk': 'at risk',
      withdrawn: 'withdrawn',
    },
    causes: {
      event: 'an event',
      time: 'time alone: nothing happened',
      policy: 'a new policy version',
      calibration: 'a new calibration',
      override: 'a manual override',
      merge: 'a merge',
      correction: 'a correction that disproved the promotion',
    },
    change: ({ kind, tiers, cause }: ChangeWords) => `${kind}: ${tiers} (because of ${cause})`,
    alias: ({ other, survivor, when, actor, reason }: MergeWords & { survivor: string }) =>
      `${other} is part of ${survivor} since ${when}, by ${actor}: ${reason}`,
    merged: ({ other, when, actor, reason }: MergeWords) =>
      `Includes ${other} since ${when}, by ${actor}: ${reason}`,
    handOver: (from: string, to: string) => `, handed over from policy ${from} to ${to}`,
  },
  zh: {
    is: (customer: string, tier: string, since: string) =>
      `${customer} 的客户等级是 ${tier}，自 ${since} 起。`,
    ungraded: (customer: string) =>
      `${customer} 没有等级：没有适用于该客户的策略，例如尚未有过购买。`,
    unknown: (customer: string) =>
      `没有 ${customer} 的任何记录。客户编号区分大小写，须与来源系统一致。`,
    asOf: (at: string, policy: string, version: number) =>
      `截至 ${at}，按策略 ${policy} 第 ${version} 版。`,
    score: (score: string) => `评分 ${score}`,
    leave: (tier: string, border: string) => `不低于 ${border} 保级（${tier}）`,
    enter: (tier: string, border: string) => `达到 ${border} 升为 ${tier}`,
    shares: {
      population: (share: string, tier: string) => `${tier}及以上：评分最高的 ${share} % 客户`,
      revenue: (share: string, tier: string) =>
        `${tier}及以上：评分最高、合计带来 ${share} % 收入的客户`,
    },
    shareFound: (at: string, customers: string, population: string) =>
      `按 ${at} 的校准，客户 ${customers} / ${population} 个`,
    noShare: {
      'not-calibrated': '尚未校准，无人因此升入或退出',
      'not-enough-data': '数据不足，无人因此升入或退出',
    },
    columns: ['维度', '数值', '得分', '权重', '贡献', '下一档'] as readonly string[],
    within: (days: string) => `${days} 天内`,
    grace: (since: string, until: string) =>
      `自 ${since} 起处于宽限期：若不恢复，等级将于 ${until} 变更。`,
    stay: (until: string) => `最短保持期至 ${until}。`,
    period: (end: string) => `评估周期至 ${end} 结束：在此之前，评分下降不会导致等级下调。`,
    override: {
      floor: (tier: string) => `人工调整：不低于 ${tier}`,
      lock: (tier: string) => `人工调整：固定为 ${tier}`,
      ceiling: (tier: string) => `人工调整：不高于 ${tier}`,
    },
    overrideBy: (actor: string, reason: string, until: string | null) =>
      `${until === null ? '直至撤销' : `至 ${until}`}，由 ${actor} 设定：${reason}`,
    ahead: (kind: string, tier: string, at: string) => `若无新事件：${at} ${kind}至 ${tier}。`,
    steady: '若无新事件，等级保持不变。',
    keeps: (amount: string, tier: string) =>
      `现在再有一笔不低于 ${amount} 的订单，即可更久地保住 ${tier}。`,
    promotes: (amount: string, tier: string) =>
      `现在再有一笔不低于 ${amount} 的订单，即可升为 ${tier}。`,
    handsOver: (policy: string, tier: string) =>
      `现在只要有一笔首单，即移交策略 ${policy}，等级为 ${tier}。`,
    history: '等级变更记录：',
    evidence: '判定依据（来源事件，分区:位点）：',
    more: (count: number) => `……另有 ${count} 条`,
    segment: (name: string) => `客户分群：${name}`,
    unscored: {
      'not-calibrated': '尚未校准',
      'not-enough-data': '数据不足',
      'did-not-converge': '模型未收敛',
    },
    dimensions: {
      recency: '近度（距最近一次下单天数）',
      orders: '频度（订单数）',
      purchase_days: '购买天数',
      revenue: '消费金额（M）',
      complaints: '满意度（投诉）',
      engagement: '互动',
      share_of_wallet: '钱包份额',
      potential: '潜力',
      average_order: '客单价',
      feedback: '评价（均分，满分 100）',
      satisfaction: '投诉处理满意度（均分，满分 100）',
      referrals: '成功推荐数',
      categories: '购买品类数',
      channels: '使用渠道数',
      channel_share: '单一渠道订单占比（%）',
      tenure: '客户年资（天）',
      p_alive: '活跃概率 P(alive)',
      clv: '客户生命周期价值（CLV）',
    },
    types: {
      assigned: '首次定级',
      promoted: '等级升级',
      demoted: '等级下调',
      renewed: '保级',
      'at-risk': '下调预警',
      withdrawn: '撤回升级',
    },
    causes: {
      event: '新事件',
      time: '时间推移，没有任何事件',
      policy: '策略新版本',
      calibration: '重新校准',
      override: '人工调整',
      merge: '客户合并',
      correction: '更正推翻了此前的升级',
    },
    change: ({ kind, tiers, cause }: ChangeWords) => `${kind}：${tiers}（原因：${cause}）`,
    alias: ({ other, survivor, when, actor, reason }: MergeWords & { survivor: string }) =>
      `${other} 已于 ${when} 并入 ${survivor}，由 ${actor} 决定：${reason}`,
    merged: ({ other, when, actor, reason }: MergeWords) =>
      `自 ${when} 起包含 ${other}，由 ${actor} 决定：${reason}`,
    handOver: (from: string, to: string) => `，由策略 ${from} 移交给 ${to}`,
  },
});

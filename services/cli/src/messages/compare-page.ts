import { catalogue } from './texts.ts';

interface ScoreTexts {
  readonly customers: string;
  readonly lowest: string;
  readonly median: string;
  readonly highest: string;
  readonly borders: string;
}

/** What only the page of a comparison says: headings, how to read its pictures, and what they show in words. */
export const comparePageTexts = catalogue({
  en: {
    htmlLang: 'en',
    history: (source: string, events: string) => `History: ${source}, ${events} events`,
    span: (from: string, to: string) => `from ${from} to ${to}`,
    clock: (at: string) => `Clock at the end: ${at}`,
    figures: {
      customers: 'customers at the end',
      moved: 'stand in another tier under the second',
      rise: 'stand higher',
      fall: 'stand lower',
      revenue: 'revenue of those who move',
    },
    flow: (at: string) => `Tiers at ${at}`,
    flowHint:
      'On the left where the first policy has the customers, on the right where the second has them. The wider a band, the more customers. Blue and ▲: higher under the second; orange and ▼: lower; grey: the same tier; violet: tiers without an order.',
    flowDescription: (customers: string, moved: string) =>
      `${customers} customers by tier under both policies; ${moved} stand in another tier. The table beside it has every number.`,
    bandText: (from: string, to: string, customers: string) => `${from} → ${to}: ${customers}`,
    nobody: 'There was no customer yet at this instant.',
    money: 'Revenue by tier at the end',
    moneyHint:
      'What the customers of each tier bring in the window of the policy that has them there. Those who move take their revenue along.',
    scores: 'Scores at the end, and the borders',
    scoresHint:
      'How many customers have which score. A line is a border: solid to enter the tier, dashed to leave it. A high bar at a line means that a small change of the border moves many. Heights grow with the square root of the number, so that few are seen beside many.',
    scoreTitle: (policy: string) => `Scores under ${policy}`,
    scoreDescription: ({ customers, lowest, median, highest, borders }: ScoreTexts) =>
      `${customers} customers, lowest score ${lowest}, median ${median}, highest ${highest}. ${borders}`,
    borderText: (tier: string, enter: string, leave: string) =>
      `${tier}: enter ${enter}, leave ${leave}.`,
    noBorders: 'No borders yet.',
    binText: (from: string, to: string, customers: string) =>
      `score ${from} to ${to}: ${customers}`,
    bins: 'The numbers of this picture',
    score: 'Score',
    changes: 'How often customers change tier',
    changesHint:
      'Each customer counts once, by the most changes within any 365 days. Many changes with turns mean that customers flap: wider borders, a longer grace or minimum stay calm them.',
    changesBar: (count: string) => `Changes: ${count}`,
    workload: 'What the treatment asks for',
    workloadHint:
      'Visits a month by visit_every (a month has 30.4 days), and cost a year by cost_per_customer_year, for the customers of each tier at the end.',
    visits: 'Visits a month',
    cost: 'Cost a year',
    printed:
      'Made by ./strata backtest from the named history. Nothing in this page is loaded from elsewhere.',
  },
  zh: {
    htmlLang: 'zh-CN',
    history: (source: string, events: string) => `历史数据：${source}，事件 ${events} 个`,
    span: (from: string, to: string) => `自 ${from} 至 ${to}`,
    clock: (at: string) => `结束时的时钟：${at}`,
    figures: {
      customers: '结束时的客户',
      moved: '换用策略二后等级不同',
      rise: '等级更高',
      fall: '等级更低',
      revenue: '等级不同的客户的收入',
    },
    flow: (at: string) => `${at} 的等级`,
    flowHint:
      '左为策略一下的等级，右为策略二下的等级；带子越宽，客户越多。蓝色与 ▲：策略二下等级更高；橙色与 ▼：更低；灰色：等级相同；紫色：两个等级没有高低之分。',
    flowDescription: (customers: string, moved: string) =>
      `两个策略下 ${customers} 位客户的等级，其中 ${moved} 位等级不同。各项数字见旁边的表格。`,
    bandText: (from: string, to: string, customers: string) => `${from} → ${to}：${customers}`,
    nobody: '此时刻还没有客户。',
    money: '结束时各等级的收入',
    moneyHint: '各等级的客户在所属策略的统计窗口内带来的收入。等级不同的客户连同其收入一起移动。',
    scores: '结束时的评分分布与等级门槛',
    scoresHint:
      '各评分有多少客户。竖线是等级门槛：实线为升入，虚线为退出。若门槛处的柱子很高，门槛稍有变动就会影响许多客户。柱高按人数的平方根绘制，使少数客户也能看清。',
    scoreTitle: (policy: string) => `${policy} 下的评分`,
    scoreDescription: ({ customers, lowest, median, highest, borders }: ScoreTexts) =>
      `客户 ${customers} 位，最低评分 ${lowest}，中位数 ${median}，最高 ${highest}。${borders}`,
    borderText: (tier: string, enter: string, leave: string) =>
      `${tier}：升入 ${enter}，保级 ${leave}。`,
    noBorders: '尚无等级门槛。',
    binText: (from: string, to: string, customers: string) => `评分 ${from} 至 ${to}：${customers}`,
    bins: '此图的数字',
    score: '评分',
    changes: '客户等级变更的频繁程度',
    changesHint:
      '每位客户计一次，取任意 365 天内最多的变更次数。变更多且反复转向，说明等级来回摆动：可拉开升降门槛，或延长宽限期、最短保持期。',
    changesBar: (count: string) => `变更 ${count} 次`,
    workload: '等级权益的要求',
    workloadHint:
      '按结束时各等级的客户数计：每月拜访次数依 visit_every（每月 30.4 天），年度成本依 cost_per_customer_year。',
    visits: '每月拜访次数',
    cost: '年度成本',
    printed: '由 ./strata backtest 根据上述历史数据生成。本页不从别处加载任何内容。',
  },
});

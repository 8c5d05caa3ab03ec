import {
  FILE_PROBLEM_TEXTS,
  type ProblemText,
  type SourceDocument,
  words,
} from '@strata/yaml-file';
import { DOUBT_TEXTS } from './doubt-texts.ts';
import { SET_PROBLEM_TEXTS } from './set-problem-texts.ts';
import { SUCCESSION_TEXTS } from './succession-texts.ts';

/** Every sentence a broken policy file can earn. Keys are stable; a missing language does not compile. */
export const PROBLEM_TEXTS = {
  ...FILE_PROBLEM_TEXTS,
  ...SET_PROBLEM_TEXTS,
  ...SUCCESSION_TEXTS,
  'empty-file': words(
    { zh: '文件中没有策略。', en: 'the file holds no policy. ' },
    {
      zh: '可从 policies/shop.yaml 复制一份开始。',
      en: 'Start from a copy of policies/shop.yaml.',
    },
  ),
  'not-a-version': words(
    {
      zh: '版本号应是大于 0 的整数，现为 {value}。',
      en: 'a version is a whole number above 0, not {value}. ',
    },
    {
      zh: '请写 version: 1，每次发布递增。',
      en: 'Write version: 1 and count up with each publishing.',
    },
  ),
  'too-many-decimals': words(
    { zh: '数字 {value} 超过三位小数。', en: '{value} has more than 3 decimals. ' },
    {
      zh: '请舍入到三位小数以内，总分才能精确。',
      en: 'Round it to at most 3 decimals: scores are exact sums.',
    },
  ),
  'percent-for-share': words(
    {
      zh: '这里应是 0 到 1 之间的比例，现为 {value}。',
      en: 'a share is between 0 and 1, not {value}. ',
    },
    { zh: '若指 {percent} %，请写 {share}。', en: 'For {percent} % write {share}.' },
  ),
  'not-a-duration': words(
    { zh: '“{value}”不是时长。', en: "'{value}' is not a duration. " },
    {
      zh: '请以天为单位书写，至多三位小数，例如 30d 或 0.5d。',
      en: 'Write days, as 30d or 0.5d, with at most 3 decimals.',
    },
  ),
  'empty-duration': words(
    { zh: '时长 {value} 为零。', en: 'the duration {value} is zero. ' },
    { zh: '请写大于 0 的天数，例如 30d。', en: 'Write more than 0 days, as 30d.' },
  ),
  'unknown-dimension': words(
    { zh: '没有名为“{value}”的维度。', en: "there is no dimension '{value}'. " },
    { zh: '{guessZh}已定义的维度：{known}。', en: '{guessEn}Dimensions of this policy: {known}.' },
  ),
  'unknown-tier': words(
    { zh: '等级“{value}”不在 ladder 中。', en: "the tier '{value}' is not in the ladder. " },
    { zh: '{guessZh}ladder 中的等级：{known}。', en: '{guessEn}Tiers of the ladder: {known}.' },
  ),
  'replaces-present-tier': words(
    {
      zh: '等级“{value}”仍在 ladder 中，无需替代。',
      en: "the tier '{value}' is in the ladder, so nothing takes its place. ",
    },
    {
      zh: '请删去此项，或把该等级从 ladder 中去掉。',
      en: 'Remove the entry, or take the tier out of the ladder.',
    },
  ),
  'changes-unlimited': words(
    {
      zh: '此策略不限制单个客户的等级变更次数，因而无法保证每年至多 {max} 次。',
      en: 'the policy sets no limit to the tier changes of a customer, so at most {max} a year cannot be promised. ',
    },
    {
      zh: '请写 grace 或 minimum_stay，例如 grace: 30d，或改用非 rolling 的 qualification。',
      en: 'Write a grace or a minimum_stay, as grace: 30d, or a qualification other than rolling.',
    },
  ),
  'changes-beyond-limit': words(
    {
      zh: '单个客户在 365 天内最多可变更 {total} 次，超过 {max} 次。',
      en: 'one customer can change its tier {total} times within 365 days, more than {max}. ',
    },
    {
      zh: '请延长 grace 或 minimum_stay、改用 soft_landing: one，或把上限改为不低于 {total}。',
      en: 'Lengthen grace or minimum_stay, write soft_landing: one, or allow {total}.',
    },
  ),
  'lowest-tier-border': words(
    {
      zh: '“{value}”是最低等级，不设边界。',
      en: "'{value}' is the lowest tier and has no border. ",
    },
    {
      zh: '请删去此项：达不到更高边界的客户都在最低等级。',
      en: 'Remove it: whoever meets no border is in it.',
    },
  ),
  'missing-border': words(
    { zh: '等级“{value}”没有边界。', en: "the tier '{value}' has no border. " },
    {
      zh: '请加上 {value}: {enter: 分数, leave: 分数}，或 {value}: {population_share: 占比}。',
      en: 'Add {value}: {enter: score, leave: score}, or {value}: {population_share: share}.',
    },
  ),
  'leave-above-enter': words(
    {
      zh: 'leave（{leave}）高于 enter（{enter}）。',
      en: 'leave ({leave}) is above enter ({enter}). ',
    },
    {
      zh: '请让 leave 不高于 enter，否则客户刚升级就会落入宽限期。',
      en: 'Write leave at or below enter, else a customer is in grace as soon as promoted.',
    },
  ),
  'borders-not-rising': words(
    {
      zh: '{which} {value} 不高于低一级的“{below}”的 {belowValue}。',
      en: "{which} {value} is not above the {belowValue} of '{below}', the tier below. ",
    },
    {
      zh: '边界须沿 ladder 逐级升高：请调高此处，或调低前者。',
      en: 'Borders rise along the ladder: raise this one or lower that.',
    },
  ),
  'mixed-borders': words(
    {
      zh: '此等级按分数设边界，而“{other}”按占比设边界。',
      en: "the border of this tier is a score, that of '{other}' is a share. ",
    },
    {
      zh: '同一 ladder 请统一写法：全部用 enter 与 leave，或全部用 population_share / revenue_share。',
      en: 'Write all tiers of the ladder alike: enter and leave, or population_share and revenue_share.',
    },
  ),
  'two-shares': words(
    {
      zh: '同一等级既有 population_share 又有 revenue_share。',
      en: 'the tier has both population_share and revenue_share. ',
    },
    {
      zh: '请只保留一个：按客户数用 population_share，按收入用 revenue_share。',
      en: 'Keep one: population_share counts customers, revenue_share what they bring.',
    },
  ),
  'share-and-score': words(
    {
      zh: '按占比设边界的等级不能再写 {key}。',
      en: 'a tier bordered by a share has no {key}. ',
    },
    {
      zh: '请删去它：所需分数由校准得出，升入与保级同一分数。',
      en: 'Remove it: the score comes from a calibration, the same to enter and to stay.',
    },
  ),
  'population-without-share': words(
    {
      zh: 'minimum_population 只对占比有意义，此等级没有占比。',
      en: 'minimum_population is about shares, and the tier has none. ',
    },
    {
      zh: '请删去它，或改写 population_share: 0.2。',
      en: 'Remove it, or write population_share: 0.2 instead of scores.',
    },
  ),
  'shares-not-falling': words(
    {
      zh: '占比 {value} 不小于低一级的“{below}”的 {belowValue}。',
      en: "the share {value} is not below the {belowValue} of '{below}', the tier below. ",
    },
    {
      zh: '占比自上而下累计，每一级都包含其上各级：请调低此处，或调高前者。',
      en: 'Shares add up from the top, each tier holds those above it: lower this one or raise that.',
    },
  ),
  'within-not-rising': words(
    {
      zh: '档位顺序不对：{value} 不长于前一档的 {before}。',
      en: 'the steps are out of order: {value} is not longer than {before} before it. ',
    },
    {
      zh: 'within 须由短到长，先匹配者生效。',
      en: 'Order within from short to long: the first that matches counts.',
    },
  ),
  'at-least-not-falling': words(
    {
      zh: '档位顺序不对：{value} 不小于前一档的 {before}。',
      en: 'the steps are out of order: {value} is not below {before} before it. ',
    },
    {
      zh: 'at_least 须由大到小，先匹配者生效。',
      en: 'Order at_least from high to low: the first that matches counts.',
    },
  ),
  'recency-needs-steps': words(
    {
      zh: '近度维度必须有 steps 或 quantiles。',
      en: 'a recency dimension needs steps or quantiles. ',
    },
    {
      zh: '例如 steps: [{within: 30d, points: 3}]。',
      en: 'Add them, as steps: [{within: 30d, points: 3}].',
    },
  ),
  'tenure-needs-an-end': words(
    { zh: '年资没有 steps 时必须有 cap。', en: 'tenure without steps needs a cap. ' },
    { zh: '请补上 steps，或例如 cap: 730。', en: 'Add steps, or a cap, as cap: 730.' },
  ),
  'potential-of-nothing': words(
    {
      zh: '潜力维度没有任何因子。',
      en: 'a potential dimension without any factor. ',
    },
    {
      zh: '请至少写 fit、engagement、stages 之一，例如 stages: {lead: 0.2, quoted: 0.7}。',
      en: 'Write at least one of fit, engagement and stages, as stages: {lead: 0.2, quoted: 0.7}.',
    },
  ),
  'horizon-too-long': words(
    {
      zh: '预测期 {value} 超过 {max}：没有模型能看得那么远。',
      en: 'the horizon {value} is longer than {max}: no model sees that far. ',
    },
    { zh: '请缩短，例如 horizon: 365d。', en: 'Shorten it, as horizon: 365d.' },
  ),
  'steps-and-quantiles': words(
    {
      zh: '同一维度既有 steps 又有 quantiles。',
      en: 'the dimension has both steps and quantiles. ',
    },
    {
      zh: '请只保留一个：固定档位用 steps，按客户群排名用 quantiles。',
      en: 'Keep one: steps for fixed borders, quantiles for the place among all customers.',
    },
  ),
  'population-without-quantiles': words(
    {
      zh: 'minimum_population 只对 quantiles 有意义，此维度没有 quantiles。',
      en: 'minimum_population is about quantiles, and the dimension has none. ',
    },
    {
      zh: '请删去它，或写 quantiles: {buckets: 5}。',
      en: 'Remove it, or write quantiles: {buckets: 5}.',
    },
  ),
  'window-beyond-horizon': words(
    {
      zh: '窗口 {value} 超过账本保留期 {horizon}。',
      en: 'the window {value} is longer than the ledger horizon of {horizon}. ',
    },
    { zh: '请缩短窗口：更早的事件不再可查。', en: 'Shorten it: older events are not kept.' },
  ),
  ...DOUBT_TEXTS,
} as const satisfies Readonly<Record<string, ProblemText>>;

export type ProblemKey = keyof typeof PROBLEM_TEXTS;
export type PolicySource = SourceDocument<ProblemKey>;

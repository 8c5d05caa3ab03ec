import { type ProblemText, words } from '@strata/yaml-file';

/** What a policy that can be published is warned of. */
export const DOUBT_TEXTS = {
  'unreachable-border': words(
    {
      zh: 'enter {value} 无人能达到：最高评分为 {most}。',
      en: 'nobody reaches enter {value}: the highest score is {most}. ',
    },
    { zh: '请调低此边界，或提高权重与得分。', en: 'Lower it, or raise weights or points.' },
  ),
  'unreachable-step': words(
    {
      zh: 'at_least {value} 无人能达到：此维度的值最高为 {most}。',
      en: 'nobody reaches at_least {value}: the value is at most {most}. ',
    },
    { zh: '请写不高于 {most} 的数字。', en: 'Write at most {most}.' },
  ),
  'same-for-prospects': words(
    {
      zh: '潜在客户尚未购买，此维度对所有人给出相同的得分。',
      en: 'prospects have not bought yet, so the dimension says the same of all of them. ',
    },
    {
      zh: '请改用 potential 或 engagement，或把该维度移到 applies_to: existing 的策略。',
      en: 'Grade them by potential or engagement, or move the dimension to the policy for existing customers.',
    },
  ),
  'impossible-points': words(
    { zh: '此维度从不给出 {value} 分。', en: 'the dimension never gives {value} points. ' },
    { zh: '可能的得分：{known}。', en: 'Its points are: {known}.' },
  ),
  flickering: words(
    {
      zh: '等级 {value} 的升入与退出门槛相同，又没有宽限期、最短保持期与评估周期：评分在门槛附近的客户会来回变动。',
      en: 'enter and leave of {value} are one score, and neither grace nor minimum_stay nor a qualification period holds the tier: customers near the border go up and down with every event. ',
    },
    {
      zh: '请调低 leave，或写 lifecycle: {grace: 14d}。',
      en: 'Lower leave, or write lifecycle: {grace: 14d}.',
    },
  ),
  'idle-dimension': words(
    {
      zh: '此维度在 score 中没有权重，也没有客户分群用到它，因此不影响任何结果。',
      en: 'has no weight in score and no segment asks for it, so it is shown and changes nothing. ',
    },
    {
      zh: '请在 score 中加上 {value}: 10，或删去该维度。',
      en: 'Add {value}: 10 to score, or remove the dimension.',
    },
  ),
  'idle-calibration': words(
    {
      zh: '此策略没有分位数、占比或客户价值维度，没有可校准的内容。',
      en: 'the policy has no quantiles, shares or dimensions of customer value, so there is nothing to calibrate. ',
    },
    { zh: '请删去 calibration。', en: 'Remove calibration.' },
  ),
  'notice-not-shorter': words(
    {
      zh: '预警提前量 {value} 不短于最短的近度档位 {step}，客户刚购买就可能收到预警。',
      en: 'the notice of {value} is not shorter than the shortest recency step of {step}, so a customer may be warned in the instant of a purchase. ',
    },
    { zh: '请改为短于 {step}。', en: 'Write one shorter than {step}.' },
  ),
} as const satisfies Readonly<Record<string, ProblemText>>;

import { type ProblemText, words } from '@strata/yaml-file';

/** What can be wrong with who grades whom. */
export const SET_PROBLEM_TEXTS = {
  'other-currency': words(
    {
      zh: '以 {value} 计价，而本文件的第一个策略以 {expected} 计价。',
      en: 'counts in {value}, while the first policy of the file counts in {expected}. ',
    },
    {
      zh: '同一文件的策略共用客户与订单：请写 base_currency: {expected}。',
      en: 'Policies of one file share customers and orders: write base_currency: {expected}.',
    },
  ),
  'repeated-population': words(
    {
      zh: '本文件中已有一个策略适用于 {value}。',
      en: 'a policy before it in the file applies to {value} already. ',
    },
    {
      zh: '请只保留一个，或写 applies_to: {attribute: 属性, in: [取值]}。',
      en: 'Keep one of them, or write applies_to: {attribute: NAME, in: [VALUE]}.',
    },
  ),
  'unreachable-policy': words(
    {
      zh: '此策略不会给任何客户定级：{attribute} 为 {values} 的客户已由前面的策略“{before}”定级。',
      en: "grades nobody: customers whose {attribute} is {values} are graded by '{before}' before it. ",
    },
    {
      zh: '请把此文档移到其前面，或从其中一个的 in 中去掉这些取值。',
      en: 'Put this document before that one, or take the values out of one of them.',
    },
  ),
  'anniversary-of-prospects': words(
    {
      zh: '潜在客户尚未加入，没有加入周年。',
      en: 'prospects have not joined yet, so there is no anniversary of it. ',
    },
    {
      zh: '请写 qualification: rolling、calendar 或 tier_anniversary。',
      en: 'Write qualification: rolling, calendar or tier_anniversary.',
    },
  ),
  'no-hand-over': words(
    {
      zh: '没有策略给首次购买之后的客户定级。',
      en: 'no policy grades a customer after the first purchase. ',
    },
    {
      zh: '请在文件中增加一个 applies_to: existing 的文档。',
      en: 'Add a document with applies_to: existing.',
    },
  ),
  'some-ungraded': words(
    {
      zh: '属性不符合任何策略的现有客户没有等级。',
      en: 'existing customers whose attributes match no policy get no tier. ',
    },
    {
      zh: '若非本意，请增加一个 applies_to: existing 的文档。',
      en: 'Unless that is meant, add a document with applies_to: existing.',
    },
  ),
} as const satisfies Readonly<Record<string, ProblemText>>;

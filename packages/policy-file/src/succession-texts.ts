import { type ProblemText, words } from '@strata/yaml-file';

/** Why a set cannot take the place of the one in force. */
export const SUCCESSION_TEXTS = {
  'version-taken': words(
    {
      zh: '策略“{name}”第 {value} 版已经发布过，内容不同；已发布的版本不再改变。',
      en: "version {value} of '{name}' was published already with other contents, and what was published never changes. ",
    },
    { zh: '请把版本号改为 version: {next}。', en: 'Write version: {next}.' },
  ),
  'version-behind': words(
    {
      zh: '策略“{name}”已经发布到第 {highest} 版，而这里是第 {value} 版。',
      en: "version {highest} of '{name}' was published already, and this one is {value}. ",
    },
    {
      zh: '请把版本号改为 version: {next}。若要恢复旧版本，请用 ./strata policy rollback {name}@版本。',
      en: 'Write version: {next}. To bring an old version back: ./strata policy rollback {name}@VERSION.',
    },
  ),
  'currency-of-stack': words(
    {
      zh: '以 {value} 计价，而此栈的金额都已折算为 {expected}。',
      en: 'counts in {value}, while all amounts of this stack were converted to {expected}. ',
    },
    {
      zh: '请写 base_currency: {expected}，或启动以 {value} 计价的新栈。',
      en: 'Write base_currency: {expected}, or start a stack of its own for {value}.',
    },
  ),
  'removed-tier': words(
    {
      zh: '等级“{tier}”不再存在，而没有说明其客户归入哪一级。',
      en: "the tier '{tier}' is gone, and nothing says where its customers go. ",
    },
    {
      zh: '请补上，例如 replaces: {{tier}: {heir}}，或把该等级放回 ladder。',
      en: 'Add replaces: {{tier}: {heir}}, or put the tier back into the ladder.',
    },
  ),
} as const satisfies Readonly<Record<string, ProblemText>>;

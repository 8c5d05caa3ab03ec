import { type ProblemText, words } from './problem-words.ts';

/** Sentences that any file of ours can earn. Keys are stable; a missing language does not compile. */
export const FILE_PROBLEM_TEXTS = {
  'yaml-syntax': words(
    { zh: 'YAML 语法有误：{detail}。', en: 'not valid YAML: {detail}. ' },
    {
      zh: '请检查该处及其上方的缩进、引号与括号。',
      en: 'Check indentation, quotes and brackets there and above.',
    },
  ),
  'full-width': words(
    {
      zh: '这里的“{sign}”是全角标点，YAML 不识别。',
      en: "'{sign}' is full-width punctuation, which YAML takes for text. ",
    },
    {
      zh: '请改用半角标点，冒号与逗号后加一个空格，例如 version: 1。',
      en: 'Write the half-width sign, with a space behind a colon or comma, as version: 1.',
    },
  ),
  'duplicate-key': words(
    { zh: '“{key}”写了两次。', en: "the key '{key}' stands twice. " },
    { zh: '请只保留其中一个。', en: 'Keep one of them.' },
  ),
  'not-a-mapping': words(
    {
      zh: '这里应是一组“键: 值”，现为 {value}。',
      en: 'a mapping of keys is wanted, not {value}. ',
    },
    { zh: '请写成 {example} 的形式。', en: 'Write it as {example}.' },
  ),
  'not-a-list': words(
    { zh: '这里应是列表，现为 {value}。', en: 'a list is wanted, not {value}. ' },
    { zh: '请写成 {example} 的形式。', en: 'Write it as {example}.' },
  ),
  'not-text': words(
    { zh: '这里应是文字，现为 {value}。', en: 'text is wanted, not {value}. ' },
    { zh: '请加引号写成文字。', en: 'Put it in quotes.' },
  ),
  'not-a-number': words(
    { zh: '这里应是数字，现为 {value}。', en: 'a number is wanted, not {value}. ' },
    {
      zh: '请写不带引号、单位与千位分隔符的数字，例如 200000 或 0.8。',
      en: 'Write it without quotes, unit or separators, as 200000 or 0.8.',
    },
  ),
  'not-whole': words(
    { zh: '这里应是整数，现为 {value}。', en: 'a whole number is wanted, not {value}. ' },
    { zh: '请去掉小数。', en: 'Leave the decimals out.' },
  ),
  'out-of-range': words(
    { zh: '{value} 不在 {min} 到 {max} 之间。', en: '{value} is not between {min} and {max}. ' },
    { zh: '请写该范围内的数字。', en: 'Write a number in that range.' },
  ),
  missing: words(
    { zh: '缺少此项。', en: 'is missing. ' },
    { zh: '请补上{exampleZh}。', en: 'Add it{exampleEn}.' },
  ),
  'unknown-key': words(
    { zh: '没有名为“{key}”的项。', en: "there is no key '{key}' here. " },
    { zh: '{guessZh}此处可写：{known}。', en: '{guessEn}Known here: {known}.' },
  ),
  'wrong-choice': words(
    { zh: '“{value}”不在可选范围内。', en: "'{value}' is not one of the choices. " },
    { zh: '{guessZh}可选：{known}。', en: '{guessEn}Choose from: {known}.' },
  ),
  'bad-name': words(
    { zh: '“{value}”不能用作名称。', en: "'{value}' cannot be a name. " },
    {
      zh: '名称以字母开头，只含字母、数字、_、-、.，最长 64 个字符。',
      en: 'A name starts with a letter and holds letters, digits, _, - and . only, at most 64.',
    },
  ),
  'not-a-currency': words(
    { zh: '“{value}”不是 ISO 4217 货币代码。', en: "'{value}' is not an ISO 4217 currency. " },
    { zh: '请写三个大写字母，例如 CNY。', en: 'Write three capital letters, as CNY.' },
  ),
  'not-a-zone': words(
    { zh: '“{value}”不是 IANA 时区。', en: "'{value}' is not an IANA time zone. " },
    {
      zh: '请写时区名，例如 Asia/Shanghai 或 UTC。',
      en: 'Write a zone name, as Asia/Shanghai or UTC.',
    },
  ),
  'empty-list': words(
    { zh: '列表为空。', en: 'the list is empty. ' },
    { zh: '请至少写一项。', en: 'Write at least one entry.' },
  ),
  'repeated-name': words(
    { zh: '“{value}”出现了两次。', en: "'{value}' stands twice. " },
    { zh: '请只保留一个，或改用别的名称。', en: 'Keep one, or rename the other.' },
  ),
} as const satisfies Readonly<Record<string, ProblemText>>;

export type FileProblemKey = keyof typeof FILE_PROBLEM_TEXTS;

/** The sentences of a grammar: those of every file, of an empty one, and its own. */
export type ProblemTexts<K extends string> = Readonly<
  Record<K | FileProblemKey | 'empty-file', ProblemText>
>;

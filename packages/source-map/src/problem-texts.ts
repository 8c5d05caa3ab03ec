import {
  FILE_PROBLEM_TEXTS,
  type IssueParams,
  type ProblemTexts,
  type SourceDocument,
  words,
} from '@strata/yaml-file';

/** Every sentence that a broken mapping file can earn beside those of any file. */
const OWN_TEXTS = {
  'empty-file': words(
    { zh: '文件中没有映射。', en: 'the file holds no mapping. ' },
    {
      zh: '可从 maps 文件夹中的某个文件复制一份开始。',
      en: 'Start from a copy of one in the folder maps.',
    },
  ),
  'several-documents': words(
    { zh: '一个文件里有多个映射。', en: 'the file holds several mappings. ' },
    { zh: '请每个文件只写一个映射。', en: 'Write one mapping per file.' },
  ),
  'bad-map-name': words(
    { zh: '“{value}”不能用作映射名称。', en: "'{value}' cannot be the name. " },
    {
      zh: '名称以小写字母开头，只含小写字母、数字与 -，最长 64 个字符，例如 erp-orders。',
      en: 'It starts with a small letter and holds small letters, digits and - only, at most 64, as erp-orders.',
    },
  ),
  'not-a-time-format': words(
    { zh: '“{value}”不是时间格式。', en: "'{value}' is no time format. " },
    {
      zh: '请写 rfc3339、epoch-ms、epoch-s，或由 yyyy M MM MMM d dd H HH h hh mm ss SSS a XXX 组成的格式，其他文字加单引号，例如 d/M/yyyy HH:mm。',
      en: 'Write rfc3339, epoch-ms, epoch-s, or a pattern of yyyy M MM MMM MMMM d dd H HH h hh mm ss SSS a XXX with other letters in single quotes, as d/M/yyyy HH:mm.',
    },
  ),
  'not-a-word': words(
    { zh: '此处应是 1 到 256 个字符的文字。', en: 'a text of 1 to 256 letters is wanted here. ' },
    { zh: '请写出名称，或删去此项。', en: 'Write the name, or remove the key.' },
  ),
  'not-a-column': words(
    { zh: '没有第 {value} 列。', en: 'there is no column {value}. ' },
    { zh: '列从 1 起数；也可写列名。', en: 'Columns are counted from 1; or write the name.' },
  ),
  'not-a-separator': words(
    { zh: '“{value}”不能用作分隔符。', en: "'{value}' cannot be the separator. " },
    { zh: '请写一个字符，或 tab、spaces。', en: 'Write one character, or tab, or spaces.' },
  ),
  'unfit-value': words(
    { zh: '此处的值 {value} 写法不对。', en: '{value} is written in no way that is known here. ' },
    { zh: '请写成 {example} 的形式。', en: 'Write it as {example}.' },
  ),
  'one-of': words(
    { zh: '此处须且只须写 {keys} 之一。', en: 'exactly one of {keys} is wanted here. ' },
    { zh: '请只保留一个，例如 {example}。', en: 'Keep one, as {example}.' },
  ),
  'quantity-without-price': words(
    { zh: 'quantity 只能与 price 同用。', en: 'quantity goes with price alone. ' },
    {
      zh: '请改用 price 代替 {key}，或删去 quantity。',
      en: 'Write price instead of {key}, or remove quantity.',
    },
  ),
  'no-currency': words(
    { zh: '金额没有货币。', en: 'the amount has no currency. ' },
    {
      zh: '请在文件开头写 currency: CNY，或在此处写 currency: {from: 列名}。',
      en: 'Write currency: CNY at the top, or currency: {from: COLUMN} here.',
    },
  ),
  'same-marks': words(
    { zh: '小数点与千位分隔符相同。', en: 'decimal_mark and group_mark are the same. ' },
    { zh: '请写两个不同的符号。', en: 'Write two different ones.' },
  ),
  'needs-field': words(
    { zh: '{type} 事件缺少 {field}。', en: 'an event of type {type} needs {field}. ' },
    {
      zh: '请在此处或 fields 中补上，例如 {field}: 列名。',
      en: 'Add it here or under fields, as {field}: COLUMN.',
    },
  ),
  'foreign-field': words(
    { zh: '{type} 事件没有 {field} 字段。', en: 'an event of type {type} has no field {field}. ' },
    { zh: '请删去，或改用有此字段的类型。', en: 'Remove it, or choose a type that has it.' },
  ),
  'unknown-table': words(
    {
      zh: '前面没有文件以“{value}”之名保留行。',
      en: "no file above keeps its rows as '{value}'. ",
    },
    {
      zh: '{guessZh}请在前面的文件中写 keep: {as: {value}, by: 列名}。',
      en: '{guessEn}Write keep: {as: {value}, by: COLUMN} in a file above.',
    },
  ),
  'unknown-table-value': words(
    { zh: '“{table}”没有保留“{value}”。', en: "'{table}' keeps no '{value}'. " },
    { zh: '{guessZh}已保留：{known}。', en: '{guessEn}It keeps: {known}.' },
  ),
  'unknown-special': words(
    { zh: '没有“{value}”这个引用。', en: "there is no reference '{value}' here. " },
    {
      zh: '可用 $record、$file；在写有 each 的事件中还可用 $item、$item.路径 与 $index。',
      en: 'Known are $record and $file, and in an event with each also $item, $item.PATH and $index.',
    },
  ),
  'number-in-json': words(
    { zh: 'JSON 没有第 {value} 列。', en: 'JSON has no column {value}. ' },
    { zh: '请写路径，例如 order.id。', en: 'Write a path, as order.id.' },
  ),
  'as-is-needs-json': words(
    { zh: 'as-is 只适用于 JSON。', en: 'as-is goes with JSON alone. ' },
    {
      zh: '请写 format: ndjson，或逐项写出事件。',
      en: 'Write format: ndjson, or write the events out.',
    },
  ),
  'makes-nothing': words(
    { zh: '这里的行不产生任何结果。', en: 'nothing is made of these rows. ' },
    {
      zh: '请补上 events；若供后面的文件引用，请写 keep。',
      en: 'Add events, or keep where later files join the rows.',
    },
  ),
  'not-with-files': words(
    { zh: '{key} 不能与 files 同用。', en: '{key} cannot stand beside files. ' },
    { zh: '请把它写进 files 的各项中。', en: 'Write it inside an entry of files.' },
  ),
  'only-in-files': words(
    { zh: '只有一个文件时不能写 {key}。', en: '{key} needs several files. ' },
    { zh: '请改写 files 列表，或删去 {key}。', en: 'Write a list of files, or remove {key}.' },
  ),
  'topic-is-json': words(
    { zh: '主题中的记录是 JSON。', en: 'records of a topic are JSON. ' },
    { zh: '请删去 input，或写 format: ndjson。', en: 'Remove input, or write format: ndjson.' },
  ),
  'topic-of-strata': words(
    { zh: '“{value}”是 Strata 自己的主题。', en: "'{value}' is a topic of Strata itself. " },
    {
      zh: '请写来源系统的主题，例如 erp.orders。',
      en: 'Name the topic of the source, as erp.orders.',
    },
  ),
  'columns-without-use': words(
    {
      zh: '有表头时不需要 columns。',
      en: 'with a header that is required, columns says nothing. ',
    },
    {
      zh: '请删去 columns，或写 header: optional 或 none。',
      en: 'Remove columns, or write header: optional or none.',
    },
  ),
  'header-without-columns': words(
    { zh: 'header: optional 需要列名。', en: 'header: optional needs the names of the columns. ' },
    { zh: '请补上 columns: [列名, 列名]。', en: 'Add columns: [NAME, NAME].' },
  ),
} as const;

type OwnKey = keyof typeof OWN_TEXTS;
export type MapProblemKey = Exclude<OwnKey, 'empty-file'>;

export const MAP_PROBLEM_TEXTS: ProblemTexts<MapProblemKey> = {
  ...FILE_PROBLEM_TEXTS,
  ...OWN_TEXTS,
};

export type MapSource = SourceDocument<MapProblemKey>;

export function issueOf(
  problem: IssueParams<MapProblemKey>['problem'],
  args: Readonly<Record<string, string>> = {},
) {
  return {
    code: 'custom' as const,
    params: { problem, args } satisfies IssueParams<MapProblemKey>,
  };
}

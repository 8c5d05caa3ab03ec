import { catalogue } from '../messages/texts.ts';

/** What reading and publishing rates says. Each problem ends with its remedy. */
export const ratesTexts = catalogue({
  en: {
    noFile: (path: string) =>
      `There is no file of rates '${path}'. Check the path; it is taken from where you are.`,
    unreadable: (path: string, cause: string) =>
      `The file of rates '${path}' cannot be read: ${cause}.`,
    notToBase: (base: string) =>
      `The stack counts in ${base}, and no rate of the file leads to it. Write lines that end in ...,${base},RATE; nothing was published.`,
    published: (rates: string, pairs: string) =>
      `Every partition converts by ${rates} rates more: ${pairs}. What was converted before stays as it is.`,
    corrected: (rates: string, pairs: string) =>
      `Every partition converts by ${rates} rates more: ${pairs}. What they cover is converted again, for each customer with its next event or tick.`,
    empty: 'the file holds no rate. Write lines like 2026-01-05,USD,CNY,7.1234.',
    tooLong: (rows: string, max: string) =>
      `${rows} rates are more than the ${max} that one table takes. Publish them in several files, the oldest days first.`,
    more: (count: string) => `... and ${count} more lines like these`,
    fields: (count: number) =>
      `fields: ${count} instead of 4. Write day,from,to,rate, as 2026-01-05,USD,CNY,7.1234.`,
    header: (line: string) =>
      `the header is '${line}'. Write day,from,to,rate, in this order, or leave the line out.`,
    notUtf8: 'is no UTF-8 text. Save it as CSV UTF-8.',
    quotes: 'there are quotes. Write the line without them, as 2026-01-05,USD,CNY,7.1234.',
    separator: (sign: string) =>
      `there is '${sign}' where a comma belongs. Write the line as 2026-01-05,USD,CNY,7.1234.`,
    decimalComma: (whole: string, fraction: string) =>
      `rate: '${whole},${fraction}' has a comma, which parts fields. Write ${whole}.${fraction}.`,
    day: (value: string) =>
      `day: '${value}' is no day. Write it as 2026-01-05; it is a day of UTC.`,
    currency: (field: string, value: string) =>
      `${field}: '${value}' is no ISO 4217 currency. Write three capital letters, as USD.`,
    same: (value: string) =>
      `from and to are both ${value}. Name two currencies, or remove the line.`,
    rate: (value: string) =>
      `rate: '${value}' is no rate. Write what one unit of the first is worth in the second, above 0, with at most 12 digits before and after the point, as 7.1234.`,
    twice: (first: number) => `day, from and to are those of line ${first}. Keep one of the two.`,
  },
  zh: {
    noFile: (path: string) => `没有汇率文件“${path}”。请检查路径（相对于当前目录）。`,
    unreadable: (path: string, cause: string) => `无法读取汇率文件“${path}”：${cause}。`,
    notToBase: (base: string) =>
      `栈以 ${base} 计，而文件中没有换算到 ${base} 的汇率。请写成 ...,${base},汇率 这样的行；未发布任何内容。`,
    published: (rates: string, pairs: string) =>
      `所有分区已按新增的 ${rates} 条汇率换算：${pairs}。此前已换算的金额不变。`,
    corrected: (rates: string, pairs: string) =>
      `所有分区已按新增的 ${rates} 条汇率换算：${pairs}。其覆盖的金额将在各客户的下一个事件或唤醒时重新换算。`,
    empty: '文件中没有汇率。请写成 2026-01-05,USD,CNY,7.1234 这样的行。',
    tooLong: (rows: string, max: string) =>
      `共 ${rows} 条汇率，超过一张汇率表的上限 ${max} 条。请分成几个文件发布，日期早的在先。`,
    more: (count: string) => `……另有 ${count} 行类似问题`,
    fields: (count: number) =>
      `字段数为 ${count}，应为 4。请写 day,from,to,rate，例如 2026-01-05,USD,CNY,7.1234。`,
    header: (line: string) => `表头为“${line}”。请依次写 day,from,to,rate，或删去此行。`,
    notUtf8: '不是 UTF-8 文本。请另存为“CSV UTF-8”。',
    quotes: '此行带有引号。请去掉引号，例如 2026-01-05,USD,CNY,7.1234。',
    separator: (sign: string) =>
      `字段之间是“${sign}”，应为半角逗号。请写成 2026-01-05,USD,CNY,7.1234。`,
    decimalComma: (whole: string, fraction: string) =>
      `rate：“${whole},${fraction}”中的逗号会被当作字段分隔符。请写 ${whole}.${fraction}。`,
    day: (value: string) => `day：“${value}”不是日期。请写成 2026-01-05，按 UTC 的日。`,
    currency: (field: string, value: string) =>
      `${field}：“${value}”不是 ISO 4217 货币代码。请写三个大写字母，例如 USD。`,
    same: (value: string) => `from 与 to 都是 ${value}。请写两种货币，或删去此行。`,
    rate: (value: string) =>
      `rate：“${value}”不是汇率。请写一单位前者折合多少后者，大于 0，小数点前后各不超过 12 位，例如 7.1234。`,
    twice: (first: number) => `day、from、to 与第 ${first} 行相同。请只保留一行。`,
  },
});

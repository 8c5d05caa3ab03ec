import { describe, expect, it } from 'vitest';
import { parseRates } from './read-rates.ts';

const parse = (text: string, language: 'zh' | 'en' = 'en') =>
  parseRates(text, { file: 'rates.csv', language });

it('a file of rates is read with or without a header, and as spreadsheets write it', () => {
  const rows = [
    { day: 20_458, from: 'USD', to: 'CNY', rate: '7.1234' },
    { day: 20_459, from: 'JPY', to: 'CNY', rate: '0.048' },
  ];
  const lines = '2026-01-05,USD,CNY,7.12340\r\n2026-01-06, JPY,CNY,00.048\r\n\r\n';
  expect(parse(lines)).toEqual({ rows });
  expect(parse(`\uFEFFday,from,to,rate\r\n${lines}`)).toEqual({ rows });
});

describe('a line that cannot be used is named with its remedy', () => {
  it.each([
    {
      line: '2026-01-05,USD,CNY',
      en: '3 fields instead of 4. Write day,from,to,rate',
      zh: '应为 4 个',
    },
    { line: '2026-02-30,USD,CNY,7', en: "'2026-02-30' is no day. Write it as", zh: '不是日期' },
    { line: '2026-01-05,usd,CNY,7', en: "'usd' is no ISO 4217 currency. Write", zh: '货币代码' },
    { line: '2026-01-05,USD,USD,1', en: 'from and to are both USD. Name two', zh: '都是 USD' },
    { line: '2026-01-05,USD,CNY,7e2', en: "'7e2' is no rate. Write what", zh: '不是汇率' },
    { line: '2026-01-05,USD,CNY,0.000', en: "'0.000' is no rate", zh: '大于 0' },
    { line: '2026-01-05,USD,CNY,-7', en: "'-7' is no rate", zh: '不是汇率' },
    { line: '2026-01-04,USD,CNY,8', en: 'the same day and currencies as line 1', zh: '与第 1 行' },
  ])('$line', ({ line, en, zh }) => {
    for (const [language, says] of [
      ['en', en],
      ['zh', zh],
    ] as const) {
      const result = parse(`2026-01-04,USD,CNY,7\n${line}\n`, language);
      const problems = 'problems' in result ? result.problems : [];
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/^rates\.csv:2: /);
      expect(problems[0]).toContain(says);
    }
  });
});

it('a file is refused whole: when empty, when too long, and with no more lines than are read', () => {
  expect(parse('day,from,to,rate\n')).toEqual({
    problems: [expect.stringContaining('holds no rate. Write lines like')],
  });
  const days = Array.from({ length: 20_001 }, (_, index) => {
    const day = new Date(index * 86_400_000).toISOString().slice(0, 10);
    return `${day},USD,CNY,7`;
  });
  expect(parse(days.join('\n'))).toEqual({
    problems: [expect.stringContaining('Publish them in several files, the oldest days first')],
  });
  const broken = parse('x\n'.repeat(30));
  expect('problems' in broken && broken.problems.at(-1)).toBe('... and 10 more lines like these');
});

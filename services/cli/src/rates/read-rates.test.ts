import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRates } from './read-rates.ts';

const BROKEN = new URL('../../fixtures/broken-rates/', import.meta.url);

const parse = (text: string, language: 'zh' | 'en' = 'en') =>
  parseRates(text, { file: 'rates.csv', language });

it('a file of rates is read with or without a header, and as spreadsheets write it', () => {
  const rows = [
    { day: 20_458, from: 'USD', to: 'CNY', rate: '7.1234' },
    { day: 20_459, from: 'JPY', to: 'CNY', rate: '0.048' },
  ];
  const lines = '2026-01-05,USD,CNY,7.12340\r\n2026-01-06, JPY,CNY,00.048\r\n\r\n';
  expect(parse(lines)).toEqual({ rows });
  expect(parse(`\uFEFFDay, From,To,Rate\r\n${lines}`)).toEqual({ rows });
});

describe('broken files name line, field and remedy in both languages', () => {
  const names = readdirSync(BROKEN)
    .filter((name) => name.endsWith('.csv'))
    .toSorted();

  it.each(names)('%s', async (name) => {
    const text = readFileSync(new URL(name, BROKEN), 'utf8');
    const sentences = (['en', 'zh'] as const).flatMap((language) => {
      const result = parseRates(text, { file: name, language });
      return 'problems' in result ? result.problems : [];
    });
    await expect(`${sentences.join('\n')}\n`).toMatchFileSnapshot(
      new URL(name.replace('.csv', '.golden.txt'), BROKEN).pathname,
    );
    expect(sentences.length).toBeGreaterThan(1);
  });
});

it('a file is refused whole: when empty, when too long, and with no more lines than are read', () => {
  expect(parse('day,from,to,rate\n')).toEqual({
    problems: [expect.stringContaining('holds no rate. Write lines like')],
  });
  // A spreadsheet's "Unicode text" is UTF-16.
  expect(parse(Buffer.from('day,from,to,rate\n', 'utf16le').toString('utf8'))).toEqual({
    problems: [expect.stringContaining('Save it as CSV UTF-8')],
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

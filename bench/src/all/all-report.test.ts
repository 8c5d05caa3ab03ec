import { describe, expect, test } from 'vitest';
import { QUESTION_IDS, QUESTIONS } from '../questions.ts';
import { type AllReport, allText, rowsOf } from './all-report.ts';

const ANSWERS = [
  { question: 'rebuild', measured: { median: 0.3, min: 0.2, max: 0.4 } },
  { question: 'redis-bytes', measured: { median: 512, min: 512, max: 512 }, size: '8 orders' },
  {
    question: 'demotions',
    measured: { median: 70_000, min: 70_000, max: 70_000 },
    missed: 'live p99 was 3,000 ms',
  },
] as const;
const FAILURES = new Map([['ingest', 'the broker ended']] as const);

const report = (): AllReport => ({
  benchmark: 'all',
  isQuick: true,
  machine: {
    startedAt: '2026-01-02T03:04:05.000Z',
    cpu: 'a processor',
    cores: 2,
    memoryGiB: 24,
    node: 'v24',
    loadBefore: 1,
  },
  minutes: 3,
  rows: rowsOf(ANSWERS, FAILURES),
  reports: [],
});

describe('the table of everything that Strata has to reach', () => {
  test('has a row for every question, measured or not', () => {
    const { rows } = report();
    expect(rows.map(({ question }) => question)).toEqual([...QUESTION_IDS]);
    const verdictOf = (id: string) => rows.find(({ question }) => question === id)?.verdict;
    expect(verdictOf('rebuild')).toBe('reached');
    expect(verdictOf('redis-bytes')).toBe('missed');
    expect(verdictOf('demotions')).toBe('missed');
    expect(verdictOf('latency')).toBe('missed');
  });

  test.each(['en', 'zh'] as const)('says each in %s, with the reason of a miss', (language) => {
    const text = allText(report(), language);
    for (const id of QUESTION_IDS) expect(text).toContain(QUESTIONS[id].text[language]);
    for (const part of ['0.30x (0.20-0.40)', '512 bytes, 8 orders', 'the broker ended', '3,000 ms'])
      expect(text).toContain(part);
  });
});

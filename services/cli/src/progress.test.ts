import { expect, it } from 'vitest';
import { Progress } from './progress.ts';

function record(isTty: boolean, language: 'zh' | 'en' = 'en') {
  const lines: string[] = [];
  let now = 0;
  let share = 0;
  const progress = new Progress({
    context: {
      stderr: { isTty, write: (text) => void lines.push(text) },
      language,
      monotonicMs: () => now,
    },
    label: 'Reading',
    unit: 'records',
    share: () => share,
  });
  const step = (ms: number, done: number, count: number): void => {
    now += ms;
    share = done;
    progress.advance(count);
  };
  return { lines, progress, step };
}

it('says at once what it does, then rate and time left in plain lines', () => {
  const { lines, progress, step } = record(false);
  expect(lines).toEqual(['Reading ...\n']);
  step(1_000, 0.1, 1_000);
  expect(lines).toHaveLength(1);
  step(4_000, 0.25, 49_000);
  progress.end();
  expect(lines.slice(1)).toEqual([
    'Reading: 50,000 records, 10,000/s, 15 s left\n',
    'Reading: 50,000 records in 5.0 s\n',
  ]);
});

it('redraws one line on a terminal, and ends it', () => {
  const { lines, progress, step } = record(true, 'zh');
  step(300, 0.5, 300);
  progress.end();
  expect(lines).toEqual([
    '\r\u001b[KReading ...',
    '\r\u001b[KReading: 300 records，每秒 1,000，约剩 0.3 秒',
    '\r\u001b[KReading: 300 records，用时 0.3 秒\n',
  ]);
});

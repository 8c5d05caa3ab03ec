import { describe, expect, test } from 'vitest';
import { type Answer, QUESTION_IDS, QUESTIONS, verdictOf } from './questions.ts';

const answer = (question: Answer['question'], median: number, more = {}): Answer => ({
  question,
  measured: { median, min: median, max: median },
  ...more,
});

describe('what a question says of a figure', () => {
  test.each([
    ['rebuild', 0.5, 'aim'],
    ['rebuild', 0.499, 'reached'],
    ['rebuild', 0.25, 'reached'],
    ['rebuild', 0.249, 'missed'],
    ['rebuild', Number.NaN, 'missed'],
    ['redis-bytes', 300, 'aim'],
    ['redis-bytes', 300.1, 'reached'],
    ['redis-bytes', 420, 'reached'],
    ['redis-bytes', 420.1, 'missed'],
  ] as const)('%s at %d is %s', (question, median, verdict) => {
    expect(verdictOf(question, answer(question, median))).toBe(verdict);
  });

  test('is missed without an answer, and where a condition beside the figure is not met', () => {
    expect(verdictOf('demotions', undefined)).toBe('missed');
    expect(verdictOf('demotions', answer('demotions', 90_000))).toBe('aim');
    const late = answer('demotions', 90_000, { missed: 'live p99 was 2,000 ms' });
    expect(verdictOf('demotions', late)).toBe('missed');
  });

  test('asks for more than it needs at least, everywhere', () => {
    for (const id of QUESTION_IDS) {
      const { better, atLeast, aim } = QUESTIONS[id];
      expect(better === 'higher' ? aim > atLeast : aim < atLeast, id).toBe(true);
    }
  });
});

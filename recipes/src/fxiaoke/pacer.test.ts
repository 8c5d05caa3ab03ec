import { expect, test } from 'vitest';
import { Pacer } from './pacer.ts';

test('calls come one after another, with a pause behind each, also behind one that failed', async () => {
  const steps: string[] = [];
  const pacer = new Pacer({
    spacingMs: 500,
    waitingMax: 3,
    sleep: async (ms) => void steps.push(`pause ${ms}`),
  });
  const call = (name: string) =>
    pacer.run(async () => {
      steps.push(`begin ${name}`);
      await Promise.resolve();
      if (name === 'b') throw new Error('no');
      steps.push(`end ${name}`);
    });
  const settled = await Promise.allSettled([call('a'), call('b'), call('c')]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(steps.slice(0, 6)).toEqual([
    'begin a',
    'end a',
    'pause 500',
    'begin b',
    'pause 500',
    'begin c',
  ]);
});

import { expect, test } from 'vitest';
import { sendInTurn } from './send-in-turn.ts';

test('each send waits for the one before, and one that fails holds up no other', async () => {
  const running: string[] = [];
  const said: string[] = [];
  const writer = sendInTurn({
    send: async ([record]) => {
      const name = String(record?.topic);
      running.push(name);
      await Promise.resolve();
      expect(running).toEqual([name]);
      running.pop();
      said.push(name);
      if (name === 'bad') throw new Error('not acknowledged');
    },
    close: async () => {},
  });
  const send = (topic: string) =>
    writer.send([{ topic, partition: 0, key: null, value: null, headers: {} }]);
  const settled = await Promise.allSettled([send('a'), send('bad'), send('b')]);
  expect(said).toEqual(['a', 'bad', 'b']);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

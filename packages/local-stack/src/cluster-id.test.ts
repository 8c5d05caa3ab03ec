import { expect, it } from 'vitest';
import { newClusterId } from './cluster-id.ts';

it('never begins with a dash, which the storage tool would read as an option', () => {
  const drawn = ['f8000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000000'];
  expect(newClusterId(() => drawn.shift() as string)).toBe('AAAAAAAAQACAAAAAAAAAAA');
  expect(drawn).toEqual([]);
});

it('has the 22 characters that Kafka wants', () => {
  expect(newClusterId()).toMatch(/^[\w][\w-]{21}$/);
});

import { expect, test } from 'vitest';
import { CustomerCache } from './customer-cache.ts';

const cacheOf = (weightMax: number) =>
  new CustomerCache<string>(weightMax, (state) => state.length);

test('who was used least lately goes first, as soon as all together weigh too much', () => {
  const cache = cacheOf(5);
  cache.set('a', '11');
  cache.set('b', '22');
  expect(cache.get('a')).toBe('11');
  cache.set('c', '33');
  expect(cache.get('b')).toBeUndefined();
  expect([cache.get('a'), cache.get('c'), cache.size]).toEqual(['11', '33', 2]);
});

test('a heavy one takes the room of several', () => {
  const cache = cacheOf(5);
  for (const id of ['a', 'b', 'c', 'd', 'e']) cache.set(id, '1');
  cache.set('f', '1234');
  expect([cache.size, cache.get('e'), cache.get('f')]).toEqual([2, '1', '1234']);
});

test('one that weighs more than all may is not kept', () => {
  const cache = cacheOf(5);
  cache.set('a', '1');
  cache.set('b', '123456');
  expect(cache.size).toBe(0);
  cache.set('c', '12345');
  expect(cache.get('c')).toBe('12345');
});

test('a state that takes the place of another, or goes, leaves no weight behind', () => {
  const cache = cacheOf(5);
  for (let turn = 0; turn < 10; turn += 1) cache.set('a', '123');
  cache.set('b', '12');
  expect(cache.size).toBe(2);
  cache.delete('a');
  cache.delete('nobody');
  cache.set('c', '123');
  expect([cache.get('b'), cache.get('c')]).toEqual(['12', '123']);
});

import { expect, test } from 'vitest';
import { partitionFor } from './partition-for.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Hashes of Kafka's own UtilsTest.testMurmur2, as positive numbers: the modulus shows them whole. */
const VECTORS: readonly (readonly [key: string, murmur2: number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

test.each(VECTORS)('hashes %s as the Java client does', (key, murmur2) => {
  expect(partitionFor(bytes(key), 0x7fffffff)).toBe((murmur2 & 0x7fffffff) % 0x7fffffff);
});

test('keeps a key on its partition for the usual count', () => {
  expect(['c1', 'c2', '林记茶行', ''].map((key) => partitionFor(bytes(key), 32))).toEqual([
    3, 5, 3, 25,
  ]);
});

test.each([0, -1, 1.5, Number.NaN])('refuses a partition count of %s', (count) => {
  expect(() => partitionFor(bytes('c1'), count)).toThrow('whole number from 1 on');
});

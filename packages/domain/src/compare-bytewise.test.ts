import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareBytewise } from './compare-bytewise.ts';

it('orders as the UTF-8 bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareBytewise(a, b))).toBe(expected);
    }),
  );
});

it('puts characters above U+FFFF behind U+FFFD, where UTF-16 would not', () => {
  expect(['😀', '�', '客', 'a'].toSorted(compareBytewise)).toEqual(['a', '客', '�', '😀']);
});

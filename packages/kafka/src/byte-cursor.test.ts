import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteCursor } from './byte-cursor.ts';

function zigzag(value: bigint): Buffer {
  let rest = value >= 0n ? value * 2n : -value * 2n - 1n;
  const bytes: number[] = [];
  while (rest >= 128n) {
    bytes.push(Number(rest % 128n) + 128);
    rest /= 128n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

test('reads zigzag numbers exactly as far as the ports promise', () => {
  const aNumber = fc.oneof(
    fc.integer(),
    fc.constantFrom(0, -1, 1, 63, 64, -64, -65, 2 ** 52, -(2 ** 52)),
  );
  fc.assert(
    fc.property(aNumber, (value) => {
      const cursor = new ByteCursor(zigzag(BigInt(value)));
      expect(cursor.varint()).toBe(value);
      expect(cursor.remaining).toBe(0);
    }),
  );
});

test('reads 64-bit numbers of either sign', () => {
  const values = [0, 1, -1, 2 ** 32, -(2 ** 32) - 5, Number.MAX_SAFE_INTEGER];
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => bytes.writeBigInt64BE(BigInt(value), 8 * index));
  const cursor = new ByteCursor(bytes);
  expect(values.map(() => cursor.int64())).toEqual(values);
});

test('tells null bytes from none', () => {
  const cursor = new ByteCursor(Buffer.from([1, 0]));
  expect(cursor.varBytes()).toBeNull();
  expect(cursor.varBytes()).toEqual(Buffer.alloc(0));
});

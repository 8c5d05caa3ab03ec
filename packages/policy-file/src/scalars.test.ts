import { expect, it } from 'vitest';
import { describeNumber } from './describe-number.ts';
import { milliOf } from './scalars.ts';

it.each([
  { value: 0.145, milli: 145, why: 'a float product would give 144.99999999999997' },
  { value: 1.005, milli: 1_005, why: 'the same trap above one' },
  { value: '0.500', milli: 500, why: 'trailing zeros are no decimals' },
  { value: -0.5, milli: -500, why: 'weights may be negative' },
  { value: 0.0005, milli: null, why: 'four decimals' },
  { value: 1e-7, milli: null, why: 'the shortest text has an exponent' },
])('$value is $milli thousandths: $why', ({ value, milli }) => {
  expect(milliOf(value)).toBe(milli);
});

it('shows thousandths in the shortest form', () => {
  expect([0, 1_500, -15_000, 5, 320_001].map(describeNumber)).toEqual([
    '0',
    '1.5',
    '-15',
    '0.005',
    '320.001',
  ]);
});

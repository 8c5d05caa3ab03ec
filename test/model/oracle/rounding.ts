/** The nearest multiple of `unit`, counted in units; of two equally near the even one. */
export function roundHalfEven(value: bigint, unit: bigint): bigint {
  const isNegative = value < 0n;
  const magnitude = isNegative ? -value : value;
  let whole = magnitude / unit;
  const twice = (magnitude % unit) * 2n;
  if (twice > unit || (twice === unit && whole % 2n === 1n)) whole += 1n;
  return isNegative ? -whole : whole;
}

/** A number with at most 3 decimals, in thousandths. */
export const milliOf = (value: number): bigint => BigInt(Math.round(value * 1_000));

/** What is kept to 3 decimals, in the millionths that values are counted in. */
export const microOfMilli = (milli: bigint): bigint => milli * 1_000n;

/** Exact arithmetic on thousandths ("milli") and millionths ("micro") kept as integers. */

/** Rounds an integer quotient half to even. */
export function divideHalfEven(dividend: number, divisor: number): number {
  const floor = Math.floor(dividend / divisor);
  const twiceRest = (dividend - floor * divisor) * 2;
  if (twiceRest < divisor) return floor;
  if (twiceRest > divisor) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Sum of products of thousandths, as thousandths, rounded half to even once. BigInt only where a double would round. */
export function sumOfProductsMilli(pairs: readonly (readonly [number, number])[]): number {
  let micro = 0;
  for (const [a, b] of pairs) micro += a * b;
  if (Number.isSafeInteger(micro) && pairs.every(([a, b]) => Number.isSafeInteger(a * b))) {
    return divideHalfEven(micro, 1_000);
  }
  let exact = 0n;
  for (const [a, b] of pairs) exact += BigInt(a) * BigInt(b);
  const floor = exact >= 0n ? exact / 1_000n : -((-exact + 999n) / 1_000n);
  const twiceRest = (exact - floor * 1_000n) * 2n;
  const isUp = twiceRest > 1_000n || (twiceRest === 1_000n && floor % 2n !== 0n);
  return Number(isUp ? floor + 1n : floor);
}

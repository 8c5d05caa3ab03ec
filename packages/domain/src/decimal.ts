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
  return Number(divideExactly(exact, 1_000n));
}

/** `part` of `whole` as percent in thousandths, half to even; both are thousandths, `whole` above zero. */
export function percentMilliOf(partMilli: number, wholeMilli: number): number {
  const dividend = partMilli * 100_000;
  if (Number.isSafeInteger(dividend)) return divideHalfEven(dividend, wholeMilli);
  return Number(divideExactly(BigInt(partMilli) * 100_000n, BigInt(wholeMilli)));
}

/** As `divideHalfEven`, beyond what a double holds. */
function divideExactly(dividend: bigint, divisor: bigint): bigint {
  const floor = dividend >= 0n ? dividend / divisor : -((-dividend + divisor - 1n) / divisor);
  const twiceRest = (dividend - floor * divisor) * 2n;
  const isUp = twiceRest > divisor || (twiceRest === divisor && floor % 2n !== 0n);
  return isUp ? floor + 1n : floor;
}

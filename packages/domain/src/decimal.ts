/** Exact arithmetic on thousandths ("milli") and millionths ("micro") kept as integers. */

/** Rounds an integer quotient half to even. */
export function divideHalfEven(dividend: number, divisor: number): number {
  const floor = Math.floor(dividend / divisor);
  const twiceRest = (dividend - floor * divisor) * 2;
  if (twiceRest < divisor) return floor;
  if (twiceRest > divisor) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A sum of products of thousandths, as thousandths, rounded half to even once. BigInt only where a double would round. */
export class MilliProducts {
  #micro = 0;
  #exact: bigint | null = null;

  add(a: number, b: number): void {
    const product = a * b;
    const sum = this.#micro + product;
    if (this.#exact === null && Number.isSafeInteger(product) && Number.isSafeInteger(sum)) {
      this.#micro = sum;
    } else {
      this.#exact = (this.#exact ?? BigInt(this.#micro)) + BigInt(a) * BigInt(b);
    }
  }

  sumMilli(): number {
    return this.#exact === null
      ? divideHalfEven(this.#micro, 1_000)
      : Number(divideExactly(this.#exact, 1_000n));
  }
}

/** `part` of `whole` as percent in thousandths, half to even; both are thousandths, `whole` above zero. */
export function percentMilliOf(partMilli: number, wholeMilli: number): number {
  const dividend = partMilli * 100_000;
  if (Number.isSafeInteger(dividend)) return divideHalfEven(dividend, wholeMilli);
  return Number(divideExactly(BigInt(partMilli) * 100_000n, BigInt(wholeMilli)));
}

/** A part of a whole, both whole numbers, `whole` above zero. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/** The product of shares as percent in thousandths, half to even once. */
export function percentMilliOfProduct(shares: readonly Share[]): number {
  const dividend = shares.reduce((product, { part }) => product * BigInt(part), 100_000n);
  const divisor = shares.reduce((product, { whole }) => product * BigInt(whole), 1n);
  return Number(divideExactly(dividend, divisor));
}

const DECIMAL_TEXT = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** A number in thousandths, half to even, by the decimal that its shortest text says: 0.0005 is halfway. */
export function milliOfNumber(value: number): number {
  const [, sign, whole = '0', fraction = '', exponent = '0'] =
    DECIMAL_TEXT.exec(String(value)) ?? [];
  const digits = BigInt(`${sign ?? ''}${whole}${fraction}`);
  const places = Number(exponent) - fraction.length + 3;
  return Number(
    places >= 0 ? digits * 10n ** BigInt(places) : divideExactly(digits, 10n ** BigInt(-places)),
  );
}

/** As `divideHalfEven`, beyond what a double holds. */
function divideExactly(dividend: bigint, divisor: bigint): bigint {
  const floor = dividend >= 0n ? dividend / divisor : -((-dividend + divisor - 1n) / divisor);
  const twiceRest = (dividend - floor * divisor) * 2n;
  const isUp = twiceRest > divisor || (twiceRest === divisor && floor % 2n !== 0n);
  return isUp ? floor + 1n : floor;
}

/**
 * Exponential and logarithm out of the four operations alone. ECMAScript leaves the last bit of `Math.exp` and
 * `Math.log` to the engine; the fold must give the same bits on every machine, so it uses these. The approximations and
 * their constants are those of FreeBSD's msun (e_exp.c and e_log.c, Sun Microsystems 1993), within one unit of the last place.
 */

const LN2_HIGH = 6.931_471_803_691_238_16e-1;
const LN2_LOW = 1.908_214_929_270_587_7e-10;
const SQRT_HALF = 0.707_106_781_186_547_6;

const LOG_TERMS = [
  6.666_666_666_666_735_13e-1, 3.999_999_999_940_941_908e-1, 2.857_142_874_366_239_149e-1,
  2.222_219_843_214_978_396e-1, 1.818_357_216_161_805_012e-1, 1.531_383_769_920_937_332e-1,
  1.479_819_860_511_658_591e-1,
] as const;
const EXP_TERMS = [
  1.666_666_666_666_660_19e-1, -2.777_777_777_701_559_338e-3, 6.613_756_321_437_934_361e-5,
  -1.653_390_220_546_525_154e-6, 4.138_136_797_057_238_46e-8,
] as const;

/** Beyond these a double holds only infinity, or zero. */
const EXP_MAX = 709.782_712_893_384;
const EXP_MIN = -745.133_219_101_941_1;

/** Natural logarithm; minus infinity of zero, NaN of less. */
export function ln(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0) || x === Infinity) return x > 0 ? x : Number.NaN;
  const { mantissa, exponent } = partsOf(x);
  const f = mantissa - 1;
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const rest = s * s * polynomial(LOG_TERMS, s * s);
  const low = exponent * LN2_LOW;
  return exponent * LN2_HIGH - (halfSquare - (s * (halfSquare + rest) + low) - f);
}

/** e to the power of x. */
export function exp(x: number): number {
  if (!(x <= EXP_MAX)) return x > 0 ? Infinity : x;
  if (x < EXP_MIN) return 0;
  const exponent = Math.round(x / (LN2_HIGH + LN2_LOW));
  const high = x - exponent * LN2_HIGH;
  const low = exponent * LN2_LOW;
  const r = high - low;
  const c = r - r * r * polynomial(EXP_TERMS, r * r);
  const mantissa = 1 - (low - (r * c) / (2 - c) - high);
  // Two steps: the power of two alone may be out of range where the product is not.
  const half = Math.trunc(exponent / 2);
  return mantissa * powerOfTwo(half) * powerOfTwo(exponent - half);
}

/** ln(1 + u), also where u is too small to show beside 1 (Kahan's correction). */
export function lnOnePlus(u: number): number {
  const sum = 1 + u;
  if (sum === 1) return u;
  return sum === Infinity ? sum : (ln(sum) * u) / (sum - 1);
}

/** (e^y - 1) / y, 1 at zero: what is left of a power when its exponent may vanish. */
export function relativeExponential(y: number): number {
  const power = exp(y);
  if (power === 1) return 1;
  return Math.abs(y) > 1 ? (power - 1) / y : (power - 1) / ln(power);
}

function polynomial(terms: readonly number[], x: number): number {
  let sum = 0;
  for (let i = terms.length - 1; i >= 0; i--) sum = sum * x + (terms[i] as number);
  return sum;
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Which of the two words holds sign and exponent: the machine's order of bytes. */
const HIGH_WORD = highWord();
const EXPONENT_BIAS = 1_023;

/** x = mantissa x 2^exponent with the mantissa near 1, between the root of a half and the root of two. */
function partsOf(x: number): { readonly mantissa: number; readonly exponent: number } {
  const isSubnormal = x < 2.225_073_858_507_201_4e-308;
  double[0] = isSubnormal ? x * 2 ** 54 : x;
  const high = words[HIGH_WORD] as number;
  let exponent = (high >>> 20) - EXPONENT_BIAS + 1 - (isSubnormal ? 54 : 0);
  words[HIGH_WORD] = ((EXPONENT_BIAS - 1) << 20) | (high & 0xf_ff_ff);
  let mantissa = double[0];
  if (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent -= 1;
  }
  return { mantissa, exponent };
}

/** Exactly; |exponent| below 1,023. */
function powerOfTwo(exponent: number): number {
  double[0] = 0;
  words[HIGH_WORD] = (exponent + EXPONENT_BIAS) << 20;
  return double[0];
}

function highWord(): 0 | 1 {
  double[0] = 1;
  return words[1] === 0 ? 0 : 1;
}

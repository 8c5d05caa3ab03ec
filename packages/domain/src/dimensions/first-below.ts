import { DAY_MS, type Instant, LAST_INSTANT } from '../instant.ts';

/** A value that only falls, and the height that it is to fall below. */
export interface FallingValue {
  readonly valueAt: (at: Instant) => number;
  /** Whether it has fallen at a value: true from some value down. */
  readonly isBelow: (value: number) => boolean;
  /** Near where that value lies; a guess for the search, which no result depends on. */
  readonly about: number;
}

/**
 * The first millisecond from `from` on at which a falling value is below; Infinity for never. Ever longer leaps, then the
 * bracket is closed by ITP (Oliveira and Takahashi 2020), which needs few values where the curve is smooth and never
 * more than halving would, but one.
 */
export function firstBelow(falling: FallingValue, from: Instant): Instant {
  const heightAt = (at: Instant): Height => {
    const value = falling.valueAt(at);
    return { above: value - falling.about, isBelow: falling.isBelow(value) };
  };
  let low = from;
  let high = from;
  let atLow = heightAt(from);
  let atHigh = atLow;
  if (atHigh.isBelow) return from;
  for (let leap = DAY_MS; !atHigh.isBelow; leap *= 2) {
    if (high === LAST_INSTANT) return Infinity;
    low = high;
    atLow = atHigh;
    high = Math.min(from + leap, LAST_INSTANT);
    atHigh = heightAt(high);
  }
  return closed(heightAt, { low, atLow, high, atHigh });
}

interface Height {
  readonly above: number;
  readonly isBelow: boolean;
}

interface Bracket {
  readonly low: Instant;
  readonly atLow: Height;
  readonly high: Instant;
  readonly atHigh: Height;
}

function closed(heightAt: (at: Instant) => Height, bracket: Bracket): Instant {
  let { low, atLow, high, atHigh } = bracket;
  const width = high - low;
  let steps = 1;
  for (let reach = 1; reach < width; reach *= 2) steps += 1;
  for (; high - low > 1; steps--) {
    const middle = (low + high) / 2;
    const fall = atLow.above - atHigh.above;
    const straight = fall > 0 ? low + ((high - low) * atLow.above) / fall : middle;
    const inwards = Math.sign(middle - straight);
    const pull = (0.2 * (high - low) ** 2) / width;
    const off = Math.max(0, Math.abs(middle - straight) - pull);
    // So far from the middle that as many halvings as are left would still do.
    const slack = Math.max(0, (2 ** steps - (high - low)) / 2);
    const guess = Math.round(middle - inwards * Math.min(off, slack));
    const at = Math.min(high - 1, Math.max(low + 1, guess));
    const there = heightAt(at);
    if (there.isBelow) {
      high = at;
      atHigh = there;
    } else {
      low = at;
      atLow = there;
    }
  }
  return high;
}

import type { SeededRandom } from './seeded-random.ts';

/**
 * The rhythm of BG/NBD (Fader, Hardie and Lee 2005): while alive, a customer buys at random at a rate of its own
 * (gamma over customers), and after each order drops out with a probability of its own (beta over customers).
 */
export interface BuyingRhythm {
  readonly rateShape: number;
  readonly meanDaysBetweenOrders: number;
  readonly dropoutA: number;
  readonly dropoutB: number;
  /** First orders fall into this many days from the start, more of them early. */
  readonly joinDays: number;
  /** No order on this day or later. */
  readonly endDay: number;
}

const JOINS_EARLY = 1.4;

/** Days of one customer's orders, counted from the start, fractions included; at most one a day. */
export function* orderDays(random: SeededRandom, rhythm: BuyingRhythm): Generator<number, void> {
  const { rateShape, meanDaysBetweenOrders, dropoutA, dropoutB, joinDays, endDay } = rhythm;
  const meanDays = (meanDaysBetweenOrders * rateShape) / random.gamma(rateShape);
  const dropout = random.beta(dropoutA, dropoutB);
  let day = random.uniform() ** JOINS_EARLY * joinDays;
  while (day < endDay) {
    yield day;
    if (random.chance(dropout)) return;
    day += 1 + random.exponential(meanDays);
  }
}

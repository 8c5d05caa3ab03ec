import type { PurchaseHistory, PurchaseParameters } from '../clv/purchase-model.ts';

/** Somebody who buys and stops as the model of purchases says. */
export interface ModelShopper extends PurchaseHistory {
  /** After the first one, in the model's unit of time. */
  readonly purchases: readonly number[];
}

/** Numerical Recipes' quick generator: the same numbers on every run. */
export function chancesFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 4_294_967_296;
  };
}

/** Marsaglia and Tsang (2000); shapes below one by the power of a chance. */
export function gammaOf(chance: () => number, shape: number): number {
  if (shape < 1) return gammaOf(chance, shape + 1) * chance() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(chance())) * Math.cos(2 * Math.PI * chance());
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(chance()) < normal * normal * 0.5 + d - d * v + d * Math.log(v)) {
      return d * v;
    }
  }
}

/** People who buy and stop as the model says, observed for between half and the whole of `span`. */
export function modelShoppers(
  { r, alpha, a, b }: PurchaseParameters,
  { people, span, seed }: { people: number; span: number; seed: number },
): readonly ModelShopper[] {
  const chance = chancesFrom(seed);
  return Array.from({ length: people }, () => {
    const rate = gammaOf(chance, r) / alpha;
    const x = gammaOf(chance, a);
    const stop = x / (x + gammaOf(chance, b));
    const observed = Math.ceil((span * (1 + chance())) / 2);
    const purchases: number[] = [];
    for (let at = -Math.log(chance()) / rate; at < observed; at -= Math.log(chance()) / rate) {
      purchases.push(at);
      if (chance() < stop) break;
    }
    return { repeats: purchases.length, lastAfter: purchases.at(-1) ?? 0, observed, purchases };
  });
}

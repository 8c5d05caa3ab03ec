import { exp, ln, lnOnePlus } from './elementary.ts';
import type { Evaluation } from './minimise.ts';
import type { PurchaseHistory, PurchaseParameters } from './purchase-model.ts';

/** Customers with the same history, counted once. */
export interface HistoryGroup extends PurchaseHistory {
  readonly customers: number;
}

/** In a fixed order, so that the sums come out the same whatever the order of the customers was. */
export function groupsOf(histories: Iterable<PurchaseHistory>): readonly HistoryGroup[] {
  const counts = new Map<string, { -readonly [K in keyof HistoryGroup]: HistoryGroup[K] }>();
  for (const { repeats, lastAfter, observed } of histories) {
    const key = `${repeats} ${lastAfter} ${observed}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { repeats, lastAfter, observed, customers: 1 });
    else known.customers += 1;
  }
  return [...counts.values()].sort(
    (x, y) => x.repeats - y.repeats || x.lastAfter - y.lastAfter || x.observed - y.observed,
  );
}

/** ln of the likelihood of the histories: equation (6) of the paper, in the form of its appendix for spreadsheets. */
export function logLikelihood(
  model: PurchaseParameters,
  groups: readonly HistoryGroup[],
): Evaluation {
  const { r, alpha, a, b } = model;
  const most = groups.reduce((max, it) => Math.max(max, it.repeats), 0);
  const ofR = risingOf(r, most);
  const ofB = risingOf(b, most);
  const ofBoth = risingOf(a + b, most);
  let value = 0;
  const lnAlpha = ln(alpha);
  const slope: [number, number, number, number] = [0, 0, 0, 0];
  for (const { repeats, lastAfter, observed, customers } of groups) {
    const n = r + repeats;
    const lnObserved = ln(alpha + observed);
    const lnLast = ln(alpha + lastAfter);
    // Still there, against stopped right after the last purchase.
    const lnOdds =
      repeats === 0
        ? Number.NEGATIVE_INFINITY
        : ln(a / (b + repeats - 1)) + n * (lnObserved - lnLast);
    const stopped = 1 / (1 + exp(-lnOdds));
    const mixture = lnOdds > 0 ? lnOdds + lnOnePlus(exp(-lnOdds)) : lnOnePlus(exp(lnOdds));
    value +=
      customers *
      (ofR.ln(repeats) +
        ofB.ln(repeats) -
        ofBoth.ln(repeats) +
        r * lnAlpha -
        n * lnObserved +
        mixture);
    const lnTime = (1 - stopped) * lnObserved + stopped * lnLast;
    const perTime = (1 - stopped) / (alpha + observed) + stopped / (alpha + lastAfter);
    slope[0] += customers * (ofR.slope(repeats) + lnAlpha - lnTime);
    slope[1] += customers * (r / alpha - n * perTime);
    slope[2] += customers * (stopped / a - ofBoth.slope(repeats));
    slope[3] +=
      customers *
      (ofB.slope(repeats) -
        ofBoth.slope(repeats) -
        (repeats === 0 ? 0 : stopped / (b + repeats - 1)));
  }
  return { value, slope };
}

/** ln of Gamma(base + n) / Gamma(base) and its derivative, for whole n up to `most`: sums of n terms, made once. */
function risingOf(
  base: number,
  most: number,
): { readonly ln: (n: number) => number; readonly slope: (n: number) => number } {
  const logs = new Float64Array(most + 1);
  const slopes = new Float64Array(most + 1);
  for (let n = 0; n < most; n++) {
    logs[n + 1] = (logs[n] as number) + ln(base + n);
    slopes[n + 1] = (slopes[n] as number) + 1 / (base + n);
  }
  return { ln: (n) => logs[n] as number, slope: (n) => slopes[n] as number };
}

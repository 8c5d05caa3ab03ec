import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chancesFrom, gammaOf, modelShoppers as shoppers } from '../builders/model-shoppers.ts';
import { fitPurchases, fitSpend } from './fit.ts';
import { groupsOf, logLikelihood } from './purchase-likelihood.ts';
import type { PurchaseHistory } from './purchase-model.ts';
import { logLikelihoodOfSpend, type SpendHistory } from './spend-model.ts';

const once = (observed: number): PurchaseHistory => ({ repeats: 0, lastAfter: 0, observed });

describe('purchases', () => {
  const truth = { r: 0.8, alpha: 30, a: 0.6, b: 2.5 };
  const histories = shoppers(truth, { people: 6_000, span: 700, seed: 1 });

  it('finds the parameters that made the histories', () => {
    const fit = fitPurchases(histories);
    if (!fit.isFitted) throw new Error(fit.why);
    for (const key of ['r', 'alpha', 'a', 'b'] as const) {
      expect(Math.abs(fit.parameters[key] / truth[key] - 1)).toBeLessThan(0.25);
    }
    expect(fit.logLikelihood).toBeGreaterThan(logLikelihood(truth, groupsOf(histories)).value);
  });

  it('comes out the same to the last bit in whatever order the customers come', () => {
    expect(fitPurchases(histories.toReversed())).toEqual(fitPurchases(histories));
  });

  it('does not depend on the unit of time', () => {
    const days = fitPurchases(histories);
    const weeks = fitPurchases(
      histories.map(({ repeats, lastAfter, observed }) => ({
        repeats,
        lastAfter: lastAfter / 7,
        observed: observed / 7,
      })),
    );
    if (!days.isFitted || !weeks.isFitted) throw new Error('one has no parameters');
    expect(weeks.parameters.alpha * 7).toBeCloseTo(days.parameters.alpha, 6);
    expect(weeks.parameters.b).toBeCloseTo(days.parameters.b, 6);
  });

  it.each([
    { why: 'nobody is there', of: [] },
    { why: 'nobody came back', of: Array.from({ length: 500 }, () => once(100)) },
    { why: 'nine came back', of: histories.filter((it) => it.repeats > 0).slice(0, 9) },
    { why: 'no time has passed', of: Array.from({ length: 500 }, () => once(0)) },
  ])('says that there is not enough data where $why', ({ of }) => {
    expect(fitPurchases(of)).toEqual({ isFitted: false, why: 'not-enough-data' });
  });

  it('says that it did not converge where all customers are alike', () => {
    const alike = Array.from({ length: 500 }, () => ({ repeats: 4, lastAfter: 80, observed: 100 }));
    expect(fitPurchases(alike)).toEqual({ isFitted: false, why: 'did-not-converge' });
  });

  it('never answers with NaN, whatever the histories', () => {
    const history = fc
      .record({ repeats: fc.nat(40), lastAfter: fc.nat(500), silence: fc.nat(500) })
      .map(({ repeats, lastAfter, silence }) => ({
        repeats,
        lastAfter: repeats === 0 ? 0 : lastAfter,
        observed: (repeats === 0 ? 0 : lastAfter) + silence,
      }));
    fc.assert(
      fc.property(fc.array(history, { minLength: 10, maxLength: 60 }), (many) => {
        const fit = fitPurchases(many);
        if (!fit.isFitted) return;
        const values = [...Object.values(fit.parameters), fit.logLikelihood];
        expect(values.every((it) => Number.isFinite(it))).toBe(true);
        expect(Object.values(fit.parameters).every((it) => it > 0)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('knows the slope of its likelihood', () => {
    const groups = groupsOf(histories.slice(0, 50));
    const names = ['r', 'alpha', 'a', 'b'] as const;
    const { slope } = logLikelihood(truth, groups);
    for (const [i, name] of names.entries()) {
      const at = (by: number) =>
        logLikelihood({ ...truth, [name]: truth[name] * (1 + by) }, groups).value;
      expect(slope[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / (2e-5 * truth[name]), 4);
    }
  });
});

describe('spend', () => {
  const truth = { p: 5, q: 4, v: 900 };
  const chance = chancesFrom(7);
  const spenders: readonly SpendHistory[] = Array.from({ length: 4_000 }, () => {
    const nu = gammaOf(chance, truth.q) / truth.v;
    const repeats = 1 + Math.floor(chance() * 6);
    return { repeats, meanSpend: gammaOf(chance, truth.p * repeats) / (nu * repeats) };
  });

  it('finds the parameters that made the spends', () => {
    const fit = fitSpend(spenders);
    if (!fit.isFitted) throw new Error(fit.why);
    for (const key of ['p', 'q', 'v'] as const) {
      expect(Math.abs(fit.parameters[key] / truth[key] - 1)).toBeLessThan(0.15);
    }
    expect(fit.logLikelihood).toBeGreaterThan(logLikelihoodOfSpend(truth, spenders).value);
  });

  it('leaves out who spent nothing or never came back', () => {
    const others = [
      { repeats: 0, meanSpend: 0 },
      { repeats: 3, meanSpend: 0 },
    ];
    expect(fitSpend([...spenders, ...others])).toEqual(fitSpend(spenders));
  });

  it('says why there are no parameters', () => {
    expect(fitSpend(spenders.slice(0, 9))).toEqual({ isFitted: false, why: 'not-enough-data' });
    const alike = Array.from({ length: 100 }, () => ({ repeats: 2, meanSpend: 50 }));
    expect(fitSpend(alike)).toEqual({ isFitted: false, why: 'did-not-converge' });
  });

  it('knows the slope of its likelihood', () => {
    const { slope } = logLikelihoodOfSpend(truth, spenders.slice(0, 50));
    for (const [i, name] of (['p', 'q', 'v'] as const).entries()) {
      const at = (by: number) =>
        logLikelihoodOfSpend({ ...truth, [name]: truth[name] * (1 + by) }, spenders.slice(0, 50))
          .value;
      expect(slope[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / (2e-5 * truth[name]), 4);
    }
  });
});

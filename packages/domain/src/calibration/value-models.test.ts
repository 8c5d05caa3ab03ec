import { describe, expect, it } from 'vitest';
import { aPolicy, aPolicySet, aPurchase, day, TestPartition } from '../builders/index.ts';
import { modelShoppers } from '../builders/model-shoppers.ts';
import { explain } from '../explain.ts';
import { DAY_MS } from '../instant.ts';
import type { Dimension, Policy } from '../policy/policy.ts';
import { profileAt } from '../profile.ts';
import type { Calibration } from './calibration.ts';
import { needsCalibration } from './calibration.ts';
import { census } from './census.ts';

const base = { weightMilli: 1_000, capMilli: null, otherwiseMilli: 0, minimumPopulation: 1 };
const pAlive: Dimension = {
  ...base,
  name: 'alive',
  of: 'p_alive',
  steps: [
    { atLeastMilli: 700, pointsMilli: 3_000 },
    { atLeastMilli: 300, pointsMilli: 1_000 },
  ],
};
const clv: Dimension = {
  ...base,
  name: 'value',
  of: 'clv',
  horizonMs: 365 * DAY_MS,
  monthlyDiscountMilli: 10,
  steps: [{ atLeastMilli: 1, pointsMilli: 1_000 }],
};

/** Bronze below 3 points, silver from 3 on. */
const policyOf = (...dimensions: readonly Dimension[]): Policy =>
  aPolicy({
    dimensions,
    ladder: ['bronze', 'silver'],
    borders: [{ tier: 'silver', enterMilli: 3_000, leaveMilli: 3_000 }],
  });

const END = 420;

/** Two hundred customers, c0 to c199, who buy and stop as the model says, up to the day of the census. */
function shoppers(policy: Policy): TestPartition {
  const partition = new TestPartition(policy);
  const truth = { r: 1.2, alpha: 25, a: 0.7, b: 2.5 };
  const made = modelShoppers(truth, { people: 200, span: END, seed: 11 });
  const events = made.flatMap(({ observed, purchases }, i) =>
    [0, ...purchases].map((after, k) => {
      // Some spend ten times what others do, and nobody always the same.
      const usual = 10 + ((i * 61) % 100);
      const amount = { minor: usual * (5 + ((i * 37 + k * 91) % 10)), currency: 'CNY' };
      const at = Math.floor(day(END - observed + after));
      return aPurchase(at, { customerId: `c${i}`, amount });
    }),
  );
  partition.events(...events.toSorted((a, b) => a.occurredAt - b.occurredAt));
  return partition;
}

function calibrated(partition: TestPartition, policy: Policy, at: number): Calibration {
  partition.passTo(day(at));
  const set = aPolicySet(policy);
  const calibration = census({ set, at: day(at), customers: partition.customers });
  partition.append({ kind: 'calibrated', calibration });
  return calibration;
}

const rowOf = (partition: TestPartition, customerId: string, at: number) => {
  const state = partition.customers.get(customerId);
  if (state === undefined) throw new Error(`nobody is called ${customerId}`);
  return profileAt({ partition: partition.state, customerId, state, at });
};

describe('a census with dimensions of customer value', () => {
  it('fits the models once and gives them to each dimension', () => {
    const policy = policyOf(pAlive, clv);
    const calibration = calibrated(shoppers(policy), policy, END);
    expect(needsCalibration(aPolicySet(policy))).toBe(true);
    const [ofAlive, ofValue] = calibration.models ?? [];
    expect(ofAlive).toMatchObject({ dimension: 'alive', population: 200, why: null });
    expect(ofAlive?.model?.spend).toBeNull();
    expect(ofValue?.model?.purchases).toEqual(ofAlive?.model?.purchases);
    expect(ofValue?.model?.spend?.q).toBeGreaterThan(1);
  });

  it('is the same whatever the order of the customers', () => {
    const policy = policyOf(pAlive, clv);
    const partition = shoppers(policy);
    partition.passTo(day(END));
    const censusOf = (customers: typeof partition.customers) =>
      census({ set: aPolicySet(policy), at: day(END), customers });
    const backwards = new Map([...partition.customers].toReversed());
    expect(censusOf(backwards)).toEqual(censusOf(partition.customers));
  });

  it('says that there is not enough data below the minimum, each dimension for itself', () => {
    const policy = policyOf(pAlive, { ...clv, minimumPopulation: 201 });
    const { models } = calibrated(shoppers(policy), policy, END);
    expect(models?.map(({ why }) => why)).toEqual([null, 'not-enough-data']);
  });

  it('says that a model did not converge', () => {
    const policy = policyOf(clv);
    const partition = new TestPartition(policy);
    for (let i = 0; i < 40; i++) {
      for (const at of [0, 10, 20]) {
        partition.events(aPurchase(day(at), { customerId: `c${i}` }));
      }
    }
    const { models } = calibrated(partition, policy, 30);
    expect(models).toMatchObject([{ population: 40, model: null, why: 'did-not-converge' }]);
  });
});

describe('grading by P(alive)', () => {
  const policy = policyOf(pAlive);

  it('has no value before a calibration, and scores otherwise', () => {
    expect(rowOf(shoppers(policy), 'c1', day(END))).toMatchObject({
      tier: 'bronze',
      pAlive: null,
      scoreMilli: 0,
    });
  });

  it('falls due at the millisecond of the crossing, and settles there whenever it is touched', () => {
    const policyAt = () => {
      const partition = shoppers(policy);
      calibrated(partition, policy, END);
      partition.append({ kind: 'tick', customerIds: [...partition.customers.keys()] });
      return partition;
    };
    const early = policyAt();
    const silver = [...early.customers].find(
      ([id, state]) => state.standing?.tier === 'silver' && (early.dueAt.get(id) ?? null) !== null,
    );
    const id = silver?.[0] ?? '';
    const dueAt = early.dueAt.get(id) ?? 0;
    expect(dueAt).toBeGreaterThan(day(END));
    expect(rowOf(early, id, dueAt - 1)).toMatchObject({ tier: 'silver', pAlive: 0.7 });
    expect(rowOf(early, id, dueAt)).toMatchObject({ tier: 'bronze', pAlive: 0.699999 });
    expect(rowOf(early, id, day(END)).nextCrossingAt).toBe(dueAt);

    const demotions = (partition: TestPartition) =>
      partition.outputs.filter((it) => it.kind === 'tier-change' && it.customerId === id).at(-1);
    for (let at = day(END + 1); at < day(900); at += 7.3 * DAY_MS) early.passTo(Math.round(at));
    const late = policyAt();
    late.passTo(day(900));
    expect(demotions(early)).toMatchObject({ type: 'demoted', effectiveAt: dueAt, asOf: dueAt });
    expect(demotions(late)).toMatchObject({ type: 'demoted', effectiveAt: dueAt });
  });
});

describe('grading by CLV', () => {
  it('shows whole minor units, which fall while nothing happens', () => {
    const policy = policyOf(clv);
    const partition = shoppers(policy);
    calibrated(partition, policy, END);
    const values = [END, 480, 700].map((at) => rowOf(partition, 'c4', day(at)).clvMinor ?? -1);
    expect(values.every((it) => Number.isInteger(it) && it > 0)).toBe(true);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });
});

describe('why', () => {
  const policy = policyOf(pAlive, clv);
  const told = (partition: TestPartition) => {
    const state = partition.customers.get('c4');
    if (state === undefined) throw new Error('nobody is called c4');
    const at = day(END + 20);
    return explain({ partition: partition.state, customerId: 'c4', state, at })?.dimensions ?? [];
  };

  it('shows the value, the points and the borders on both sides', () => {
    const partition = shoppers(policy);
    calibrated(partition, policy, END);
    const [alive, value] = told(partition);
    expect(alive?.value).toBeGreaterThan(0);
    expect([alive?.borderBelow, alive?.borderAbove]).not.toEqual([null, null]);
    expect(value).toMatchObject({ pointsMilli: 1_000, borderBelow: 0.001, borderAbove: null });
    expect(Number.isInteger(value?.value)).toBe(true);
  });

  it('says why there is no value', () => {
    expect(told(shoppers(policy))).toMatchObject([
      { name: 'alive', value: null, pointsMilli: 0, unscored: 'not-calibrated' },
      { name: 'value', value: null, pointsMilli: 0, unscored: 'not-calibrated' },
    ]);
  });
});

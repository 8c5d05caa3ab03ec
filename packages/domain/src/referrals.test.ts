import { describe, expect, it } from 'vitest';

import {
  aCancellation,
  aDimension,
  aPolicy,
  aPurchase,
  aReferral,
  day,
  TestPartition,
  told,
} from './builders/index.ts';
import { census } from './calibration/census.ts';
import type { CustomerState } from './customer-state.ts';
import { explain } from './explain.ts';
import type { Policy, PolicySet } from './policy/policy.ts';
import { profileAt } from './profile.ts';

const advocacy: Policy = aPolicy({
  dimensions: [
    aDimension('referrals', {
      steps: [
        { atLeastMilli: 2_000, pointsMilli: 4_000 },
        { atLeastMilli: 1_000, pointsMilli: 2_000 },
      ],
    }),
  ],
});

/** `c1` has bought on the first day, so that it has a tier. */
function aPartition(): TestPartition {
  const log = new TestPartition(advocacy);
  log.events(aPurchase(day(0)));
  return log;
}

const buys = (log: TestPartition, customerId: string, at: number) =>
  log.events(aPurchase(at, { customerId }));

function referrals(log: TestPartition, at: number): number | null {
  const state = log.customers.get('c1') as CustomerState;
  return profileAt({ partition: log.state, customerId: 'c1', state, at }).referrals;
}

describe('a referral', () => {
  it('counts when the named customer first buys, from that instant until the window ends', () => {
    const log = aPartition();
    log.events(aReferral(day(1)));
    expect(told(log.deliver())).toEqual([]);
    buys(log, 'c2', day(3));
    expect(told(log.deliver())).toEqual(['promoted bronze>silver event']);
    expect(log.outputs.at(-1)).toMatchObject({ customerId: 'c1', effectiveAt: day(3) });
    expect(referrals(log, day(33) - 1)).toBe(1);
    expect(log.dueAt.get('c1')).toBe(day(33));
    expect(told(log.passTo(day(33)))).toEqual(['demoted silver>bronze time']);
  });

  it('that arrives after the purchase counts from the instant of the purchase', () => {
    const log = aPartition();
    buys(log, 'c2', day(3));
    log.events(aReferral(day(2), { occurredAt: day(2) }));
    log.deliver();
    expect(referrals(log, day(3))).toBe(1);
    expect(referrals(log, day(33))).toBe(0);
  });

  it('made after the named customer was existing never counts', () => {
    const log = aPartition();
    buys(log, 'c2', day(3));
    log.events(aReferral(day(4)));
    log.deliver();
    expect(referrals(log, day(4))).toBe(0);
  });

  it('made twice counts once, whether the second comes before the purchase or after it', () => {
    const log = aPartition();
    log.events(aReferral(day(1)), aReferral(day(2)));
    log.deliver();
    buys(log, 'c2', day(3));
    log.deliver();
    log.append({ kind: 'event', event: aReferral(day(2)), clockAt: day(2) });
    log.deliver();
    expect(referrals(log, day(3))).toBe(1);
    expect(log.notes).toContain('repeat');
  });

  it('by several customers counts for each, and of oneself for nobody', () => {
    const log = aPartition();
    log.events(
      aPurchase(day(0), { customerId: 'c3' }),
      aReferral(day(1)),
      aReferral(day(1), { customerId: 'c3' }),
      aReferral(day(1), { customerId: 'c2' }),
    );
    log.deliver();
    buys(log, 'c2', day(3));
    expect(told(log.deliver())).toEqual([
      'promoted bronze>silver event',
      'promoted bronze>silver event',
    ]);
  });

  it('does not count while the only order of the named customer is cancelled', () => {
    const log = aPartition();
    log.events(aReferral(day(1)));
    log.deliver();
    const order = aPurchase(day(3), { customerId: 'c2' });
    log.events(aCancellation(order, { occurredAt: day(2) }), order);
    log.deliver();
    expect(referrals(log, day(3))).toBe(0);
    buys(log, 'c2', day(5));
    log.deliver();
    expect(referrals(log, day(5))).toBe(1);
  });

  it('makes nobody a prospect who has done nothing yet', () => {
    const quantiles = { buckets: 2, ties: 'together', minimumPopulation: 1 } as const;
    const dimensions = [aDimension('engagement', { steps: [], quantiles })];
    const log = new TestPartition(aPolicy({ appliesTo: 'prospects', dimensions }));
    log.events(aReferral(day(1)));
    log.deliver();
    log.passTo(day(2));
    expect([...log.customers.keys()]).toEqual(['c1', 'c2']);
    const set = log.state.policySets[0] as PolicySet;
    const { dimensions: counted } = census({ set, at: day(2), customers: log.customers });
    expect(counted).toMatchObject([{ population: 1 }]);
    expect(told(log.outputs)).toEqual(['assigned >bronze event']);
  });

  it('is in the evidence of the tier', () => {
    const log = aPartition();
    log.events(aReferral(day(1)));
    log.deliver();
    buys(log, 'c2', day(3));
    log.deliver();
    const state = log.customers.get('c1') as CustomerState;
    const explanation = explain({ partition: log.state, customerId: 'c1', state, at: day(3) });
    expect(explanation?.dimensions[0]).toMatchObject({ value: 1, borderAbove: 2 });
    // The conversion, and the one order before it.
    expect(explanation?.evidence).toHaveLength(2);
  });
});

describe('a record of another partition', () => {
  it('that comes again changes nothing, however late', () => {
    const log = aPartition();
    log.events(aReferral(day(1)));
    log.deliver();
    buys(log, 'c2', day(3));
    log.deliver();
    const from = { partition: 5, epoch: 1, number: 9 };
    const other = { kind: 'referral-converted', referrerId: 'c1', at: day(4) } as const;
    log.append({ ...other, referredId: 'c8', from });
    log.append({ ...other, referredId: 'c9', from });
    log.append({ ...other, referredId: 'c9', from: { ...from, number: 8 } });
    expect(referrals(log, day(4))).toBe(2);
    expect(log.notes.filter((it) => it === 'repeated-hand-over')).toHaveLength(2);
    log.append({ ...other, referredId: 'c9', from: { ...from, epoch: 2, number: 1 } });
    expect(referrals(log, day(4))).toBe(3);
  });

  it('about somebody who is gone brings nobody back', () => {
    const log = aPartition();
    const from = { partition: 5, epoch: 1, number: 1 };
    log.append({
      kind: 'referral-converted',
      referrerId: 'gone',
      referredId: 'c2',
      at: day(1),
      from,
    });
    expect(log.customers.has('gone')).toBe(false);
  });
});

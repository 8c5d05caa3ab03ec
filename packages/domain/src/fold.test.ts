import { describe, expect, it } from 'vitest';
import {
  aCancellation,
  aComplaint,
  aLifecycle,
  aPolicy,
  aPurchase,
  aRefund,
  day,
  TestPartition,
  told,
} from './builders/index.ts';
import { DAY_MS } from './instant.ts';

const purchases = (...days: number[]) => days.map((n) => aPurchase(day(n)));

describe('a customer who buys', () => {
  it('is assigned by the border to enter, then promoted at once', () => {
    const partition = new TestPartition();
    expect(told(partition.events(...purchases(0, 1, 2, 3)))).toEqual([
      'assigned >bronze event',
      'promoted bronze>silver event',
      'promoted silver>gold event',
    ]);
  });

  it('is graded nowhere while nothing was bought', () => {
    const partition = new TestPartition();
    expect(told(partition.events(aComplaint(day(0))))).toEqual([]);
    expect(partition.customers.get('c1')?.standing).toBeNull();
  });

  it('does not count the same event twice', () => {
    const partition = new TestPartition();
    const purchase = aPurchase(day(0));
    partition.events(purchase);
    expect(told(partition.events(purchase))).toEqual([]);
    expect(partition.notes).toEqual(['repeat']);
  });
});

describe('a customer who stops buying', () => {
  it('is demoted with no event, at the instant the order leaves the window', () => {
    const partition = new TestPartition();
    partition.events(...purchases(0, 1));
    expect(told(partition.passTo(day(30) - 1))).toEqual([]);
    const [demotion] = partition.passTo(day(30));
    expect(demotion).toMatchObject({
      type: 'demoted',
      fromTier: 'silver',
      toTier: 'bronze',
      cause: { kind: 'time' },
      effectiveAt: day(30),
    });
  });

  it('keeps the tier between the border to leave and the border to enter', () => {
    const partition = new TestPartition();
    partition.events(...purchases(0, 1, 2, 3));
    expect(told(partition.passTo(day(30)))).toEqual([]);
    expect(told(partition.passTo(day(31)))).toEqual(['demoted gold>silver time']);
  });

  it('settles every crossing at its own instant, however late the clock comes', () => {
    const partition = new TestPartition();
    partition.events(...purchases(0, 1, 2, 3));
    const outputs = partition.passTo(day(300));
    expect(told(outputs)).toEqual(['demoted gold>silver time', 'demoted silver>bronze time']);
    expect(outputs.map((it) => it.kind === 'tier-change' && it.effectiveAt)).toEqual([
      day(31),
      day(32),
    ]);
  });

  it('does nothing on an early tick', () => {
    const partition = new TestPartition();
    partition.events(...purchases(0, 1));
    const before = partition.customers.get('c1');
    expect(partition.append({ kind: 'tick', customerIds: ['c1', 'nobody'] })).toEqual([]);
    expect(partition.customers.get('c1')).toBe(before);
    expect(partition.notes).toEqual(['early-tick']);
  });
});

describe('grace and minimum stay', () => {
  const policyWith = (changes: Parameters<typeof aLifecycle>[0]) =>
    aPolicy({ lifecycle: aLifecycle(changes) });

  it('delays the demotion by the grace', () => {
    const partition = new TestPartition(policyWith({ graceMs: 10 * DAY_MS }));
    partition.events(...purchases(0, 1));
    expect(told(partition.passTo(day(40) - 1))).toEqual([]);
    expect(told(partition.passTo(day(40)))).toEqual(['demoted silver>bronze time']);
  });

  it('starts anew in full after a recovery', () => {
    const partition = new TestPartition(policyWith({ graceMs: 10 * DAY_MS }));
    partition.events(...purchases(0, 1, 35));
    expect(told(partition.passTo(day(40)))).toEqual(['demoted silver>bronze time']);
    const recovered = new TestPartition(policyWith({ graceMs: 10 * DAY_MS }));
    recovered.events(...purchases(0, 1, 35, 36));
    expect(told(recovered.passTo(day(75) - 1))).toEqual([]);
    expect(told(recovered.passTo(day(75)))).toEqual(['demoted silver>bronze time']);
  });

  it('keeps the tier for the minimum stay', () => {
    const partition = new TestPartition(policyWith({ minimumStayMs: 50 * DAY_MS }));
    partition.events(...purchases(0, 1));
    expect(told(partition.passTo(day(51) - 1))).toEqual([]);
    expect(told(partition.passTo(day(51)))).toEqual(['demoted silver>bronze time']);
  });

  it('warns once before the demotion, with its instant', () => {
    const partition = new TestPartition(policyWith({ atRiskNoticeMs: 5 * DAY_MS }));
    partition.events(...purchases(0, 1));
    const [warning] = partition.passTo(day(29));
    expect(warning).toMatchObject({
      type: 'at-risk',
      fromTier: 'silver',
      toTier: 'silver',
      effectiveAt: day(25),
      atRisk: { at: day(30), toTier: 'bronze' },
    });
    expect(told(partition.passTo(day(30)))).toEqual(['demoted silver>bronze time']);
  });

  it('lands at the base and stays there until the next event', () => {
    const partition = new TestPartition(policyWith({ softLanding: 'base' }));
    partition.events(...purchases(0, 1, 2, 3));
    expect(told(partition.passTo(day(31)))).toEqual(['demoted gold>bronze time']);
    expect(told(partition.events(aComplaint(day(31))))).toEqual(['promoted bronze>silver event']);
  });
});

describe('corrections', () => {
  it('withdraws a promotion that a refund disproves', () => {
    const partition = new TestPartition();
    const [first, second] = purchases(0, 1) as [
      ReturnType<typeof aPurchase>,
      ReturnType<typeof aPurchase>,
    ];
    partition.events(first, second);
    const [withdrawn] = partition.events(aRefund(first, { occurredAt: day(5) }));
    expect(withdrawn).toMatchObject({
      type: 'withdrawn',
      fromTier: 'silver',
      toTier: 'bronze',
      cause: { kind: 'correction' },
      effectiveAt: day(5),
      withdraws: { scoreMilli: 1_000 },
    });
  });

  it('demotes instead where the policy keeps what was given', () => {
    const partition = new TestPartition(
      aPolicy({ lifecycle: aLifecycle({ onCorrection: 'keep', graceMs: DAY_MS }) }),
    );
    const bought = purchases(0, 1);
    partition.events(...bought);
    const refund = aRefund(bought[0] as ReturnType<typeof aPurchase>, { occurredAt: day(5) });
    expect(told(partition.events(refund))).toEqual([]);
    expect(told(partition.passTo(day(6)))).toEqual(['demoted silver>bronze time']);
  });

  it('lets a refund wait for its purchase', () => {
    const partition = new TestPartition();
    const purchase = aPurchase(day(1));
    partition.events(aRefund(purchase, { occurredAt: day(0) }), purchase);
    expect(partition.customers.get('c1')?.standing?.tier).toBe('bronze');
    expect(told(partition.events(aPurchase(day(2)), aPurchase(day(3))))).toEqual([
      'promoted bronze>silver event',
    ]);
  });

  it('does not assign a customer whose only order was cancelled before it came', () => {
    const partition = new TestPartition();
    const purchase = aPurchase(day(1));
    expect(
      told(partition.events(aCancellation(purchase, { occurredAt: day(0) }), purchase)),
    ).toEqual([]);
  });
});

describe('refusals', () => {
  it('refuses what is older than the horizon, what is ahead of the clock and what it cannot convert', () => {
    const partition = new TestPartition(aPolicy(), 'wall');
    const at = (event: ReturnType<typeof aPurchase>) =>
      told(partition.append({ kind: 'event', event }, day(1_000)));
    expect(at(aPurchase(day(200) - 1))).toEqual(['dead-letter too-old']);
    expect(at(aPurchase(day(1_001) + 1))).toEqual(['dead-letter ahead-of-clock']);
    expect(at(aPurchase(day(999), { amount: { minor: 1, currency: 'EUR' } }))).toEqual([
      'dead-letter no-rate',
    ]);
    expect(at(aPurchase(day(200)))).toEqual(['assigned >bronze event']);
  });
});

import { describe, expect, it } from 'vitest';
import {
  aLifecycle,
  aPolicy,
  aPurchase,
  aReferral,
  aRefund,
  day,
  TestPartition,
  told,
} from '../builders/index.ts';
import type { Output } from '../fold-types.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import type { Override } from './override.ts';

let decisions = 0;

/** A decision at an instant; every call is another one. */
function set(p: TestPartition, at: Instant, changes: Partial<Override> = {}): readonly Output[] {
  const override: Override = {
    kind: 'floor',
    tier: 'gold',
    reason: 'contract',
    actor: 'ann',
    until: null,
    ...changes,
  };
  const id = `d${++decisions}`;
  return p.append({ kind: 'override-set', id, customerId: 'c1', override, clockAt: at });
}

function clear(p: TestPartition, at: Instant): readonly Output[] {
  const why = { reason: 'over', actor: 'bo' };
  const id = `d${++decisions}`;
  return p.append({ kind: 'override-cleared', id, customerId: 'c1', ...why, clockAt: at });
}

const standing = (p: TestPartition) => p.customers.get('c1')?.standing;

describe('a decision by hand', () => {
  it('moves who stands outside its range at once, and says so in every event from then on', () => {
    const p = new TestPartition();
    p.events(aPurchase(day(0)));
    expect(told(set(p, day(1), { until: day(100) }))).toEqual(['promoted bronze>gold override']);
    const change = p.outputs.at(-1);
    expect(change).toMatchObject({
      effectiveAt: day(1),
      cause: { kind: 'override', ref: '0:3' },
      override: { kind: 'floor', tier: 'gold', reason: 'contract', actor: 'ann', until: day(100) },
    });
    expect(told(set(p, day(2), { kind: 'ceiling', tier: 'silver' }))).toEqual([
      'demoted gold>silver override',
      // Nothing holds it any more, and the score is that of bronze.
      'demoted silver>bronze override',
    ]);
    expect(told(set(p, day(3), { kind: 'lock', tier: 'silver' }))).toEqual([
      'promoted bronze>silver override',
    ]);
  });

  it('holds the tier without grace and without a warning, and lets it go at its end, by time', () => {
    const lifecycle = aLifecycle({ graceMs: 5 * DAY_MS, atRiskNoticeMs: 60 * DAY_MS });
    const p = new TestPartition(aPolicy({ lifecycle }));
    p.events(aPurchase(day(0)));
    set(p, day(1), { until: day(50) });
    expect(standing(p)).toMatchObject({ tier: 'gold', graceSince: null, isWarned: false });
    expect(p.dueAt.get('c1')).toBe(day(50));
    expect(told(p.passTo(day(54)))).toEqual(['at-risk gold>gold time']);
    expect(told(p.passTo(day(60)))).toEqual(['demoted gold>bronze time']);
    expect(p.outputs.at(-1)).toMatchObject({ effectiveAt: day(55), override: null });
  });

  it('limits a promotion, which comes in full when it is cleared', () => {
    const p = new TestPartition();
    p.events(aPurchase(day(0)));
    set(p, day(1), { kind: 'ceiling', tier: 'silver' });
    expect(told(p.events(...[2, 3, 4].map((n) => aPurchase(day(n)))))).toEqual([
      'promoted bronze>silver event',
    ]);
    expect(told(clear(p, day(5)))).toEqual(['promoted silver>gold override']);
    expect(p.outputs.at(-1)).toMatchObject({ override: null });
  });

  it('waits for a customer without a tier, who is then assigned inside it', () => {
    const p = new TestPartition();
    expect(set(p, day(0))).toEqual([]);
    expect(p.customers.get('c1')?.clock).toBe(Number.NEGATIVE_INFINITY);
    expect(told(p.events(aPurchase(day(1))))).toEqual(['assigned >gold event']);
  });

  it('counts once, however often the record comes', () => {
    const p = new TestPartition();
    p.events(aPurchase(day(0)));
    const override = { kind: 'floor', tier: 'gold', reason: 'r', actor: 'a', until: null } as const;
    const first = { kind: 'override-set', id: 'same', customerId: 'c1', override } as const;
    p.append({ ...first, clockAt: day(1) });
    clear(p, day(2));
    expect(p.append({ ...first, clockAt: day(3) })).toEqual([]);
    expect(p.customers.get('c1')?.override).toBe(null);
    expect(p.notes).toContain('repeat');
  });

  it('is refused on a tier that the policy does not know, and where there is no policy', () => {
    const p = new TestPartition();
    p.events(aPurchase(day(0)));
    set(p, day(1));
    expect(told(set(p, day(2), { tier: 'diamond' }))).toEqual(['dead-letter unknown-tier']);
    expect(p.customers.get('c1')?.override?.tier).toBe('gold');
  });

  it('whose end has passed ends the one before', () => {
    const p = new TestPartition();
    p.events(aPurchase(day(0)));
    set(p, day(1));
    expect(told(set(p, day(2), { tier: 'silver', until: day(2) }))).toEqual([
      'demoted gold>bronze override',
    ]);
    expect(p.customers.get('c1')?.override).toBe(null);
  });
});

describe('beside the other rules', () => {
  it('a floor holds against a withdrawal, and what it gave is never withdrawn', () => {
    const p = new TestPartition();
    const orders = [0, 1, 2, 3].map((n) => aPurchase(day(n)));
    p.events(...orders);
    set(p, day(4));
    const refunds = orders.slice(1).map((order) => aRefund(order, { occurredAt: day(5) }));
    expect(told(p.events(...refunds))).toEqual([]);
    expect(told(clear(p, day(6)))).toEqual(['demoted gold>bronze override']);

    const q = new TestPartition();
    const [first, second] = [aPurchase(day(0)), aPurchase(day(1))];
    q.events(first, second);
    set(q, day(2));
    clear(q, day(2));
    expect(q.customers.get('c1')?.standing?.promotions).toEqual([]);
  });

  it.each(['gold', 'a tier of no ladder'])(
    'takes its clock along to a customer who is known and stands nowhere yet: %s',
    (tier) => {
      const p = new TestPartition();
      p.events(aReferral(day(0)));
      set(p, day(7), { tier });
      p.events(aPurchase(day(6)));
      expect(p.outputs.at(-1)).toMatchObject({ type: 'assigned', effectiveAt: day(7) });
    },
  );

  it('the end of an override looks at a fall that would have to wait for the end of the year', () => {
    const lifecycle = aLifecycle({ qualification: 'calendar' });
    const p = new TestPartition(aPolicy({ lifecycle }));
    p.events(aPurchase(day(0)));
    set(p, day(1), { until: day(10) });
    expect(told(p.passTo(day(11)))).toEqual(['demoted gold>bronze time']);
    set(p, day(12));
    // Another decision in its place is no such look: the tier stays until the year ends.
    expect(told(set(p, day(13), { tier: 'silver' }))).toEqual([]);
    expect(standing(p)).toMatchObject({ tier: 'gold', graceSince: null });
  });

  it('the end of an override in the very instant of the first tier looks at the fall too', () => {
    const lifecycle = aLifecycle({ qualification: 'calendar' });
    const p = new TestPartition(aPolicy({ lifecycle }));
    set(p, day(0));
    expect(told(p.events(aPurchase(day(1))))).toEqual(['assigned >gold event']);
    expect(told(clear(p, day(1)))).toEqual(['demoted gold>bronze override']);
  });

  it('the end of a period at which an override holds the tier passes in silence', () => {
    const lifecycle = aLifecycle({ qualification: 'tier_anniversary' });
    const p = new TestPartition(aPolicy({ lifecycle }));
    p.events(aPurchase(day(0)));
    set(p, day(1), { kind: 'lock', tier: 'gold' });
    expect(p.dueAt.get('c1')).toBe(null);
    expect(p.passTo(day(1_000))).toEqual([]);
  });

  it('the block of a landing at the base outlives a decision, and ends with an event', () => {
    const lifecycle = aLifecycle({ softLanding: 'base' });
    const p = new TestPartition(aPolicy({ lifecycle }));
    p.events(...[0, 1, 2, 3].map((n) => aPurchase(day(n))));
    p.passTo(day(31.5));
    expect(standing(p)).toMatchObject({ tier: 'bronze', isBlocked: true });
    set(p, day(31.6), { tier: 'silver', kind: 'lock' });
    clear(p, day(31.7));
    expect(standing(p)).toMatchObject({ tier: 'silver', isBlocked: true });
  });
});

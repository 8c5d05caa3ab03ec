import { describe, expect, it } from 'vitest';

import {
  aCancellation,
  aDimension,
  anEngagement,
  aPolicy,
  aPolicySet,
  aProfile,
  aPurchase,
  aReferral,
  aRefund,
  day,
  TestPartition,
  told,
} from './builders/index.ts';
import type { CustomerState } from './customer-state.ts';
import type { HandOver } from './fold-types.ts';
import { handOverRecord } from './hand-over.ts';
import { attributeOf } from './ledger/attributes.ts';
import type { MergeAsked, OverrideSet } from './log-record.ts';
import { partsOf, withPart } from './merging.ts';
import { profileAt } from './profile.ts';

let asked = 0;

const ask = (otherId: string, survivorId: string, id = `m${++asked}`): MergeAsked => ({
  kind: 'merge-asked',
  id,
  survivorId,
  otherId,
  reason: 'the same phone',
  actor: 'ann',
});

const setFloor = (customerId: string, tier: string): OverrideSet => ({
  kind: 'override-set',
  id: `floor of ${customerId}`,
  customerId,
  override: { kind: 'floor', tier, reason: 'contract', actor: 'bo', until: null },
});

/** `c1` has one order and is bronze, `c2` has two and is silver. */
function aPartition(graded = aPolicySet()): TestPartition {
  const log = new TestPartition(graded);
  log.events(
    aPurchase(day(0)),
    aPurchase(day(0), { customerId: 'c2' }),
    aPurchase(day(1), { customerId: 'c2' }),
  );
  return log;
}

function stateOf(log: TestPartition, customerId = 'c1'): CustomerState {
  return log.customers.get(customerId) as CustomerState;
}

function ordersAt(log: TestPartition, at: number, customerId = 'c1'): number {
  const state = stateOf(log, customerId);
  return profileAt({ partition: log.state, customerId, state, at }).orders ?? 0;
}

function merge(log: TestPartition, otherId = 'c2', survivorId = 'c1'): readonly string[] {
  return told([...log.append(ask(otherId, survivorId)), ...log.deliver()]);
}

describe('a merge', () => {
  it('makes the survivor one with the other, promotes it at once, and says that the other left', () => {
    const log = aPartition();
    expect(merge(log)).toEqual(['retired c2 merged', 'promoted bronze>silver merge']);
    expect(log.outputs.at(-1)).toMatchObject({
      customerId: 'c1',
      customerSeq: 2,
      effectiveAt: day(1),
      cause: { kind: 'merge', ref: expect.stringMatching(/^0:\d+$/) },
    });
    expect(ordersAt(log, day(1))).toBe(3);
    expect(stateOf(log).absorbed).toMatchObject([{ customerId: 'c2', at: day(1) }]);
    expect(stateOf(log).reservation).toBeUndefined();
    expect(log.dueAt.get('c2')).toBe(null);
    expect(stateOf(log, 'c2')).toMatchObject({
      alias: { survivorId: 'c1', at: day(1), reason: 'the same phone', actor: 'ann' },
      standing: null,
      seq: 2,
    });
  });

  it('keeps the tier of the survivor where the score suffices for it, and tells nothing', () => {
    const log = aPartition();
    expect(merge(log, 'c1', 'c2')).toEqual(['retired c1 merged']);
    expect(stateOf(log, 'c2').standing).toMatchObject({ tier: 'silver', since: day(1) });
    expect(ordersAt(log, day(1), 'c2')).toBe(3);
  });

  it('counts what both had once', () => {
    const log = aPartition();
    const both = aPurchase(day(2));
    log.events(both, { ...both, customerId: 'c2' });
    merge(log);
    expect(ordersAt(log, day(2))).toBe(4);
  });

  it('forwards what comes under the other name, repeats of what was handed over too', () => {
    const log = aPartition();
    const known = aPurchase(day(1), { customerId: 'c2' });
    log.events(known);
    merge(log);
    log.events(known, aPurchase(day(3), { customerId: 'c2' }));
    expect(told(log.deliver())).toEqual([]);
    expect(ordersAt(log, day(3))).toBe(5);
    expect(log.notes.filter((it) => it === 'forwarded')).toHaveLength(2);
    expect(log.notes).toContain('repeat');
  });

  it('settles the survivor before the other joins it, at the instants of its own ledger', () => {
    const log = aPartition();
    log.events(aPurchase(day(1)), aPurchase(day(40), { customerId: 'c2' }));
    expect(merge(log)).toEqual(['retired c2 merged', 'demoted silver>bronze time']);
    expect(log.outputs.at(-1)).toMatchObject({ effectiveAt: day(30) });
    expect(stateOf(log).clock).toBe(day(40));
  });

  it('lets a refund, a cancellation and a profile of either name meet the orders of both', () => {
    const log = aPartition();
    const order = aPurchase(day(2), { customerId: 'c2' });
    const other = aPurchase(day(2));
    log.events(
      order,
      other,
      aProfile(day(2), { segment: 'old' }),
      aProfile(day(3), { segment: 'new' }, { customerId: 'c2' }),
      aRefund(order, { customerId: 'c1' }),
    );
    merge(log);
    log.events(aCancellation(other, { customerId: 'c2', occurredAt: day(4) }));
    log.deliver();
    expect(ordersAt(log, day(4))).toBe(3);
    expect(attributeOf(stateOf(log).ledger.attributes, 'segment', day(4))).toBe('new');
  });

  it('makes a prospect an existing customer, under the policy for those', () => {
    const prospects = aPolicy({ name: 'prospects', appliesTo: 'prospects' });
    const log = new TestPartition(aPolicySet(prospects, aPolicy()));
    log.events(anEngagement(day(0)), aPurchase(day(1), { customerId: 'c2' }));
    expect(merge(log)).toEqual(['retired c2 merged', 'assigned >bronze merge']);
    expect(log.outputs.at(-1)).toMatchObject({ fromPolicy: 'prospects', policy: 'test' });
    expect(stateOf(log)).toMatchObject({ isExisting: true, existingSince: day(1) });
  });

  it('drops the override of the other, and keeps that of the survivor', () => {
    const log = aPartition();
    log.append(setFloor('c2', 'gold'));
    expect(merge(log)).toEqual(['retired c2 merged', 'promoted bronze>silver merge']);
    expect(stateOf(log).override).toBe(null);
    expect(log.notes).toContain('override-dropped');

    const held = aPartition();
    held.append(setFloor('c1', 'gold'));
    expect(merge(held)).toEqual(['retired c2 merged']);
    expect(stateOf(held)).toMatchObject({ standing: { tier: 'gold' }, override: { tier: 'gold' } });
  });

  it('in wall time is dated by the survivor’s partition', () => {
    const log = new TestPartition(aPolicySet(), 'wall');
    for (const customerId of ['c1', 'c2', 'c2']) {
      log.append({ kind: 'event', event: aPurchase(day(0), { customerId }) }, day(0));
    }
    log.append(ask('c2', 'c1'), day(1));
    for (const number of [1, 2]) {
      const handOver = log.handOvers[number - 1] as HandOver;
      log.append(handOverRecord(handOver, { partition: 0, epoch: 1, number }), day(1 + number));
    }
    expect(told(log.outputs.slice(-1))).toEqual(['promoted bronze>silver merge']);
    expect(log.outputs.at(-1)).toMatchObject({ effectiveAt: day(3) });
    expect(stateOf(log, 'c2').alias?.at).toBe(day(2));
  });

  it('goes on through two aliases', () => {
    const log = aPartition();
    log.events(aPurchase(day(2), { customerId: 'c3' }));
    merge(log, 'c1', 'c2');
    merge(log, 'c2', 'c3');
    log.events(aPurchase(day(3)));
    log.deliver();
    expect(ordersAt(log, day(3), 'c3')).toBe(5);
    expect(stateOf(log, 'c3').absorbed?.map((it) => it.customerId)).toEqual(['c1', 'c2']);
  });

  it('asked for twice by one id is a repeat', () => {
    const log = aPartition();
    log.append(ask('c2', 'c1', 'once'));
    log.append(ask('c2', 'c1', 'once'));
    expect(told(log.deliver())).toEqual(['retired c2 merged', 'promoted bronze>silver merge']);
    log.append(ask('c2', 'c1', 'once'));
    expect(told(log.deliver())).toEqual([]);
    expect(log.notes.filter((it) => it === 'repeat')).toHaveLength(2);
  });
});

describe('a merge is refused', () => {
  it.each([
    { why: 'with itself', other: 'c1', survivor: 'c1', reason: 'merge-with-itself' },
    { why: 'into somebody unknown', other: 'c1', survivor: 'c9', reason: 'unknown-customer' },
    { why: 'of somebody unknown', other: 'c9', survivor: 'c1', reason: 'unknown-customer' },
    { why: 'into an alias', other: 'c3', survivor: 'gone', reason: 'already-merged' },
    { why: 'of an alias', other: 'gone', survivor: 'c1', reason: 'already-merged' },
    {
      why: 'of one who was only named',
      other: 'named',
      survivor: 'c1',
      reason: 'unknown-customer',
    },
  ])('$why, and leaves nobody reserved', ({ other, survivor, reason }) => {
    const log = aPartition();
    log.events(
      aPurchase(day(2), { customerId: 'c3' }),
      aPurchase(day(2), { customerId: 'gone' }),
      aReferral(day(2), { customerId: 'c3', referredCustomerId: 'named' }),
    );
    log.deliver();
    merge(log, 'gone', 'c2');
    expect(merge(log, other, survivor)).toEqual([`dead-letter ${reason}`]);
    expect([...log.customers.values()].every((it) => it.reservation === undefined)).toBe(true);
    expect(log.customers.get('c9')).toBeUndefined();
  });

  it('while another one runs, on either side', () => {
    const log = aPartition();
    log.events(aPurchase(day(2), { customerId: 'c3' }));
    log.append(ask('c2', 'c1'));
    expect(told(log.append(ask('c3', 'c1')))).toEqual(['dead-letter merge-in-progress']);
    // Reaches c1 before the answer of c2 does.
    log.append(ask('c1', 'c3'));
    expect(told(log.deliver())).toEqual([
      'retired c2 merged',
      'promoted bronze>silver merge',
      'dead-letter merge-in-progress',
    ]);
    expect(stateOf(log, 'c3').reservation).toBeUndefined();
    expect(merge(log, 'c1', 'c3')).toContain('retired c1 merged');
  });

  it('in both directions at once, and both can be asked again', () => {
    const log = aPartition();
    log.append(ask('c2', 'c1'));
    log.append(ask('c1', 'c2'));
    expect(told(log.deliver())).toEqual([
      'dead-letter merge-in-progress',
      'dead-letter merge-in-progress',
    ]);
    expect(merge(log)).toContain('retired c2 merged');
  });

  it('and so is an override of an alias', () => {
    const log = aPartition();
    merge(log);
    expect(told(log.append(setFloor('c2', 'gold')))).toEqual(['dead-letter already-merged']);
    expect(stateOf(log).override).toBe(null);
  });
});

describe('an answer that nobody waits for', () => {
  it('changes nothing', () => {
    const log = aPartition();
    const before = stateOf(log);
    const from = { partition: 5, epoch: 1, number: 1 };
    const merged = { id: 'm0', survivorId: 'c1', otherId: 'c8' };
    const state = stateOf(log, 'c2');
    log.append({ kind: 'merge-handed', ...merged, part: 1, parts: 1, state, from });
    log.append({
      kind: 'merge-refused',
      ...merged,
      reason: 'already-merged',
      from: { ...from, number: 2 },
    });
    expect(stateOf(log)).toEqual(before);
    expect(log.notes.filter((it) => it === 'unasked-hand-over')).toHaveLength(2);
    expect(told(log.outputs.slice(-1))).toEqual(['promoted bronze>silver event']);
  });
});

describe('referrals of two who become one', () => {
  const advocacy = aPolicySet(
    aPolicy({ dimensions: [aDimension('referrals'), aDimension('orders', { weightMilli: 0 })] }),
  );
  const referrals = (log: TestPartition, at: number, customerId = 'c1') => {
    const state = stateOf(log, customerId);
    return profileAt({ partition: log.state, customerId, state, at }).referrals;
  };

  it('count for the survivor: those before, those on their way, and those still to come', () => {
    const log = aPartition(advocacy);
    for (const referredCustomerId of ['n1', 'n2', 'n3']) {
      log.events(aReferral(day(1), { customerId: 'c2', referredCustomerId }));
    }
    log.events(aReferral(day(1), { referredCustomerId: 'n1' }));
    log.deliver();
    log.events(aPurchase(day(2), { customerId: 'n1' }));
    log.deliver();
    log.append(ask('c2', 'c1'));
    log.events(aPurchase(day(3), { customerId: 'n2' }));
    log.deliver();
    log.events(aPurchase(day(4), { customerId: 'n3' }));
    log.deliver();
    // n1 was named by both and counts once.
    expect(referrals(log, day(4))).toBe(3);
  });

  it('of one by the other count for nobody, before and after', () => {
    const log = new TestPartition(advocacy);
    log.events(aPurchase(day(0)), aReferral(day(1), { referredCustomerId: 'c2' }));
    log.deliver();
    log.events(aPurchase(day(2), { customerId: 'c2' }));
    log.deliver();
    expect(referrals(log, day(2))).toBe(1);
    merge(log);
    expect(referrals(log, day(2))).toBe(0);
    log.events(aReferral(day(2), { referredCustomerId: 'c2' }));
    log.deliver();
    expect(referrals(log, day(3))).toBe(0);
  });

  it('of a name that waits convert when the survivor is existing', () => {
    const log = new TestPartition(advocacy);
    log.events(
      aPurchase(day(0), { customerId: 'r' }),
      aReferral(day(1), { customerId: 'r', referredCustomerId: 'c2' }),
      anEngagement(day(1), { customerId: 'c2' }),
      anEngagement(day(1)),
    );
    log.deliver();
    merge(log);
    log.events(
      aReferral(day(1), { customerId: 'r', referredCustomerId: 'c1' }),
      aReferral(day(1), { customerId: 'r', referredCustomerId: 'c2' }),
      aPurchase(day(2), { customerId: 'c2' }),
    );
    log.deliver();
    expect(referrals(log, day(2), 'r')).toBe(1);
  });
});

describe('a state in parts', () => {
  it('is whole again when all have come, and begins anew with a first part', () => {
    const log = aPartition();
    const long = 'x'.repeat(60_000);
    for (let n = 0; n < 9; n++) log.events(aProfile(day(2), { [`a${n}`]: long }));
    const state = stateOf(log);
    const parts = partsOf(state);
    expect(parts.length).toBeGreaterThan(2);
    const reservation = { mergeId: 'm', otherId: 'c2', received: 0, handed: null };
    const whole = [...parts.slice(0, 2), ...parts].reduce<ReturnType<typeof withPart>>(
      (so_far, part, i) =>
        withPart(so_far ?? reservation, { part: i < 2 ? i + 1 : i - 1, state: part }),
      null,
    );
    expect(whole?.handed).toEqual({ ...state, seq: 0, setId: null, standing: null });
    expect(withPart(reservation, { part: 2, state })).toBe(null);
  });
});

import { describe, expect, it } from 'vitest';

import {
  anEngagement,
  aPolicy,
  aPurchase,
  aReferral,
  day,
  TestPartition,
  told,
} from './builders/index.ts';
import type { CustomerState } from './customer-state.ts';
import type { Instant } from './instant.ts';
import type { Erased } from './log-record.ts';

const erasing = (customerId = 'c1', id = 'd1'): Erased => ({
  kind: 'erased',
  id,
  customerId,
  reason: 'asked for it',
  actor: 'ann',
});

/** `c1` is silver by two purchases, and due. */
function aPartition(): TestPartition {
  const log = new TestPartition(aPolicy());
  log.events(aPurchase(day(0)), aPurchase(day(1)));
  return log;
}

const erasureIn = (log: TestPartition) => [...log.state.erasures.byMarker.values()];

describe('an erasure', () => {
  it('takes the customer out and tells, once, that it is gone', () => {
    const log = aPartition();
    expect(told(log.append(erasing()))).toEqual(['retired c1 erased']);
    expect(log.outputs.at(-1)).toMatchObject({ kind: 'retired', customerId: 'c1' });
    expect(log.customers.has('c1')).toBe(false);
    expect(log.dueAt.get('c1')).toBeNull();
    expect(told(log.append(erasing('c1', 'd2')))).toEqual([]);
    expect(told(log.passTo(day(100)))).toEqual([]);
  });

  it('leaves no id in the partition, but what is needed to know the customer again', () => {
    const log = aPartition();
    log.append(erasing(), 4_711);
    expect(JSON.stringify(erasureIn(log))).not.toContain('c1');
    expect(erasureIn(log)).toMatchObject([{ at: day(1), recordedAt: 4_711, seq: 2, ids: ['d1'] }]);
  });

  it('tells nothing of what fell due before it and was not told yet', () => {
    const log = aPartition();
    log.append({ kind: 'clock', at: day(100) });
    expect(told(log.append(erasing()))).toEqual(['retired c1 erased']);
  });

  it.each<{ what: string; at: Instant; isKept: boolean }>([
    { what: 'of before it', at: day(0) + 1, isKept: false },
    { what: 'of its very instant', at: day(1), isKept: false },
    { what: 'of after it', at: day(1) + 1, isKept: true },
  ])('drops an event $what: not kept, $isKept', ({ at, isKept }) => {
    const log = aPartition();
    log.append(erasing());
    const outputs = log.events(aPurchase(at));
    expect(log.customers.has('c1')).toBe(isKept);
    expect(told(outputs)).toEqual(isKept ? ['assigned >bronze event'] : []);
    expect(log.notes.filter((note) => note === 'erased')).toHaveLength(isKept ? 0 : 1);
  });

  it('makes who comes again a new customer whose tier changes go on counting', () => {
    const log = aPartition();
    log.append(erasing());
    log.events(aPurchase(day(2)));
    expect(log.outputs.at(-1)).toMatchObject({ type: 'assigned', customerSeq: 3 });
    expect((log.customers.get('c1') as CustomerState).ledger.parts).toHaveLength(1);
    expect(told(log.append(erasing('c1', 'd2')))).toEqual(['retired c1 erased']);
    expect(erasureIn(log)).toMatchObject([{ at: day(2), seq: 3, ids: ['d1', 'd2'] }]);
  });

  it('reaches up to the last that is known, also where that is dated ahead of the clock', () => {
    const log = new TestPartition(aPolicy());
    const ahead = aPurchase(day(1), { occurredAt: day(1) + 3_600_000 });
    log.append({ kind: 'event', event: ahead, clockAt: day(1) });
    log.append(erasing());
    log.append({ kind: 'event', event: ahead, clockAt: day(2) });
    expect(log.customers.size).toBe(0);
  });

  it('that comes twice erases once, and takes along what came again before it', () => {
    const log = aPartition();
    const floor = { kind: 'floor', tier: 'gold', reason: 'r', actor: 'ann', until: null } as const;
    const decision = { kind: 'override-set', id: 'o1', customerId: 'c1', override: floor } as const;
    log.append(decision);
    log.append(erasing());
    log.append(decision);
    expect(log.customers.has('c1')).toBe(true);
    expect(told(log.append(erasing()))).toEqual([]);
    expect(log.customers.has('c1')).toBe(false);
    log.events(aPurchase(day(2)));
    log.append(erasing());
    expect(log.customers.has('c1')).toBe(true);
    expect(log.notes.filter((note) => note === 'repeat')).toHaveLength(2);
  });

  it('in data time reaches up to when it was decided, also of somebody unknown', () => {
    const log = aPartition();
    expect(told(log.append(erasing('c9'), day(5)))).toEqual([]);
    log.events(anEngagement(day(5), { customerId: 'c9' }));
    expect(log.customers.has('c9')).toBe(false);
  });

  it('takes its name from those whom it named, and theirs goes with them', () => {
    const log = aPartition();
    log.events(aReferral(day(2)), aReferral(day(2), { referredCustomerId: 'c3' }));
    log.deliver();
    expect(log.customers.get('c1')?.named).toEqual(['c2', 'c3']);
    log.events(aPurchase(day(3), { customerId: 'c2' }));
    log.deliver();
    expect(log.customers.get('c1')?.named).toEqual(['c3']);
    log.append(erasing('c3'));
    log.deliver();
    expect(log.customers.get('c1')?.named).toEqual([]);
    log.events(aReferral(day(4), { referredCustomerId: 'c4' }));
    log.deliver();
    log.append(erasing());
    log.deliver();
    expect(log.customers.get('c4')?.referredBy).toEqual([]);
    log.events(aPurchase(day(5), { customerId: 'c4' }));
    expect(told(log.deliver())).toEqual([]);
    expect(log.customers.has('c1')).toBe(false);
  });

  it('answers who names the erased one: nobody waits for a purchase', () => {
    const log = aPartition();
    log.events(aPurchase(day(2), { customerId: 'c2' }));
    log.append(erasing('c2'));
    log.events(aReferral(day(2)));
    expect(log.customers.get('c1')?.named).toEqual(['c2']);
    log.deliver();
    expect(log.customers.has('c2')).toBe(false);
    expect(log.customers.get('c1')?.named).toEqual([]);
  });

  describe('of who has merged', () => {
    /** `c2` became part of `c1`; both had named and been named before, and after. */
    function aMerged(): TestPartition {
      const log = aPartition();
      log.events(
        aPurchase(day(1), { customerId: 'c2' }),
        aReferral(day(1), { customerId: 'c2', referredCustomerId: 'n2' }),
        aReferral(day(1), { customerId: 'b', referredCustomerId: 'c3' }),
        anEngagement(day(1), { customerId: 'c3' }),
      );
      log.deliver();
      for (const otherId of ['c2', 'c3']) {
        const merge = { id: `m ${otherId}`, survivorId: 'c1', otherId, reason: 'r', actor: 'ann' };
        log.append({ kind: 'merge-asked', ...merge }, day(2));
        log.deliver();
      }
      log.events(aReferral(day(2), { customerId: 'b', referredCustomerId: 'c2' }));
      log.deliver();
      return log;
    }

    it('reaches every alias, and every state that holds one of the names', () => {
      const log = aMerged();
      expect(log.customers.get('c2')?.alias).toBeDefined();
      expect(told(log.append(erasing(), day(3)))).toEqual(['retired c1 erased']);
      expect(told(log.deliver())).toEqual(['retired c2 erased']);
      expect([...log.customers.keys()].toSorted()).toEqual(['b', 'n2']);
      expect(JSON.stringify([...log.customers])).not.toMatch(/"c[123]"/);
      expect(erasureIn(log)).toHaveLength(3);
      log.events(aPurchase(day(1), { customerId: 'c2' }));
      log.deliver();
      expect([...log.customers.keys()].toSorted()).toEqual(['b', 'n2']);
    });

    it('is refused under the name of an alias, and while a merge is under way', () => {
      const log = aMerged();
      expect(told(log.append(erasing('c2'), day(3)))).toEqual(['dead-letter already-merged']);
      log.events(aPurchase(day(2), { customerId: 'c9' }));
      const merge = { id: 'm9', survivorId: 'c1', otherId: 'c9', reason: 'r', actor: 'ann' };
      log.append({ kind: 'merge-asked', ...merge }, day(3));
      expect(told(log.append(erasing(), day(3)))).toEqual(['dead-letter merge-in-progress']);
      expect(log.customers.has('c1')).toBe(true);
    });
  });
});

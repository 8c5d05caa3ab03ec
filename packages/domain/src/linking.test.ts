import { describe, expect, it } from 'vitest';
import {
  aLink,
  anOpportunity,
  aPurchase,
  aReferral,
  day,
  TestPartition,
  told,
} from './builders/index.ts';
import { hasAcceptedEvent } from './customer-state.ts';
import type { Erased, MergeAsked } from './log-record.ts';

const log = (): TestPartition => new TestPartition();
const link = (linkedId: string, customerId = 'c1') => aLink(day(0), { linkedId, customerId });
const buys = (customerId: string, n = 1) => aPurchase(day(n), { customerId });
const erased = (customerId: string, id = 'd1'): Erased => ({
  kind: 'erased',
  id,
  customerId,
  reason: 'r',
  actor: 'a',
});

function orders(it: TestPartition, customerId = 'c1'): number {
  return it.customers.get(customerId)?.ledger.parts.length ?? 0;
}

function namesOf(it: TestPartition, customerId = 'c1'): readonly string[] {
  return (it.customers.get(customerId)?.absorbed ?? []).map((one) => one.customerId).toSorted();
}

const letters = (it: TestPartition) =>
  it.outputs.flatMap((output) => (output.kind === 'dead-letter' ? [output.reason] : []));

describe('a link', () => {
  it.each(['data', 'wall'] as const)(
    'of two ids that nobody knows makes nobody, in %s time',
    (time) => {
      const it = new TestPartition(undefined, time);
      it.append({ kind: 'clock', at: day(5) }, day(5));
      it.append({ kind: 'event', event: link('guest:1') }, day(5));
      it.deliver();
      expect([...it.customers.values()].some(hasAcceptedEvent)).toBe(false);
      expect(it.outputs).toEqual([]);
    },
  );

  it('of an id that nobody knows holds at once, and forwards what comes', () => {
    const it = log();
    it.events(link('guest:1'));
    it.deliver();
    expect([...it.customers.values()].some(hasAcceptedEvent)).toBe(false);
    expect(it.outputs).toEqual([]);
    expect([...it.dueAt.values()].some((due) => due !== null)).toBe(false);
    it.events(buys('guest:1'), buys('guest:1', 2));
    it.deliver();
    expect(orders(it)).toBe(2);
    expect(told(it.outputs)).toEqual(['assigned >bronze event', 'promoted bronze>silver event']);
    expect(it.outputs.every((one) => one.kind === 'tier-change' && one.customerId === 'c1')).toBe(
      true,
    );
    expect(namesOf(it)).toEqual(['guest:1']);
  });

  it('of an id with a history makes one customer of both, and each event counts once', () => {
    const it = log();
    const reported = buys('guest:1');
    it.events(reported, { ...reported, customerId: 'c1' }, buys('guest:1', 2), buys('c1', 2));
    it.events(link('guest:1'));
    it.deliver();
    expect(orders(it)).toBe(3);
    expect(it.customers.get('guest:1')).toMatchObject({
      alias: { survivorId: 'c1', reason: 'link' },
    });
    expect(it.outputs.filter(({ kind }) => kind === 'retired')).toMatchObject([
      { customerId: 'guest:1', reason: 'merged' },
    ]);
  });

  it('brings a history to a customer of whom nothing was known', () => {
    const it = log();
    it.events(buys('guest:1'), buys('guest:1', 2), link('guest:1'));
    it.deliver();
    expect(orders(it)).toBe(2);
    expect(told(it.outputs).slice(2)).toEqual(['retired guest:1 merged', 'assigned >silver merge']);
  });

  it('holds beside any number of others at once', () => {
    const it = log();
    it.events(buys('guest:2'), link('guest:1'), link('guest:2'), link('app:7'), buys('app:7', 2));
    it.deliver();
    expect(namesOf(it)).toEqual(['app:7', 'guest:1', 'guest:2']);
    expect(orders(it)).toBe(2);
    expect(letters(it)).toEqual([]);
  });

  it.each([
    { first: link('guest:1', 'app:7'), second: link('app:7', 'c1'), why: 'from the end' },
    { first: link('app:7', 'c1'), second: link('guest:1', 'app:7'), why: 'from the start' },
  ])('may be one of a chain that comes all at once, $why', ({ first, second }) => {
    const it = log();
    it.events(buys('guest:1'), buys('app:7'), buys('c1'));
    it.events(first, second);
    it.deliver();
    expect(orders(it)).toBe(3);
    expect(namesOf(it)).toEqual(['app:7', 'guest:1']);
    expect(letters(it)).toEqual([]);
  });

  it('that comes again, or says what is known, changes nothing', () => {
    const it = log();
    const one = link('guest:1');
    it.events(one, one, link('guest:1'), link('c1'));
    it.deliver();
    const before = new Map(it.customers);
    it.events(one, link('guest:1'));
    it.deliver();
    expect(it.customers).toEqual(before);
    expect(it.notes.filter((note) => note === 'linked-already')).toHaveLength(5);
    expect(letters(it)).toEqual([]);
  });

  it('of what belongs to another is refused, and nobody is made by it', () => {
    const it = log();
    it.events(link('guest:1'));
    it.deliver();
    it.events(link('guest:1', 'c2'));
    it.deliver();
    expect(letters(it)).toEqual(['already-merged']);
    expect(it.customers.has('c2')).toBe(false);
    expect(namesOf(it)).toEqual(['guest:1']);
  });

  it('to a second name holds for the customer whose name it is', () => {
    const it = log();
    it.events(link('c2'));
    it.deliver();
    it.events(link('guest:1', 'c2'), link('c1', 'c2'), buys('guest:1'));
    it.deliver();
    expect(namesOf(it)).toEqual(['c2', 'guest:1']);
    expect(orders(it)).toBe(1);
  });

  it('in both directions makes one of two, the one whose id comes last', () => {
    const it = log();
    it.events(buys('c1'), link('c2', 'c1'), link('c1', 'c2'));
    it.deliver();
    expect([...it.customers.keys()].toSorted()).toEqual(['c1', 'c2']);
    expect(namesOf(it, 'c2')).toEqual(['c1']);
    expect(orders(it, 'c2')).toBe(1);
    expect(letters(it)).toEqual([]);
  });

  it('of a circle comes about or is refused, and nobody waits for ever', () => {
    const it = log();
    it.events(link('c2', 'c1'), link('c3', 'c2'), link('c1', 'c3'));
    it.deliver();
    expect([...it.customers.values()].some(({ links }) => links !== undefined)).toBe(false);
    expect(letters(it).every((reason) => reason === 'merge-in-progress')).toBe(true);
    // Each asks a few times, and then no more.
    expect(it.handOvers.length).toBeLessThan(150);
    it.events(link('c2', 'c1'));
    it.deliver();
    expect(namesOf(it)).toEqual(['c2']);
  });

  it('and a merge by hand may meet at one survivor', () => {
    const it = log();
    it.events(buys('c1'), buys('c2'));
    const merge: MergeAsked = {
      kind: 'merge-asked',
      id: 'm1',
      survivorId: 'c1',
      otherId: 'c2',
      reason: 'r',
      actor: 'a',
    };
    it.events(link('guest:1'));
    it.append(merge);
    it.events(link('guest:2'));
    it.deliver();
    expect(namesOf(it)).toEqual(['c2', 'guest:1', 'guest:2']);
  });

  it('keeps the date by which an erasure reaches it', () => {
    const it = log();
    const [own, others] = [link('guest:1'), link('c2', 'c3')];
    it.events(buys('c1', 0), buys('c2', 0));
    it.append(erased('c1'), day(1));
    it.append(erased('c2', 'd2'), day(1));
    it.deliver();
    it.events(own, others);
    it.deliver();
    expect([...it.customers.keys()]).toEqual([]);
    expect(letters(it)).toEqual([]);
    it.events(aLink(day(2)));
    it.deliver();
    expect(namesOf(it)).toEqual(['guest:1']);
  });

  it('goes with its customer when that is erased, not while it is under way', () => {
    const it = log();
    it.events(buys('guest:1'), link('guest:1'), link('guest:2'));
    it.append(erased('c1'), day(3));
    expect(letters(it)).toEqual(['merge-in-progress']);
    it.deliver();
    it.append(erased('c1', 'd2'), day(3));
    it.deliver();
    expect([...it.customers.keys()]).toEqual([]);
  });

  it('dated more than a day ahead of the clock is refused', () => {
    const it = new TestPartition(undefined, 'wall');
    const ahead = aLink(day(2) + 1);
    it.append({ kind: 'event', event: ahead }, day(1));
    expect(letters(it)).toEqual(['ahead-of-clock']);
    expect(it.customers.size).toBe(0);
  });

  it('moves no clock and no tier, and takes over who was named', () => {
    const it = log();
    it.events(
      anOpportunity(day(0), 'quoted', { customerId: 'c9' }),
      aReferral(day(0), { customerId: 'c9', referredCustomerId: 'guest:1' }),
    );
    it.deliver();
    it.events(link('guest:1'));
    it.deliver();
    expect(it.customers.get('c1')?.referredBy).toMatchObject([{ referrerId: 'c9' }]);
    it.events(buys('c1'));
    it.deliver();
    expect(it.customers.get('c9')?.ledger.referrals).toHaveLength(1);
    expect(it.customers.get('c9')?.named).toEqual([]);
  });
});

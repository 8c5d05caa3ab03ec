import { describe, expect, it } from 'vitest';
import {
  aLifecycle,
  aLink,
  aPolicy,
  aPurchase,
  aReferral,
  day,
  TestPartition,
  told,
} from './builders/index.ts';
import type { LogRecord } from './log-record.ts';
import { viewAt } from './profile.ts';

const live = (at: number, announceFrom: number | null = null): LogRecord => ({
  kind: 'went-live',
  at,
  announceFrom,
});

const tick: LogRecord = { kind: 'tick', customerIds: ['c1'] };

/** Four orders make gold: it falls to silver on day 31, to bronze on day 32. The last clock mark is of day 10. */
function aHistory(policy = aPolicy()): TestPartition {
  const log = new TestPartition(policy);
  log.events(...[0, 1, 2, 3].map((n) => aPurchase(day(n))));
  log.passTo(day(10));
  log.outputs.length = 0;
  return log;
}

const lines = (log: TestPartition): readonly string[] =>
  log.outputs.map((it) => {
    if (it.kind !== 'tier-change') return it.kind;
    const on = (it.effectiveAt - day(0)) / 86_400_000;
    return `${on} ${it.type} ${it.fromTier}>${it.toTier}${it.backfill ? ' held back' : ''}`;
  });

describe('a partition that goes live', () => {
  it('settles what fell due since the last mark at its own instants, and holds it back', () => {
    const log = aHistory();
    log.append(live(day(400)), day(400));
    log.append(tick, day(400));
    expect(lines(log)).toEqual([
      '31 demoted gold>silver held back',
      '32 demoted silver>bronze held back',
    ]);
    expect(log.outputs[0]).toMatchObject({ decidedAt: day(400), cause: { kind: 'time' } });
  });

  it.each([
    { announceFrom: 0, isHeldBack: [false, false], why: 'all of it' },
    { announceFrom: 1, isHeldBack: [false, false], why: 'a step is enough' },
    { announceFrom: 2, isHeldBack: [true, true], why: 'two steps in one change are wanted' },
    { announceFrom: null, isHeldBack: [true, true], why: 'nothing' },
  ])('announces from $announceFrom steps on: $why', ({ announceFrom, isHeldBack }) => {
    const log = aHistory();
    log.append(live(day(400), announceFrom), day(400));
    log.append(tick, day(400));
    expect(log.outputs.map((it) => it.kind === 'tier-change' && it.backfill)).toEqual(isHeldBack);
  });

  it('counts the steps of the ladder, whatever lies between', () => {
    const log = aHistory(
      aPolicy({
        lifecycle: aLifecycle({ graceMs: 1 * 86_400_000, atRiskNoticeMs: 2 * 86_400_000 }),
        borders: [
          { tier: 'silver', enterMilli: 3_000, leaveMilli: 3_000 },
          { tier: 'gold', enterMilli: 3_500, leaveMilli: 3_500 },
        ],
      }),
    );
    log.append(live(day(400), 2), day(400));
    log.append(tick, day(400));
    // A warning is no step at all.
    expect(lines(log)).toEqual(['29 at-risk gold>gold held back', '31 demoted gold>bronze']);
  });

  it('tells as always what was due before the mark, and what falls due after the instant', () => {
    const log = aHistory();
    // On day 31 a mark came, and the tick behind it did not.
    log.append({ kind: 'clock', at: day(31) });
    log.append(live(day(32) - 1), day(31) + 5);
    log.append(tick, day(40));
    expect(lines(log)).toEqual(['31 demoted gold>silver', '32 demoted silver>bronze']);
  });

  it('has the append time for its clock: neither marks nor clocks of late records move it', () => {
    const log = aHistory();
    log.append(live(day(12)), day(12));
    log.append({ kind: 'clock', at: day(500) }, day(13));
    expect(log.state.clock).toBe(day(13));
    log.append({ kind: 'event', event: aPurchase(day(13)), clockAt: day(13) + 9 }, day(14));
    expect(log.customers.get('c1')?.clock).toBe(day(14));
    const ahead = aPurchase(day(90));
    log.append({ kind: 'event', event: ahead, clockAt: day(90) }, day(15));
    expect(told(log.outputs)).toEqual(['dead-letter ahead-of-clock']);
  });

  it('lets nobody go back who had run ahead of the broker in data time', () => {
    const log = new TestPartition();
    log.events(aPurchase(day(50)));
    log.append(live(day(12)), day(12));
    log.append({ kind: 'event', event: aPurchase(day(12)) }, day(12));
    expect(log.customers.get('c1')?.clock).toBe(day(50));
    log.append({ kind: 'event', event: aPurchase(day(60)) }, day(60));
    expect(log.customers.get('c1')?.clock).toBe(day(60));
  });

  it('does it once: the same again is a repeat, another instant comes too late, and wall time stays what it was', () => {
    const log = aHistory();
    log.append(live(day(400)), day(400));
    const { live: first } = log.state;
    log.append(live(day(400)), day(401));
    log.append(live(day(402), 0), day(402));
    expect(log.notes).toEqual(['repeat', 'live-already']);
    expect(log.state.live).toBe(first);
    const wall = new TestPartition(aPolicy(), 'wall');
    wall.append(live(day(1)), day(1));
    expect(wall.notes).toEqual(['live-already']);
    expect(wall.state.live).toBeNull();
  });

  it('holds back nothing that a record brings about, however late its instant is said', () => {
    const log = aHistory();
    // The clock of who said the instant was a hundred days ahead of the broker's.
    log.append(live(day(120)), day(20));
    log.append({ kind: 'event', event: aPurchase(day(20), { customerId: 'c2' }) }, day(20));
    expect(lines(log)).toEqual(['20 assigned null>bronze']);
  });

  it('shows the same before it is settled as after', () => {
    const log = aHistory();
    log.append(live(day(400)), day(400));
    const state = log.customers.get('c1');
    if (state === undefined) throw new Error('c1 has bought');
    const { changes } = viewAt({ partition: log.state, customerId: 'c1', state, at: day(400) });
    log.append(tick, day(400));
    const settled = log.outputs.filter((it) => it.kind === 'tier-change');
    const unnamed = settled.map((it) => ({ ...it, id: 'unsettled' }));
    expect(changes.map((it) => ({ ...it, id: 'unsettled' }))).toEqual(unnamed);
    expect(changes.every(({ backfill }) => backfill)).toBe(true);
  });
});

/** Two partitions, of which one may be live and the other not yet: the command is between two sends. */
describe('what one partition tells another while only one of them is live', () => {
  it('finds the live one at its own clock, whatever instant it brings', () => {
    const log = new TestPartition();
    log.events(
      aPurchase(day(0)),
      aReferral(day(1), { customerId: 'c1', referredCustomerId: 'c2' }),
    );
    log.append(live(day(12)), day(12));
    const converted = { kind: 'referral-converted', referrerId: 'c1', referredId: 'c2' } as const;
    const from = { partition: 3, epoch: 1, number: 1 };
    log.append({ ...converted, at: day(2), from }, day(13));
    expect(log.customers.get('c1')?.clock).toBe(day(13));
  });

  it('moves a customer of the other ahead of its marks, as an event would, and what falls due by then is told as in data time', () => {
    const other = new TestPartition();
    other.append(live(day(40)), day(40));
    other.append({ kind: 'event', event: aPurchase(day(40), { customerId: 'guest:1' }) }, day(41));
    const log = aHistory();
    log.append({ kind: 'event', event: aLink(day(9)), clockAt: day(9) });
    const asked = log.handOvers.at(-1)?.content;
    if (asked?.kind !== 'link-requested') throw new Error('a link asks');
    other.append({ ...asked, from: { partition: 0, epoch: 1, number: 1 } }, day(42));
    const handed = other.handOvers.at(-1)?.content;
    if (handed?.kind !== 'merge-handed') throw new Error('the id has something to hand over');
    log.outputs.length = 0;
    log.append({ ...handed, from: { partition: 3, epoch: 1, number: 1 } });
    expect(lines(log)).toEqual(['31 demoted gold>silver', '32 demoted silver>bronze']);
    expect(log.customers.get('c1')?.clock).toBe(day(42));
    log.append(live(day(40)), day(43));
    log.append(tick, day(44));
    expect(log.outputs).toHaveLength(2);
    expect(log.customers.get('c1')?.clock).toBe(day(42));
  });
});

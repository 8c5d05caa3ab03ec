import { describe, expect, it } from 'vitest';
import {
  aLifecycle,
  aPolicy,
  aPolicySet,
  aPurchase,
  day,
  TestPartition,
  told,
} from '../builders/index.ts';
import { DAY_MS } from '../instant.ts';
import type { Override } from '../tier/override.ts';
import type { AnnounceFrom } from './activation.ts';
import type { Policy } from './policy.ts';

const MILD: Partial<Policy> = {
  version: 2,
  borders: [
    { tier: 'silver', enterMilli: 1_000, leaveMilli: 1_000 },
    { tier: 'gold', enterMilli: 2_000, leaveMilli: 2_000 },
  ],
};

/** Two orders on day 0: silver by the first version. */
function aSilver(policy = aPolicy()): TestPartition {
  const log = new TestPartition(policy);
  log.events(aPurchase(day(0)), aPurchase(day(0)));
  log.append({ kind: 'clock', at: day(1) });
  return log;
}

function activate(log: TestPartition, changes: Partial<Policy>, announceFrom: AnnounceFrom = 0) {
  const set = aPolicySet(aPolicy(changes));
  const number = log.state.activations.length;
  return log.append({ kind: 'policy-activated', set, number, announceFrom });
}

const sweep = (log: TestPartition) =>
  log.append({ kind: 'sweep', through: 1, customerIds: [...log.customers.keys()], isLast: true });

describe('a policy that takes the place of another', () => {
  it('moves a customer at its own instant, whenever the customer is touched next', () => {
    const log = aSilver();
    expect(activate(log, MILD)).toEqual([]);
    log.append({ kind: 'clock', at: day(5) });
    const [moved] = sweep(log);
    expect(moved).toMatchObject({
      type: 'promoted',
      fromTier: 'silver',
      toTier: 'gold',
      cause: { kind: 'policy', ref: 'test-2' },
      policyVersion: 2,
      effectiveAt: day(1),
      decidedAt: day(5),
      backfill: false,
    });
  });

  it('says the same by a tick, by a record of the customer, and once', () => {
    const byTick = aSilver();
    activate(byTick, MILD);
    const ticked = byTick.append({ kind: 'tick', customerIds: ['c1'] });
    const byRecord = aSilver();
    activate(byRecord, MILD);
    expect(told(byRecord.events(aPurchase(day(1))))).toEqual(told(ticked));
    expect(told(ticked)).toEqual(['promoted silver>gold policy']);
    expect(sweep(byTick)).toEqual([]);
  });

  it('is swept also where no tier moves, and everybody is due as it says', () => {
    const log = aSilver();
    activate(log, { version: 2, lifecycle: aLifecycle({ graceMs: 3 * DAY_MS }) });
    expect(sweep(log)).toEqual([]);
    expect(log.customers.get('c1')?.setId).toBe('test-2');
    expect(log.dueAt.get('c1')).toBe(day(33));
    expect(log.state.swept).toEqual({ through: 1, customers: 1, isDone: true });
  });

  it('has taken a publication once, however often its owner appends it', () => {
    const log = aSilver();
    const set = aPolicySet(aPolicy(MILD));
    for (let times = 0; times < 2; times += 1) {
      log.append({ kind: 'policy-activated', set, number: 1, announceFrom: 0 });
    }
    expect(log.state.activations).toHaveLength(2);
  });

  it('assigns anew where it has another name, and lets go where none grades', () => {
    const log = aSilver();
    activate(log, { ...MILD, name: 'other' });
    expect(sweep(log)).toMatchObject([
      { type: 'assigned', fromTier: null, toTier: 'gold', fromPolicy: 'test' },
    ]);
    activate(log, { name: 'nobody', appliesTo: 'prospects', version: 3 });
    expect(sweep(log)).toEqual([]);
    expect(log.customers.get('c1')).toMatchObject({ setId: 'nobody-3', standing: null });
  });

  it.each<[AnnounceFrom, boolean]>([
    [0, false],
    [1, false],
    [2, true],
    [null, true],
  ])('announced from %s steps on tells one step as backfill: %s', (announceFrom, backfill) => {
    const log = aSilver();
    activate(log, MILD, announceFrom);
    expect(sweep(log)).toMatchObject([{ type: 'promoted', backfill }]);
    // What comes later is no part of the flood.
    expect(log.passTo(day(40))).toMatchObject([{ type: 'demoted', backfill: false }]);
  });
});

describe('a tier that the ladder has no more', () => {
  const SHORT: Partial<Policy> = {
    version: 2,
    ladder: ['bronze', 'gold'],
    borders: [{ tier: 'gold', enterMilli: 4_000, leaveMilli: 3_000 }],
  };

  it('is replaced as the policy says, and then the customer is judged', () => {
    const log = aSilver();
    activate(log, { ...SHORT, replaces: { silver: 'gold' } });
    expect(told(sweep(log))).toEqual(['assigned silver>gold policy', 'demoted gold>bronze policy']);
  });

  it('without a word stands for the lowest', () => {
    const log = aSilver();
    activate(log, SHORT);
    expect(told(sweep(log))).toEqual(['assigned silver>bronze policy']);
  });

  it.each([
    ['gold', { silver: 'gold' }],
    ['silver', undefined],
  ])('is %s to an override that names it', (tier, replaces) => {
    const log = aSilver();
    const override: Override = {
      kind: 'floor',
      tier: 'silver',
      until: null,
      reason: 'a promise',
      actor: 'somebody',
    };
    log.append({ kind: 'override-set', id: 'o1', customerId: 'c1', override });
    activate(log, { ...SHORT, ...(replaces === undefined ? {} : { replaces }) });
    sweep(log);
    expect(log.customers.get('c1')?.override?.tier).toBe(tier);
  });

  it('takes along the promotions that led over it', () => {
    const log = aSilver();
    const third = aPurchase(day(1));
    log.events(third, aPurchase(day(1)));
    expect(log.customers.get('c1')?.standing).toMatchObject({ tier: 'gold' });
    expect(log.customers.get('c1')?.standing?.promotions).not.toEqual([]);
    activate(log, { ...SHORT, replaces: { silver: 'gold' } });
    sweep(log);
    expect(log.customers.get('c1')?.standing).toMatchObject({ tier: 'gold', promotions: [] });
  });
});

it('a sweep for a publication before the newest that is swept counts nothing', () => {
  const log = aSilver();
  activate(log, MILD);
  sweep(log);
  const { swept } = log.state;
  log.append({ kind: 'sweep', through: 0, customerIds: ['c1'], isLast: false });
  log.append({ kind: 'sweep', through: 1, customerIds: ['c1'], isLast: false });
  expect(log.state.swept).toBe(swept);
});

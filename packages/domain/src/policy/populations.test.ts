import { describe, expect, it } from 'vitest';
import {
  aCancellation,
  anEngagement,
  aPolicy,
  aPolicySet,
  aProfile,
  aPurchase,
  aRefund,
  day,
  TestPartition,
  told,
} from '../builders/index.ts';
import { census } from '../calibration/census.ts';
import { explain } from '../explain.ts';
import type { Output } from '../fold-types.ts';
import { DAY_MS } from '../instant.ts';
import { profileAt } from '../profile.ts';
import type { Policy } from './policy.ts';

const byVisits: Policy = aPolicy({
  name: 'leads',
  appliesTo: 'prospects',
  ladder: ['cold', 'warm', 'hot'],
  dimensions: [
    {
      name: 'visits',
      of: 'engagement',
      windowMs: 30 * DAY_MS,
      weightMilli: 1_000,
      capMilli: null,
      otherwiseMilli: 0,
      steps: [],
    },
  ],
  borders: [
    { tier: 'warm', enterMilli: 2_000, leaveMilli: 1_000 },
    { tier: 'hot', enterMilli: 4_000, leaveMilli: 3_000 },
  ],
});
const shop = aPolicy({ name: 'shop' });
const chains = aPolicy({ name: 'chains', appliesTo: { attribute: 'segment', in: ['chain'] } });
const suppliers = aPolicy({
  name: 'suppliers',
  appliesTo: { attribute: 'roles', in: ['supplier', 'maker'] },
});
const all = aPolicySet(byVisits, shop, chains, suppliers);

/** `assigned leads>shop bronze`: who handed over to whom, and the tier it led to. */
function moves(outputs: readonly Output[]): readonly string[] {
  return outputs.flatMap((it) =>
    it.kind === 'tier-change'
      ? [`${it.type} ${it.fromPolicy ?? ''}>${it.policy} ${it.fromTier ?? ''}>${it.toTier}`]
      : [],
  );
}

describe('a prospect', () => {
  it('is graded from its first event on, by the policy for prospects', () => {
    const partition = new TestPartition(all);
    const first = partition.events(aProfile(day(0), { region: 'east' }));
    expect(moves(first)).toEqual(['assigned >leads >cold']);
    expect(told(first)).toEqual(['assigned >cold event']);
    expect(moves(partition.events(anEngagement(day(1), { weight: 4 })))).toEqual([
      'promoted >leads cold>hot',
    ]);
  });

  it('falls when its windows empty, at the instant they do', () => {
    const partition = new TestPartition(all);
    partition.events(anEngagement(day(0), { weight: 4 }));
    expect(partition.dueAt.get('c1')).toBe(day(30));
    const [fall] = partition.passTo(day(40));
    expect(fall).toMatchObject({ policy: 'leads', toTier: 'cold', effectiveAt: day(30) });
  });

  it('has no tier where no policy is for prospects', () => {
    const partition = new TestPartition(aPolicySet(shop));
    expect(partition.events(aProfile(day(0), { segment: 'chain' }))).toEqual([]);
    expect(partition.customers.get('c1')?.standing).toBeNull();
  });

  it('has a profile row with tier, score and values of the policy for prospects', () => {
    const partition = new TestPartition(all);
    partition.events(anEngagement(day(0), { weight: 2 }));
    const state = partition.customers.get('c1');
    if (state === undefined) throw new TypeError('the customer is known');
    expect(
      profileAt({ partition: partition.state, customerId: 'c1', state, at: day(1) }),
    ).toMatchObject({
      policy: 'leads',
      tier: 'warm',
      scoreMilli: 2_000,
      engagement: 2,
      orders: 0,
      complaints: null,
      nextCrossingAt: day(30),
    });
  });
});

it('tells a prospect what a first order would lead to, under the policy that would grade it', () => {
  const partition = new TestPartition(all);
  partition.events(aProfile(day(0), { segment: 'chain' }));
  const state = partition.customers.get('c1');
  if (state === undefined) throw new TypeError('the customer is known');
  const explanation = explain({ partition: partition.state, customerId: 'c1', state, at: day(1) });
  expect(explanation).toMatchObject({ policy: 'leads', tier: 'cold' });
  expect(explanation?.counterfactuals).toEqual([
    { amountMinor: 1, outcome: 'hands-over', tier: 'bronze', policy: 'chains', policyVersion: 1 },
  ]);
});

describe('the first purchase', () => {
  it('hands a prospect over: assigned anew, since now, with nothing left of before', () => {
    const partition = new TestPartition(all);
    partition.events(anEngagement(day(0), { weight: 1 }), anEngagement(day(1), { weight: 3 }));
    const [handOver, ...more] = partition.events(aPurchase(day(2)));
    expect(more).toEqual([]);
    expect(handOver).toMatchObject({
      type: 'assigned',
      fromTier: null,
      toTier: 'bronze',
      fromPolicy: 'leads',
      policy: 'shop',
      cause: { kind: 'event' },
      effectiveAt: day(2),
      dimensions: [{ name: 'frequency', value: 1 }],
    });
    expect(partition.customers.get('c1')?.standing).toMatchObject({
      tier: 'bronze',
      since: day(2),
      promotions: [],
    });
  });

  it('hands over to the policy of the segment that the profile names by then', () => {
    const partition = new TestPartition(all);
    partition.events(aProfile(day(0), { segment: 'chain' }));
    expect(moves(partition.events(aPurchase(day(1))))).toEqual(['assigned leads>chains >bronze']);
  });

  it('is no way back: a cancellation leaves the customer existing', () => {
    const partition = new TestPartition(all);
    const order = aPurchase(day(0));
    expect(moves(partition.events(order, aCancellation(order), anEngagement(day(1))))).toEqual([
      'assigned >shop >bronze',
    ]);
  });
});

describe('policies by attribute', () => {
  it('win over the one for existing customers, the first of the set among them', () => {
    const partition = new TestPartition(all);
    const both = { segment: 'chain', roles: ['buyer', 'maker'] };
    expect(moves(partition.events(aProfile(day(0), both), aPurchase(day(1))))).toEqual([
      'assigned >leads >cold',
      'assigned leads>chains >bronze',
    ]);
  });

  it('take a list for each of its values', () => {
    const partition = new TestPartition(all);
    partition.events(aProfile(day(0), { roles: ['buyer', 'maker'] }));
    expect(moves(partition.events(aPurchase(day(1))))).toEqual([
      'assigned leads>suppliers >bronze',
    ]);
  });

  it('hand over when the attribute changes, and only then', () => {
    const partition = new TestPartition(all);
    partition.events(aPurchase(day(0)), aPurchase(day(0)), aPurchase(day(1)));
    const moved = partition.events(aProfile(day(2), { segment: 'chain' }));
    expect(moves(moved)).toEqual(['assigned shop>chains >silver']);
    expect(partition.customers.get('c1')?.standing?.since).toBe(day(2));
    expect(partition.events(aProfile(day(3), { segment: 'chain', region: 'east' }))).toEqual([]);
    expect(moves(partition.events(aProfile(day(4), { segment: 'shop' })))).toEqual([
      'assigned chains>shop >silver',
    ]);
  });

  it('go by the newest profile, whenever it arrives', () => {
    const partition = new TestPartition(all);
    partition.events(aPurchase(day(0)), aProfile(day(5), { segment: 'shop' }));
    const late = aProfile(day(4), { segment: 'chain' });
    expect(partition.append({ kind: 'event', event: late, clockAt: day(6) })).toEqual([]);
  });

  it('do not judge again what another policy decided', () => {
    const orders = [0, 1, 2, 3].map((n) => aPurchase(day(n)));
    const partition = new TestPartition(all);
    expect(told(partition.events(...orders)).at(-1)).toBe('promoted silver>gold event');
    partition.events(aProfile(day(4), { segment: 'chain' }));
    expect(told(partition.events(aRefund(orders[3] as (typeof orders)[0])))).toEqual([]);
  });

  it('leave ungraded whom none of them wants, without a word, and take them back as new', () => {
    const partition = new TestPartition(aPolicySet(chains));
    partition.events(aProfile(day(0), { segment: 'chain' }), aPurchase(day(0)));
    expect(partition.events(aProfile(day(1), { segment: 'none' }))).toEqual([]);
    expect(partition.customers.get('c1')?.standing).toBeNull();
    expect(partition.dueAt.get('c1')).toBeNull();
    expect(moves(partition.events(aProfile(day(2), { segment: 'chain' })))).toEqual([
      'assigned >chains >bronze',
    ]);
  });
});

describe('a calibration', () => {
  it('counts everybody in the population of the policy that grades them, and nobody twice', () => {
    const halves = { buckets: 2, ties: 'together', minimumPopulation: 1 } as const;
    const counting = (policy: Policy): Policy => ({
      ...policy,
      dimensions: policy.dimensions.map((it) => ({ ...it, quantiles: halves })),
    });
    const set = aPolicySet(...[byVisits, shop, chains].map(counting));
    const partition = new TestPartition(set);
    for (const customerId of ['p1', 'p2', 'p3', 'e1', 'e2', 's1']) {
      partition.events(anEngagement(day(0), { customerId }));
      if (!customerId.startsWith('p')) partition.events(aPurchase(day(1), { customerId }));
    }
    partition.events(aProfile(day(2), { segment: 'chain' }, { customerId: 's1' }));
    const { dimensions } = census({ set, at: day(3), customers: partition.customers });
    expect(dimensions.map((it) => [it.policy, it.dimension, it.population])).toEqual([
      ['leads', 'visits', 3],
      ['shop', 'frequency', 2],
      ['chains', 'frequency', 1],
    ]);
  });
});

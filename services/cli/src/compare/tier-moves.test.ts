import { describe, expect, it } from 'vitest';
import { END, type Move, someMoves } from './builders/index.ts';
import { mostFlapping } from './tier-moves.ts';

const climb: readonly Move[] = [
  ['climber', 'assigned', null, 'bronze', 730],
  ['climber', 'promoted', 'bronze', 'silver', 700],
  ['climber', 'promoted', 'silver', 'gold', 600],
];
const flap: readonly Move[] = [
  ['flapper', 'assigned', null, 'bronze', 365],
  ['flapper', 'promoted', 'bronze', 'silver', 300],
  ['flapper', 'demoted', 'silver', 'bronze', 200],
  ['flapper', 'promoted', 'bronze', 'silver', 100],
  ['flapper', 'withdrawn', 'silver', 'bronze', 50],
];

describe('tier changes of customers', () => {
  it('are counted by the busiest 365 days, with turns, and on average over the time in a tier', () => {
    const rates = someMoves([...climb, ...flap]).rates(3, END);
    expect(rates.byCustomer.get('climber')).toEqual({ moves: 2, busiest: 2, turns: 0 });
    expect(rates.byCustomer.get('flapper')).toEqual({ moves: 4, busiest: 4, turns: 3 });
    expect(rates.distribution).toEqual([
      { moves: 0, customers: 1 },
      { moves: 2, customers: 1 },
      { moves: 4, customers: 1 },
    ]);
    // Six changes in 730 + 365 days.
    expect(rates.moves).toBe(6);
    expect(rates.perCustomerYear).toBe(2);
  });

  it('are no first tier, warning or renewal', () => {
    const rates = someMoves([
      ['a', 'assigned', null, 'gold', 300],
      ['a', 'at-risk', 'gold', 'gold', 200],
      ['a', 'renewed', 'gold', 'gold', 100],
    ]).rates(1, END);
    expect(rates).toMatchObject({ moves: 0, distribution: [{ moves: 0, customers: 1 }] });
  });

  it.each([
    { days: [400, 35], busiest: 1, why: 'what is 365 days back has left the window' },
    { days: [400, 36], busiest: 2, why: 'a day less has not' },
    { days: [36, 400], busiest: 2, why: 'the order in which they are told does not matter' },
  ])('at $days are $busiest within 365 days: $why', ({ days, busiest }) => {
    const rates = someMoves(
      days.map((day): Move => ['a', 'promoted', 'bronze', 'silver', day]),
    ).rates(1, END);
    expect(rates.byCustomer.get('a')?.busiest).toBe(busiest);
  });

  it('of nobody are none, in no time', () => {
    const rates = someMoves([]).rates(0, END);
    expect(rates).toMatchObject({ moves: 0, perCustomerYear: null, distribution: [] });
  });
});

describe('who flaps most', () => {
  it('is who turns on either side, the most changes first, then by id', () => {
    const first = someMoves([...climb, ...flap]).rates(3, END);
    const second = someMoves(
      ['b', 'a', 'flapper'].flatMap((id): readonly Move[] => [
        [id, 'promoted', 'bronze', 'silver', 90],
        [id, 'demoted', 'silver', 'bronze', 10],
      ]),
    ).rates(5, END);
    const still = { moves: 0, busiest: 0, turns: 0 };
    const once = { moves: 2, busiest: 2, turns: 1 };
    expect(mostFlapping(first, second, 10)).toEqual([
      { customerId: 'flapper', first: { moves: 4, busiest: 4, turns: 3 }, second: once },
      { customerId: 'a', first: still, second: once },
      { customerId: 'b', first: still, second: once },
    ]);
    expect(mostFlapping(first, second, 1)).toHaveLength(1);
  });
});

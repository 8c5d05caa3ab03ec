import { type CustomerEvent, type Dimension, type Purchase } from '@strata/domain';
import {
  aCancellation,
  aComplaint,
  aLifecycle,
  aPolicy,
  aPurchase,
  aRefund,
  day,
} from '@strata/domain/builders';
import { describe } from 'vitest';

import {
  buys,
  complaints,
  days,
  eventOf,
  feedback,
  frequency,
  holds,
  living,
  reinstatement,
  resolution,
  revenue,
  yuan,
} from './example-stories.ts';

describe('grace, stay and landing', () => {
  const graceTen = living({ graceMs: days(10) });
  holds([
    {
      why: 'the demotion comes when the score stayed below throughout the grace',
      policy: graceTen,
      events: buys(0, 1),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '40 demoted silver>bronze time',
      ],
    },
    {
      why: 'one instant at the border ends grace, and a later fall starts it anew in full',
      policy: graceTen,
      events: buys(0, 1, 30.5),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '41 demoted silver>bronze time',
      ],
    },
    {
      why: 'a score that heals at the very end of grace saves the tier: edges come first',
      policy: aPolicy({
        dimensions: [frequency, complaints],
        lifecycle: aLifecycle({ graceMs: days(10) }),
      }),
      events: [...buys(0, 1), aComplaint(day(2))],
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '40 demoted silver>bronze time',
      ],
    },
    {
      why: 'the minimum stay delays the demotion, not the start of grace',
      policy: living({ graceMs: days(10), minimumStayMs: days(50) }),
      events: buys(0, 1),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '51 demoted silver>bronze time',
      ],
    },
    {
      why: 'one step at a time, and the clocks start again after each',
      policy: living({ graceMs: days(5), softLanding: 'one' }),
      events: buys(0, 0, 0, 0),
      told: [
        '0 assigned >bronze event',
        '0 promoted bronze>silver event',
        '0 promoted silver>gold event',
        '35 demoted gold>silver time',
        '40 demoted silver>bronze time',
      ],
    },
    {
      why: 'without grace and stay the steps fall in one instant',
      policy: living({ softLanding: 'one' }),
      events: buys(0, 0, 0, 0),
      told: [
        '0 assigned >bronze event',
        '0 promoted bronze>silver event',
        '0 promoted silver>gold event',
        '30 demoted gold>silver time',
        '30 demoted silver>bronze time',
      ],
    },
    {
      why: 'after a landing at the base any event lifts the block, not time',
      policy: living({ softLanding: 'base' }),
      events: [...buys(0, 1, 2, 3), feedback(32)],
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '3 promoted silver>gold event',
        '31 demoted gold>bronze time',
      ],
    },
    {
      why: 'after a landing at the base the purchase of a referred friend lifts no block',
      policy: living({ softLanding: 'base' }),
      events: [
        ...buys(0, 1, 2, 3),
        { ...eventOf(day(4)), type: 'referral', referredCustomerId: 'c2' },
        aPurchase(day(31.5), { customerId: 'c2' }),
        feedback(31.8),
      ],
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '3 promoted silver>gold event',
        '31 demoted gold>bronze time',
        '31.8 promoted bronze>silver event',
        '32 demoted silver>bronze time',
      ],
    },
    {
      why: 'the event that lifts the block is graded like any other',
      policy: living({ softLanding: 'base' }),
      events: [...buys(0, 1, 2, 3), feedback(31)],
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '3 promoted silver>gold event',
        '31 demoted gold>bronze time',
        '31 promoted bronze>silver event',
        '32 demoted silver>bronze time',
      ],
    },
    {
      why: 'a complaint that leaves its window promotes in time',
      policy: aPolicy({ dimensions: [frequency, complaints] }),
      events: [...buys(0), aComplaint(day(1)), ...buys(2)],
      told: [
        '0 assigned >bronze event',
        '11 promoted bronze>silver time',
        '30 demoted silver>bronze time',
      ],
    },
    {
      why: 'a resolution acts from its instant',
      policy: aPolicy({ dimensions: [frequency, complaints] }),
      events: [...buys(0), aComplaint(day(1)), ...buys(2), resolution(5)],
      told: [
        '0 assigned >bronze event',
        '5 promoted bronze>silver event',
        '30 demoted silver>bronze time',
      ],
    },
    {
      why: 'a ticket counts at its first complaint with its highest severity',
      policy: aPolicy({ dimensions: [frequency, complaints] }),
      events: [...buys(0, 0, 0), aComplaint(day(1)), aComplaint(day(3), { severity: 'medium' })],
      until: 20,
      told: [
        '0 assigned >bronze event',
        '0 promoted bronze>silver event',
        '3 demoted silver>bronze event',
        '11 promoted bronze>silver time',
      ],
    },
  ]);
});

describe('at risk', () => {
  holds([
    {
      why: 'sent a notice ahead of the demotion that comes if nothing more happens, once',
      policy: living({ atRiskNoticeMs: days(5) }),
      events: buys(0, 1),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '25 at-risk silver>silver time',
        '30 demoted silver>bronze time',
      ],
    },
    {
      why: 'never later than the start of grace',
      policy: living({ atRiskNoticeMs: days(5), graceMs: days(10) }),
      events: buys(0, 1),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '30 at-risk silver>silver time',
        '40 demoted silver>bronze time',
      ],
    },
    {
      why: 'a moved demotion sends nothing',
      policy: living({ atRiskNoticeMs: days(5) }),
      events: buys(0, 1, 27),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '25 at-risk silver>silver time',
        '31 demoted silver>bronze time',
      ],
    },
    {
      why: 'sent again after the danger was over',
      policy: living({ atRiskNoticeMs: days(5) }),
      events: buys(0, 1, 26, 30.5),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '25 at-risk silver>silver time',
        '51 at-risk silver>silver time',
        '56 demoted silver>bronze time',
      ],
    },
    {
      why: 'a new tier is a new episode, also in the instant of its step down',
      policy: living({ atRiskNoticeMs: days(2), graceMs: days(5), softLanding: 'one' }),
      events: buys(0, 0, 0, 0),
      told: [
        '0 assigned >bronze event',
        '0 promoted bronze>silver event',
        '0 promoted silver>gold event',
        '30 at-risk gold>gold time',
        '35 demoted gold>silver time',
        '35 at-risk silver>silver time',
        '40 demoted silver>bronze time',
      ],
    },
    {
      why: 'not sent when its demotion falls in the same instant',
      policy: living({ atRiskNoticeMs: 0 }),
      events: buys(0, 1),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '30 demoted silver>bronze time',
      ],
    },
    {
      why: 'it may follow a promotion in the same instant',
      policy: living({ atRiskNoticeMs: days(40) }),
      events: buys(0, 1),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '1 at-risk silver>silver event',
        '30 demoted silver>bronze time',
      ],
    },
  ]);
});

describe('withdrawn', () => {
  const four = buys(0, 1, 2, 3) as [Purchase, Purchase, Purchase, Purchase];
  const climb = [
    '0 assigned >bronze event',
    '1 promoted bronze>silver event',
    '3 promoted silver>gold event',
  ];
  const soon = (of: Purchase, on: number): CustomerEvent => aRefund(of, { occurredAt: day(on) });
  const late = aPurchase(day(4));
  const spending: Dimension = {
    ...revenue,
    steps: [
      { atLeastMilli: 300_000, pointsMilli: 4_000 },
      { atLeastMilli: 100_000, pointsMilli: 2_000 },
    ],
  };
  const spent = [
    aPurchase(day(0), { amount: yuan(10) }),
    aPurchase(day(1), { amount: yuan(240) }),
    aPurchase(day(2), { amount: yuan(60) }),
  ] as const;
  holds([
    {
      why: 'a refund disproves the promotion, and no clock protects it',
      policy: living({ minimumStayMs: days(90), graceMs: days(90) }),
      events: [...four, soon(four[0], 5)],
      told: [...climb, '5 withdrawn gold>silver correction'],
    },
    {
      why: 'a record withdraws newest first until one stands',
      policy: living({ minimumStayMs: days(90) }),
      events: [...four, soon(four[3], 5), soon(four[2], 6), soon(four[0], 7)],
      until: 29,
      told: [
        ...climb,
        '5 withdrawn gold>silver correction',
        '7 withdrawn silver>bronze correction',
      ],
    },
    {
      why: 'one refund may withdraw two promotions, and never the assignment',
      policy: aPolicy({ dimensions: [spending] }),
      events: [spent[0], spent[1], spent[2], soon(spent[1], 5), soon(spent[0], 6)],
      until: 29,
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '2 promoted silver>gold event',
        '5 withdrawn gold>silver correction',
        '5 withdrawn silver>bronze correction',
      ],
    },
    {
      why: 'a promotion whose border the present score still meets stands',
      events: [...four, late, soon(four[0], 5)],
      until: 29,
      told: climb,
    },
    {
      why: 'an order later than the promotion does not touch it',
      policy: living({ graceMs: days(90) }),
      events: [...four, late, soon(late, 5)],
      until: 29,
      told: climb,
    },
    {
      why: 'switched off, the score demotes as usual',
      policy: living({ onCorrection: 'keep' }),
      events: [...four, soon(four[0], 5), soon(four[1], 6)],
      until: 29,
      told: [...climb, '6 demoted gold>silver event'],
    },
    {
      why: 'promotions before a demotion are out of reach',
      events: [...four, soon(four[1], 32.5)],
      until: 32.5,
      told: [...climb, '31 demoted gold>silver time', '32 demoted silver>bronze time'],
    },
    {
      why: 'a reinstatement is no correction, its cancellation was',
      policy: living({ graceMs: days(90) }),
      events: [...four, aCancellation(four[0], { occurredAt: day(5) }), reinstatement(four[0], 6)],
      until: 29,
      told: [...climb, '5 withdrawn gold>silver correction', '6 promoted silver>gold event'],
    },
    {
      why: 'a correction of an order as old as the horizon counts',
      policy: living({ graceMs: days(90) }),
      events: [...buys(0, 1), ...four.slice(0, 2), soon(four[1], 40)],
      horizonDays: 39,
      until: 40,
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '1 promoted silver>gold event',
        '40 withdrawn gold>silver correction',
      ],
    },
    {
      why: 'a correction of an order older than the horizon is refused',
      policy: living({ graceMs: days(90) }),
      events: [...buys(0, 1), ...four.slice(0, 2), soon(four[1], 40)],
      horizonDays: 38,
      until: 40,
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '1 promoted silver>gold event',
      ],
    },
    {
      why: 'what waited beyond the horizon is dropped before its purchase comes',
      events: [
        soon(aPurchase(day(50), { orderId: 'o9' }), 0),
        aPurchase(day(50), { orderId: 'o9' }),
      ],
      horizonDays: 40,
      until: 60,
      told: ['50 assigned >bronze event'],
    },
  ]);
});

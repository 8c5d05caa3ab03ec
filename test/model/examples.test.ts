import { type Purchase } from '@strata/domain';
import {
  aCancellation,
  aComplaint,
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
  frequency,
  holds,
  orderlessRefund,
  recency,
  reinstatement,
  revenue,
  yuan,
} from './example-stories.ts';

describe('windows and steps', () => {
  holds([
    {
      why: 'an order at t leaves its window of 30 days at t + 30 d',
      events: buys(0, 1),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '30 demoted silver>bronze time',
      ],
    },
    {
      why: 'an order that leaves at the instant of a new one has left before it is graded',
      events: buys(0, 1, 30),
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '30 demoted silver>bronze time',
        '30 promoted bronze>silver event',
        '31 demoted silver>bronze time',
      ],
    },
    {
      why: 'within 14d holds while less than 14 days have passed',
      policy: aPolicy({ dimensions: [recency] }),
      events: buys(0, 13.5),
      told: ['0 assigned >silver event', '27.5 demoted silver>bronze time'],
    },
    {
      why: 'a late order counts for recency only where none is later',
      policy: aPolicy({ dimensions: [recency] }),
      events: buys(10, 2),
      told: ['10 assigned >silver event', '24 demoted silver>bronze time'],
    },
  ]);
});

describe('orders and money', () => {
  const [first, second, third] = buys(0, 1, 2) as [Purchase, Purchase, Purchase];
  const part = (of: Purchase, on: number, minor: number): Purchase =>
    aPurchase(day(on), { orderId: of.orderId, amount: yuan(minor) });
  const small = aPurchase(day(0), { amount: yuan(60) });
  holds([
    {
      why: 'an order older than the horizon is cancelled no more',
      policy: aPolicy({ dimensions: [recency] }),
      events: [first, aCancellation(first, { occurredAt: day(12) })],
      horizonDays: 10,
      told: ['0 assigned >silver event', '14 demoted silver>bronze time'],
    },
    {
      why: 'parts of one order count once, at the earliest part',
      events: [first, part(first, 5, 100), second],
      told: [
        '0 assigned >bronze event',
        '5 promoted bronze>silver event',
        '30 demoted silver>bronze time',
      ],
    },
    {
      why: 'revenue enters and leaves part by part',
      policy: aPolicy({ dimensions: [revenue] }),
      events: [small, part(small, 10, 40)],
      told: [
        '0 assigned >bronze event',
        '10 promoted bronze>silver event',
        '30 demoted silver>bronze time',
      ],
    },
    {
      why: 'a refund takes from the oldest part and leaves the window with it',
      policy: aPolicy({ dimensions: [revenue] }),
      events: [
        small,
        part(small, 10, 120),
        aRefund(small, { amount: yuan(60), occurredAt: day(11) }),
      ],
      told: [
        '0 assigned >bronze event',
        '10 promoted bronze>silver event',
        '40 demoted silver>bronze time',
      ],
    },
    {
      why: 'a refund before its purchase waits for it',
      events: [aRefund(second, { occurredAt: day(0) }), first, second],
      told: ['0 assigned >bronze event'],
    },
    {
      why: 'a refund without order acts from its instant until it leaves the window',
      policy: aPolicy({ dimensions: [revenue] }),
      events: [aPurchase(day(0)), orderlessRefund(1, 1), aPurchase(day(20), { amount: yuan(100) })],
      told: [
        '0 assigned >silver event',
        '1 demoted silver>bronze event',
        '20 promoted bronze>silver event',
        '30 demoted silver>bronze time',
        '31 promoted bronze>silver time',
        '50 demoted silver>bronze time',
      ],
    },
    {
      why: 'an order of zero counts until a refund of more than zero',
      events: [first, aPurchase(day(1), { amount: yuan(0) })],
      until: 5,
      told: ['0 assigned >bronze event', '1 promoted bronze>silver event'],
    },
    {
      why: 'a cancelled first order makes nobody existing; its reinstatement does',
      events: [aCancellation(first, { occurredAt: day(0) }), first, reinstatement(first, 3)],
      told: ['3 assigned >bronze event'],
    },
    {
      why: 'a customer stays existing when the only order is cancelled',
      events: [first, second, aCancellation(first, { occurredAt: day(2) }), third],
      told: [
        '0 assigned >bronze event',
        '1 promoted bronze>silver event',
        '2 withdrawn silver>bronze correction',
        '2 promoted bronze>silver event',
        '31 demoted silver>bronze time',
      ],
    },
  ]);
});

describe('what is kept', () => {
  holds([
    {
      why: 'a ticket counts at its first complaint as long as any of it is kept',
      policy: aPolicy({ dimensions: [frequency, { ...complaints, windowMs: days(30) }] }),
      events: [aComplaint(day(0)), aComplaint(day(55)), ...buys(79, 80, 81)],
      horizonDays: 40,
      told: [
        '79 assigned >bronze event',
        '80 promoted bronze>silver event',
        '110 demoted silver>bronze time',
      ],
      until: 120,
    },
  ]);
});

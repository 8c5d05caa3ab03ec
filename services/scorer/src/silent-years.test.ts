import { DAY_MS } from '@strata/domain';
import { aLifecycle, aPolicy, aPolicySet, aPurchase, day } from '@strata/domain/builders';
import { describe, expect, it } from 'vitest';
import { freezeAt, gateAt, TestStack } from './test-stack.ts';

/** More than one tick may name. */
const CUSTOMERS = 1_100;

async function anActiveStack(policy = aPolicy()): Promise<TestStack> {
  const stack = new TestStack(1);
  stack.clock.ms = day(0);
  stack.open('wall');
  stack.publish(aPolicySet(policy));
  const scorer = await stack.start();
  await stack.until('the policy is active', () =>
    stack.logRecords().some(({ kind }) => kind === 'policy-activated'),
  );
  await stack.settled();
  await scorer.stop();
  return stack;
}

const ticks = (stack: TestStack): readonly (readonly string[])[] =>
  stack.logRecords().flatMap((it) => (it.kind === 'tick' ? [it.customerIds] : []));

const told = (stack: TestStack): readonly string[] =>
  stack.read().map(({ type, toTier, effectiveAt }) => {
    return `${type} ${toTier} ${new Date(effectiveAt).toISOString()}`;
  });

describe('years in which nothing happens', () => {
  it('renew a tier at each end of a year, at midnight of its zone, and write nothing else', async () => {
    const policy = aPolicy({
      timeZone: 'Asia/Shanghai',
      lifecycle: aLifecycle({ qualification: 'calendar' }),
    });
    const stack = await anActiveStack(policy);
    const scorer = await stack.start();
    stack.events([aPurchase(day(0))], 'wall');
    await stack.settled();
    const firstYear = new Date(day(0)).getUTCFullYear();
    for (let month = 0; month < 61; month += 1) {
      stack.advance(30 * DAY_MS);
      await stack.settled();
      await stack.turns();
    }
    const renewals = told(stack).filter((it) => it.startsWith('renewed'));
    expect(renewals.length).toBeGreaterThanOrEqual(5);
    expect(renewals).toEqual(
      renewals.map((_, n) => `renewed bronze ${firstYear + n}-12-31T16:00:00.000Z`),
    );
    expect(ticks(stack)).toHaveLength(renewals.length);
    await scorer.stop();
  });
});

describe('many who fall due at one instant', () => {
  const buyers = async (stack: TestStack): Promise<void> => {
    const events = Array.from({ length: CUSTOMERS }, (_, n) =>
      [0, 1].map(() => aPurchase(day(0), { customerId: `c${n}` })),
    ).flat();
    for (let from = 0; from < events.length; from += 200) {
      stack.events(events.slice(from, from + 200), 'wall');
      await stack.settled();
    }
  };

  it('are named a thousand at a time, no more on their way than may be, and each falls once', async () => {
    const stack = await anActiveStack();
    const gate = gateAt('after-fetch');
    const scorer = await stack.start({ settings: { ticksInFlightMax: 1, at: gate.at } });
    await buyers(stack);
    gate.shut();
    stack.advance(30 * DAY_MS);
    await stack.until('the first tick is there', () => ticks(stack).length > 0);
    await stack.turns();
    expect(ticks(stack).map(({ length }) => length)).toEqual([1_000]);
    gate.open();
    await stack.settled();
    await stack.until('all were named', () => ticks(stack).length === 2);
    await stack.settled();
    expect(ticks(stack).map(({ length }) => length)).toEqual([1_000, CUSTOMERS - 1_000]);
    const falls = stack.changes().filter(({ type }) => type === 'demoted');
    expect(new Set(falls.map(({ customerId }) => customerId)).size).toBe(CUSTOMERS);
    expect(falls).toHaveLength(CUSTOMERS);
    expect(new Set(falls.map(({ effectiveAt }) => effectiveAt))).toEqual(new Set([day(30)]));
    await scorer.stop();
  });

  it.each(['after-fetch', 'before-commit', 'after-commit'] as const)(
    'fall once, though the scorer dies between their tick and its commit (%s)',
    async (point) => {
      const stack = await anActiveStack();
      const events = ['c1', 'c2', 'c3'].flatMap((customerId) =>
        [0, 1].map(() => aPurchase(day(0), { customerId })),
      );
      const first = await stack.start();
      stack.events(events, 'wall');
      await stack.settled();
      await first.stop();
      const freeze = freezeAt(point);
      await stack.start({ settings: { at: freeze.at } });
      stack.advance(30 * DAY_MS);
      await stack.until('it is frozen with the tick in its hands', freeze.isFrozen);
      expect(ticks(stack)).toHaveLength(1);
      const heir = await stack.start();
      await stack.until('nobody is due', async () => {
        await stack.settled();
        return stack.read().filter(({ type }) => type === 'demoted').length === 3;
      });
      await stack.turns();
      await stack.settled();
      const at = new Date(day(30)).toISOString();
      expect(told(stack).filter((it) => it.startsWith('demoted'))).toEqual(
        Array.from({ length: 3 }, () => `demoted bronze ${at}`),
      );
      await heir.stop();
    },
  );
});

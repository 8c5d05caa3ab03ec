import {
  aDimension,
  aPolicy,
  aPolicySet,
  aPurchase,
  aReferral,
  day,
} from '@strata/domain/builders';
import { describe, expect, it } from 'vitest';
import type { CrashPoint } from './crash-point.ts';
import { freezeAt, TestStack } from './test-stack.ts';

const POLICY = aPolicy({ dimensions: [aDimension('referrals')] });

async function aStack(): Promise<TestStack> {
  const stack = new TestStack(3);
  stack.open('data');
  stack.publish(aPolicySet(POLICY));
  const scorer = await stack.start();
  await stack.until(
    'the policy is active',
    () => stack.logRecords().filter(({ kind }) => kind === 'policy-activated').length === 3,
  );
  await scorer.stop();
  return stack;
}

/** One customer of each partition. */
function customersOfAll(stack: TestStack): readonly string[] {
  return [0, 1, 2].map((partition) => {
    for (let n = 0; ; n++) if (stack.partitionOf(`c${n}`) === partition) return `c${n}`;
  });
}

function toldOf(stack: TestStack, customer: string): readonly string[] {
  return stack
    .read()
    .filter(({ customerId }) => customerId === customer)
    .map(({ type, toTier, effectiveAt }) => `${type} ${toTier} ${effectiveAt}`);
}

/** The first names the second and the third, who buy a day later each; then the log stands still. */
async function play(stack: TestStack): Promise<readonly string[]> {
  const [first = '', second = '', third = ''] = customersOfAll(stack);
  stack.events([
    aPurchase(day(0), { customerId: first }),
    aReferral(day(1), { customerId: first, referredCustomerId: second }),
    aReferral(day(1), { customerId: first, referredCustomerId: third }),
    aPurchase(day(2), { customerId: second }),
    aPurchase(day(2), { customerId: third }),
  ]);
  await stack.settled();
  return toldOf(stack, first);
}

const EXPECTED = [`assigned bronze ${day(0)}`, `promoted silver ${day(2)}`];

describe('a referral between partitions', () => {
  it('reaches the named customer’s partition and comes back when that one has bought', async () => {
    const stack = await aStack();
    const scorer = await stack.start();
    expect(await play(stack)).toEqual(EXPECTED);
    const handedOver = stack
      .logRecords()
      .filter(({ kind }) => kind === 'referral-made' || kind === 'referral-converted');
    expect(handedOver).toHaveLength(4);
    await scorer.stop();
  });

  const points: readonly CrashPoint[] = ['after-outbox-read', 'after-produce', 'after-commit'];
  it.each(points)('counts once when the scorer dies at %s', async (point) => {
    for (const nth of [1, 2, 3]) {
      const stack = await aStack();
      const freeze = freezeAt(point, nth);
      await stack.start({ settings: { commitRecordsMax: 1, at: freeze.at } });
      const playing = play(stack);
      await stack.until(`it is frozen at ${point}`, freeze.isFrozen);
      const heir = await stack.start({ settings: { commitRecordsMax: 1 } });
      expect(await playing).toEqual(EXPECTED);
      await heir.stop();
    }
  });

  it('that a dying scorer sends late, behind its heir’s, changes nothing', async () => {
    const stack = await aStack();
    const freeze = freezeAt('after-outbox-read', 4);
    await stack.start({ settings: { commitRecordsMax: 1, at: freeze.at } });
    const playing = play(stack);
    await stack.until('it is about to send', freeze.isFrozen);
    const heir = await stack.start();
    const before = await playing;
    const handedOver = () => stack.logRecords().filter(({ kind }) => kind.startsWith('referral-'));
    const sent = handedOver().length;
    freeze.release();
    await stack.turns();
    await stack.settled();
    const late = handedOver().length - sent;
    const [first = ''] = customersOfAll(stack);
    expect(toldOf(stack, first)).toEqual(before);
    expect(before).toEqual(EXPECTED);
    expect(late).toBeGreaterThan(0);
    await heir.stop();
  });
});

import { type LogRecord, type PolicySet, type Sweep, setOf } from '@strata/domain';
import { aPolicy, aPolicySet, aPurchase, day } from '@strata/domain/builders';
import { viewCustomers, viewPartition } from '@strata/shard-state';
import { expect, it } from 'vitest';
import { TestStack } from './test-stack.ts';

const CUSTOMERS = 40;
const idOf = (n: number): string => `c${n}`;

/** Two orders are gold by the second version, and silver by the first. */
const STRICT = aPolicySet();
const MILD = aPolicySet(
  aPolicy({
    version: 2,
    borders: [
      { tier: 'silver', enterMilli: 1_000, leaveMilli: 1_000 },
      { tier: 'gold', enterMilli: 2_000, leaveMilli: 2_000 },
    ],
  }),
);

async function aStackOfBuyers(time: 'wall' | 'data') {
  const stack = new TestStack();
  stack.open(time);
  stack.publish(STRICT);
  const settings = { sweepCustomersMax: 7 };
  const scorer = await stack.start({ settings });
  await stack.until('the policy is active', () => kinds(stack, 'policy-activated').length === 2);
  const nowMs = time === 'wall' ? stack.clock.ms : day(1);
  for (let n = 0; n < CUSTOMERS; n += 1) {
    const customerId = idOf(n);
    stack.events([aPurchase(nowMs, { customerId }), aPurchase(nowMs, { customerId })], time);
  }
  await stack.settled();
  return { stack, scorer, settings };
}

function kinds<K extends LogRecord['kind']>(stack: TestStack, kind: K) {
  return stack.logRecords().filter((it): it is Extract<LogRecord, { kind: K }> => it.kind === kind);
}

async function setIds(stack: TestStack): Promise<ReadonlySet<string | null>> {
  const found = new Set<string | null>();
  for (let partition = 0; partition < stack.partitions; partition += 1) {
    for await (const customers of viewCustomers(stack.store, partition)) {
      for (const { setId } of customers.values()) found.add(setId);
    }
  }
  return found;
}

async function isSwept(stack: TestStack, through: number): Promise<boolean> {
  for (let partition = 0; partition < stack.partitions; partition += 1) {
    const { swept } = (await viewPartition(stack.store, partition)).state;
    if (swept.through < through || !swept.isDone) return false;
  }
  return true;
}

async function untilSwept(stack: TestStack, through: number): Promise<void> {
  let isDone = false;
  await stack.until('everybody is swept', () => {
    void isSwept(stack, through).then((it) => {
      isDone = it;
    });
    return isDone;
  });
  await stack.settled();
}

const named = (sweeps: readonly Sweep[]): string[] =>
  sweeps.flatMap(({ customerIds }) => [...customerIds]).toSorted();

it.each(['wall', 'data'] as const)(
  'a second policy comes once to every partition, and in %s time everybody passes it by sweeps',
  async (time) => {
    const { stack, scorer } = await aStackOfBuyers(time);
    stack.advance(5_000);
    stack.publish(MILD);
    stack.advance(5_000);
    await untilSwept(stack, 2);
    expect(kinds(stack, 'policy-activated').map(({ set, number }) => [set.id, number])).toEqual([
      [STRICT.id, 1],
      [MILD.id, 2],
      [STRICT.id, 1],
      [MILD.id, 2],
    ]);
    const sweeps = kinds(stack, 'sweep');
    expect(named(sweeps)).toEqual(Array.from({ length: CUSTOMERS }, (_, n) => idOf(n)).toSorted());
    expect(Math.max(...sweeps.map(({ customerIds }) => customerIds.length))).toBe(7);
    expect(await setIds(stack)).toEqual(new Set([MILD.id]));
    const moved = stack.changes().filter(({ cause }) => cause.kind === 'policy');
    expect(moved).toHaveLength(CUSTOMERS);
    expect(
      new Set(moved.map((it) => `${it.type} ${it.fromTier}>${it.toTier} ${it.backfill}`)),
    ).toEqual(new Set(['promoted silver>gold false']));
    expect(new Set(moved.map(({ policyVersion }) => policyVersion))).toEqual(new Set([2]));
    await scorer.stop();
  },
);

it('a sweep that its owner has not ended is ended by the next, who names nobody twice', async () => {
  const { stack, scorer, settings } = await aStackOfBuyers('wall');
  stack.advance(5_000);
  stack.publish(MILD);
  stack.advance(5_000);
  await stack.until('a part is swept', () => kinds(stack, 'sweep').length >= 2);
  await scorer.stop();
  expect(await isSwept(stack, 2)).toBe(false);
  const next = await stack.start({ settings });
  await untilSwept(stack, 2);
  const ids = named(kinds(stack, 'sweep'));
  // What was on its way when the first owner left may be named again.
  expect(ids.length).toBeLessThanOrEqual(CUSTOMERS + 7 * stack.partitions);
  expect(new Set(ids).size).toBe(CUSTOMERS);
  expect(await setIds(stack)).toEqual(new Set([MILD.id]));
  await next.stop();
});

it('of two who publish at once the second has published nothing', async () => {
  const { stack, scorer } = await aStackOfBuyers('wall');
  stack.publish(MILD);
  stack.publish(aPolicySet(aPolicy({ version: 3 })), { basedOn: 1 });
  stack.advance(5_000);
  await untilSwept(stack, 2);
  const sets = kinds(stack, 'policy-activated').map(({ set }) => set.id);
  expect(new Set(sets)).toEqual(new Set([STRICT.id, MILD.id]));
  expect(scorer.report().details).toMatchObject({ policySet: MILD.id });
  await scorer.stop();
});

it('an earlier set that is published again brings its borders back, and is told as backfill where asked', async () => {
  const { stack, scorer } = await aStackOfBuyers('wall');
  for (const [index, [set, announceFrom]] of (
    [
      [MILD, 0],
      [STRICT, null],
    ] as readonly (readonly [PolicySet, number | null])[]
  ).entries()) {
    stack.advance(5_000);
    stack.publish(set, { announceFrom });
    stack.advance(5_000);
    await untilSwept(stack, index + 2);
  }
  const { state } = await viewPartition(stack.store, 0);
  expect(state.policySets.map(({ id }) => id)).toEqual([STRICT.id, MILD.id]);
  expect(state.activations.map(({ setId }) => setId)).toEqual([STRICT.id, MILD.id, STRICT.id]);
  expect(setOf(state, STRICT.id)).toEqual(STRICT);
  const moved = stack.changes().filter(({ cause }) => cause.kind === 'policy');
  const told = moved.map((it) => `${it.type} ${it.fromTier}>${it.toTier} ${it.backfill}`);
  expect(told.toSorted()).toEqual([
    ...Array.from({ length: CUSTOMERS }, () => 'demoted gold>silver true'),
    ...Array.from({ length: CUSTOMERS }, () => 'promoted silver>gold false'),
  ]);
  await scorer.stop();
});

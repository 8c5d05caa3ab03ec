import { SHADOW_KEY, shadowPublicationToWire, TOPICS } from '@strata/contracts';
import type { AnnounceFrom, PolicySet } from '@strata/domain';
import { aPolicy, aPolicySet, aPurchase, day } from '@strata/domain/builders';
import { decodeShadowNote, SHADOW_NOTE, type ShadowNote } from '@strata/shard-state';
import { expect, it } from 'vitest';
import { serde, TestStack } from './test-stack.ts';

const MILD = aPolicySet(
  aPolicy({
    version: 2,
    borders: [
      { tier: 'silver', enterMilli: 1_500, leaveMilli: 1_500 },
      { tier: 'gold', enterMilli: 2_000, leaveMilli: 2_000 },
    ],
  }),
);

function tryShadow(stack: TestStack, set: PolicySet | null, announceFrom: AnnounceFrom = 0): void {
  const about = { publishedAt: stack.clock.ms, publishedBy: 'test', reason: null };
  const value = serde(TOPICS.policies).encode(
    shadowPublicationToWire({ set, announceFrom, ...about }),
  );
  const place = { topic: TOPICS.policies, partition: 0 };
  stack.log.append([{ ...place, key: SHADOW_KEY, value, headers: {} }]);
}

async function aStackOfBuyers() {
  const stack = new TestStack();
  stack.open('data');
  stack.publish();
  const scorer = await stack.start();
  await stack.until('the policy is active', () =>
    stack.logRecords().some(({ kind }) => kind === 'policy-activated'),
  );
  await stack.settled();
  const ids = Array.from({ length: 20 }, (_, n) => `c${n}`);
  // Each third buys once and stays where it is, the others would move from silver to gold.
  for (const [n, customerId] of ids.entries()) {
    stack.events([aPurchase(day(1), { customerId })]);
    if (n % 3 > 0) stack.events([aPurchase(day(1), { customerId })]);
  }
  await stack.settled();
  return { stack, scorer };
}

async function notes(stack: TestStack): Promise<(ShadowNote | null)[]> {
  return Promise.all(
    Array.from({ length: stack.partitions }, async (_, partition) =>
      decodeShadowNote(await stack.store.readNote(partition, SHADOW_NOTE)),
    ),
  );
}

async function untilNoted(stack: TestStack, number: number): Promise<readonly ShadowNote[]> {
  let found: (ShadowNote | null)[] = [];
  await stack.until('every partition has its note', () => {
    stack.advance(1_000);
    void notes(stack).then((it) => {
      found = it;
    });
    return found.length > 0 && found.every((it) => it?.number === number);
  });
  return found.filter((it) => it !== null);
}

it('a shadow is tried over the same state and tells nobody; what it showed is what its activation does', async () => {
  const { stack, scorer } = await aStackOfBuyers();
  const before = stack.changes().length;
  const logged = stack.logRecords().length;
  tryShadow(stack, MILD);
  const shown = await untilNoted(stack, 2);
  const sum = (kind: 'promoted' | 'stayed'): number =>
    shown.reduce((all, { summary }) => all + summary.byKind[kind], 0);
  expect([sum('promoted'), sum('stayed')]).toEqual([13, 7]);
  expect(
    shown.flatMap(({ summary }) => summary.flow.map(({ from, to }) => [from?.tier, to?.tier])),
  ).toContainEqual(['silver', 'gold']);
  expect(stack.changes()).toHaveLength(before);
  expect(stack.logRecords()).toHaveLength(logged);

  stack.publish(MILD, { basedOn: 1 });
  await stack.until('everybody has passed', () => {
    stack.advance(1_000);
    return stack.changes().length === before + 13;
  });
  await stack.settled();
  const told = stack.changes().filter(({ cause }) => cause.kind === 'policy');
  expect(told).toHaveLength(13);
  expect(
    new Set(told.map((it) => `${it.type} ${it.fromTier}>${it.toTier} ${it.cause.kind}`)),
  ).toEqual(new Set(['promoted silver>gold policy']));
  await scorer.stop();
});

it('the last shadow is the one that is tried, and none where it ended', async () => {
  const { stack, scorer } = await aStackOfBuyers();
  tryShadow(stack, MILD);
  await untilNoted(stack, 2);
  tryShadow(stack, aPolicySet(aPolicy({ version: 3, name: 'other' })), null);
  const [first] = await untilNoted(stack, 3);
  expect(first?.summary.byKind.assigned).toBeGreaterThan(0);
  expect(first?.summary.toldSilently).toBe(first?.summary.told);
  tryShadow(stack, null);
  stack.events([aPurchase(day(2), { customerId: 'c1' })]);
  stack.advance(30_000);
  await stack.settled();
  const ended = await notes(stack);
  expect(ended.map((it) => it?.number)).toEqual([3, 3]);
  await scorer.stop();
});

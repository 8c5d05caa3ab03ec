import type { CustomerState } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { MemoryStateStore } from '@strata/memory';
import type { PartitionCommit, StateStore } from '@strata/pipeline';
import { readCustomers } from '@strata/shard-state';
import { packCustomer, pageChanges } from '@strata/state-codec';
import { describe, expect, test } from 'vitest';
import { TestStack } from './test-stack.ts';
import { RewindingStore } from './test-troubles.ts';

/** One customer in each of two partitions; every third order in its turn, so that two thirds come late. */
const CUSTOMERS = ['c1', 'c4'];
const ORDERS = [0, 1, 2].flatMap((turn) =>
  Array.from({ length: 100 }, (_, n) => day(n * 3 + turn)).flatMap((at) =>
    CUSTOMERS.map((customerId) => aPurchase(at, { customerId })),
  ),
);

async function anActiveStack(): Promise<TestStack> {
  const stack = new TestStack(2);
  stack.open('data');
  stack.publish();
  const scorer = await stack.start();
  await stack.until('the policy is active', () => {
    const activations = stack.logRecords().filter(({ kind }) => kind === 'policy-activated');
    return activations.length === stack.partitions;
  });
  await stack.settled();
  await scorer.stop();
  return stack;
}

async function customersOf(store: StateStore): Promise<ReadonlyMap<string, CustomerState>> {
  const states: [string, CustomerState][] = [];
  for (const partition of [0, 1]) {
    for await (const batch of store.scan(partition)) {
      states.push(...(await readCustomers(store, partition, batch)));
    }
  }
  return new Map(states);
}

/** All orders in one commit, so that there are no pages of before. */
async function undisturbed(): Promise<ReadonlyMap<string, CustomerState>> {
  const stack = await anActiveStack();
  const scorer = await stack.start();
  stack.events(ORDERS);
  await stack.settled();
  await scorer.stop();
  return customersOf(stack.store);
}

const SMALL = { commitRecordsMax: 3 };

describe('a customer of many orders', () => {
  test('is the same, from value and pages, however small the commits were', async () => {
    const expected = await undisturbed();
    expect(expected.get('c1')?.ledger.parts).toHaveLength(300);
    const stack = await anActiveStack();
    const scorer = await stack.start({ settings: SMALL });
    stack.events(ORDERS);
    await stack.settled();
    await scorer.stop();
    expect(await customersOf(stack.store)).toEqual(expected);
  });

  test('is the same after other owners, who had to load it, went on with it', async () => {
    const stack = await anActiveStack();
    for (const [from, to] of [
      [0, 180],
      [180, 181],
      [181, 400],
      [400, 600],
    ]) {
      const scorer = await stack.start({ settings: SMALL });
      stack.events(ORDERS.slice(from, to));
      await stack.settled();
      await scorer.stop();
    }
    expect(await customersOf(stack.store)).toEqual(await undisturbed());
  });

  test('goes back in time with its pages', async () => {
    const stack = await anActiveStack();
    const store = new RewindingStore(stack.store);
    const scorer = await stack.start({ settings: SMALL, ports: { store } });
    stack.events(ORDERS.slice(0, 500));
    await stack.settled();
    stack.store = await store.rewind(20);
    stack.events(ORDERS.slice(500));
    await stack.settled();
    await scorer.stop();
    expect(store.outcomes).toContain('offset');
    expect(await customersOf(stack.store)).toEqual(await undisturbed());
  });
});

describe('a reader who does not own the partition', () => {
  /** A store that holds a customer of pages, as `states` make it in turn. */
  async function aStoreOf(states: readonly CustomerState[]) {
    const store = new MemoryStateStore();
    const { owner } = await store.acquire(0);
    let before: CustomerState | undefined;
    let next = 0;
    const become = async (state: CustomerState): Promise<void> => {
      const commit: PartitionCommit = {
        partition: 0,
        owner,
        expectedNext: next,
        next: next + 1,
        fields: {},
        states: [['c1', packCustomer(state).value]],
        pages: pageChanges('c1', before, state),
        due: [],
        outbox: [],
      };
      expect(await store.commit(commit)).toBe('ok');
      before = state;
      next += 1;
    };
    for (const state of states) await become(state);
    return { store, become };
  }

  async function twoStates(): Promise<readonly [CustomerState, CustomerState]> {
    const after = (await undisturbed()).get('c1') as CustomerState;
    const { ledger } = after;
    return [{ ...after, ledger: { ...ledger, parts: ledger.parts.slice(10, -10) } }, after];
  }

  test('meets a commit between value and pages, and reads both again', async () => {
    const [before, after] = await twoStates();
    const { store, become } = await aStoreOf([before]);
    const [value] = await store.load(0, ['c1']);
    await become(after);
    const read = await readCustomers(store, 0, [['c1', value as Uint8Array]]);
    expect(read.get('c1')).toEqual(after);
  });

  test('leaves out who was removed in between', async () => {
    const { value } = packCustomer((await twoStates())[1]);
    const { store } = await aStoreOf([]);
    expect(await readCustomers(store, 0, [['c1', value]])).toEqual(new Map());
  });

  test('is told of a page that is gone for good', async () => {
    const [before] = await twoStates();
    const { store } = await aStoreOf([before]);
    const { owner, next } = await store.acquire(0);
    const [page] = pageChanges('c1', undefined, before);
    const gone = { partition: 0, owner, expectedNext: next, next: next + 1 };
    const rest = { fields: {}, states: [], due: [], outbox: [] };
    await store.commit({ ...gone, ...rest, pages: [[page?.[0] ?? '', null]] });
    const [value] = await store.load(0, ['c1']);
    await expect(readCustomers(store, 0, [['c1', value as Uint8Array]])).rejects.toThrow(
      /a page is missing; rebuild this partition/,
    );
  });
});

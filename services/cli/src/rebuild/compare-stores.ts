import type { StateStore } from '@strata/pipeline';
import { isSameState, readSome } from '../verify/read-live.ts';

/** The live partition may go on between two looks; after so many the difference is an upper bound. */
const LOOKS_MAX = 20;

export interface StoreDifference {
  /** Customers who are in one of the stores alone, differ, or cannot be read in the live one. */
  readonly customers: number;
  /** False where the live partition moved on at every look: some of them may only be ahead. */
  readonly isExact: boolean;
}

/**
 * Holds a rebuilt partition against the live one, which goes on. Who differs at first may only have been touched between
 * the two reads: the rebuilt one is folded on to where the live one is, and those are looked at again.
 */
export async function compareStores(
  live: StateStore,
  beside: StateStore,
  work: { readonly partition: number; readonly foldTo: (next: number) => Promise<void> },
): Promise<StoreDifference> {
  const { partition, foldTo } = work;
  let suspects: readonly string[] = await allWhoDiffer({ live, beside }, partition);
  for (let look = 0; look < LOOKS_MAX && suspects.length > 0; look += 1) {
    const { next } = await live.holder(partition);
    await foldTo(next);
    suspects = await whoDiffers({ live, beside }, partition, suspects);
    const after = await live.holder(partition);
    if (after.next === next) return { customers: suspects.length, isExact: true };
  }
  return { customers: suspects.length, isExact: suspects.length === 0 };
}

interface Stores {
  readonly live: StateStore;
  readonly beside: StateStore;
}

async function allWhoDiffer(stores: Stores, partition: number): Promise<string[]> {
  const differing: string[] = [];
  for await (const batch of stores.live.scan(partition)) {
    const customerIds = batch.map(([customerId]) => customerId);
    differing.push(...(await whoDiffers(stores, partition, customerIds)));
  }
  for await (const batch of stores.beside.scan(partition)) {
    const customerIds = batch.map(([customerId]) => customerId);
    const values = await stores.live.load(partition, customerIds);
    differing.push(...customerIds.filter((_, index) => values[index] === null));
  }
  return differing;
}

async function whoDiffers(
  { live, beside }: Stores,
  partition: number,
  customerIds: readonly string[],
): Promise<string[]> {
  const [stored, built] = await Promise.all([
    readSome(live, partition, customerIds),
    readSome(beside, partition, customerIds),
  ]);
  return customerIds.filter((customerId) => {
    const [own, wanted] = [stored.get(customerId), built.get(customerId)];
    if (own === undefined && wanted === undefined) return false;
    return !own || !wanted || !isSameState(own, wanted);
  });
}

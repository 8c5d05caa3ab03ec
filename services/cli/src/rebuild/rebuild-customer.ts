import { type CustomerState, canonicalJson } from '@strata/domain';
import { partitionFor } from '@strata/pipeline';
import { openCustomer, packCustomer, pageKey } from '@strata/state-codec';
import type { StackHandle } from '../stack/stack-handle.ts';
import { LogFold } from '../verify/log-fold.ts';
import { isSameState, readSome } from '../verify/read-live.ts';
import type { RebuildWatch } from './rebuild-partition.ts';

/** The partition may move on before the customer is replaced; then it is folded on and tried again. */
const TRIES_MAX = 20;

export interface CustomerRebuilt {
  readonly partition: number;
  readonly upTo: number;
  /** Names of what differed in the stored state, never a value; `missing`, `extra` or `unreadable` for the whole. */
  readonly differed: readonly string[];
}

/** Folds one customer again from its partition's log and replaces what is stored where it differs. Null where the partition never stood still. */
export async function rebuildCustomer(
  stack: StackHandle,
  customerId: string,
  watch: RebuildWatch,
): Promise<CustomerRebuilt | null> {
  const { store, partitions } = stack;
  const partition = partitionFor(new TextEncoder().encode(customerId), partitions);
  const fold = new LogFold(stack, partition, customerId);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const { next } = await store.holder(partition);
    await fold.foldTo(next, watch);
    const stored = (await readSome(store, partition, [customerId])).get(customerId);
    const wanted = fold.customers.get(customerId);
    const differed = whatDiffers(stored, wanted);
    const isStill = (await store.holder(partition)).next === next;
    if (!isStill) continue;
    if (differed.length === 0) return { partition, upTo: next, differed };
    const packed = wanted === undefined ? null : packCustomer(wanted);
    const names = (packed?.pages ?? []).map(({ name, bytes }): [string, Uint8Array] => [
      pageKey(customerId, name),
      bytes,
    ]);
    const written = new Map<string, Uint8Array | null>(names);
    for (const name of await storedPages(stack, partition, customerId)) {
      if (!written.has(name)) written.set(name, null);
    }
    const isReplaced = await store.amend({
      partition,
      next,
      customerId,
      value: packed?.value ?? null,
      pages: [...written],
      dueAtMs: fold.dueAt.get(customerId) ?? null,
    });
    if (isReplaced) return { partition, upTo: next, differed };
  }
  return null;
}

function whatDiffers(
  stored: CustomerState | null | undefined,
  wanted: CustomerState | undefined,
): readonly string[] {
  if (stored === null) return ['unreadable'];
  if (stored === undefined) return wanted === undefined ? [] : ['missing'];
  if (wanted === undefined) return ['extra'];
  if (isSameState(stored, wanted)) return [];
  const [own, right] = [new Map(Object.entries(stored)), new Map(Object.entries(wanted))];
  const names = new Set([...own.keys(), ...right.keys()]);
  return [...names].filter(
    (name) => canonicalJson(own.get(name) ?? null) !== canonicalJson(right.get(name) ?? null),
  );
}

/** Those that the stored value names; of one that cannot be read nobody knows any. */
async function storedPages(
  { store }: StackHandle,
  partition: number,
  customerId: string,
): Promise<readonly string[]> {
  const [value] = await store.load(partition, [customerId]);
  if (value === null || value === undefined) return [];
  try {
    return openCustomer(value).pages.map((page) => pageKey(customerId, page));
  } catch {
    return [];
  }
}

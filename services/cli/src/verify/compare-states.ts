import type { StateStore } from '@strata/pipeline';
import { type PartitionView, viewPartition } from '@strata/shard-state';
import { encodePartition, type PartitionFields } from '@strata/state-codec';
import { type Findings, found } from './finding.ts';
import type { LogFold } from './log-fold.ts';
import { isSameState, type Live, readEverybody, readSome } from './read-live.ts';

/** A partition that moves on between any two looks for so many times is looked at under too much load. */
const LOOKS_MAX = 100;

/** Null where the partition moved on each time that it was looked at, or went back. */
export interface Comparison {
  /** The partition as it was when the last difference was decided on; the fold stands at its `next`. */
  readonly view: PartitionView;
  readonly customers: number;
}

/**
 * Compares every customer of the live store with the fold, both ways, while the partition may go on. Whoever was not
 * touched between two offsets was the same at both: so after each look the fold goes on to where the store now is, and
 * only those whom that touched are looked at again.
 */
export async function compareStates(
  fold: LogFold,
  store: StateStore,
  work: {
    readonly findings: Findings;
    readonly foldTo: (next: number) => Promise<ReadonlySet<string>>;
  },
): Promise<Comparison | null> {
  const { partition } = fold;
  const { findings } = work;
  let asked: ReadonlySet<string> | null = null;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const live: Live =
      asked === null
        ? await readEverybody(store, partition)
        : await readSome(store, partition, [...asked]);
    const due = asked === null ? await dueIds(store, partition, live.size) : null;
    const view = await viewPartition(store, partition);
    if (view.next < fold.next) return null;
    const touched = await work.foldTo(view.next);
    compareLive({ fold, live, touched, asked }, findings);
    if (due !== null) compareDue({ fold, due, touched }, findings);
    if (touched.size === 0) return { view, customers: fold.customers.size };
    asked = touched;
  }
  return null;
}

function compareLive(
  looked: {
    readonly fold: LogFold;
    readonly live: Live;
    readonly touched: ReadonlySet<string>;
    readonly asked: ReadonlySet<string> | null;
  },
  findings: Findings,
): void {
  const { fold, live, touched, asked } = looked;
  for (const customerId of asked ?? fold.customers.keys()) {
    if (touched.has(customerId)) continue;
    const own = live.get(customerId);
    const wanted = fold.customers.get(customerId);
    if (wanted === undefined) continue;
    if (own === undefined) found(findings, 'customers-missing');
    else if (own === null) found(findings, 'customers-unreadable');
    else if (!isSameState(own, wanted)) found(findings, 'customers-different');
  }
  for (const customerId of live.keys()) {
    if (!touched.has(customerId) && !fold.customers.has(customerId))
      found(findings, 'customers-extra');
  }
}

/** The index is a hint; but whoever is missing in it is settled late, and who is unknown never. */
function compareDue(
  { fold, due, touched }: { fold: LogFold; due: ReadonlySet<string>; touched: ReadonlySet<string> },
  findings: Findings,
): void {
  for (const customerId of fold.dueAt.keys()) {
    if (!touched.has(customerId) && !due.has(customerId)) found(findings, 'due-missing');
  }
  for (const customerId of due) {
    if (!touched.has(customerId) && !fold.customers.has(customerId)) found(findings, 'due-unknown');
  }
}

const NOTHING = new Uint8Array();

/** What the store keeps for the partition as a whole. */
export function comparePartition(fold: LogFold, view: PartitionView, findings: Findings): void {
  const { state, ledger } = view;
  const [live, folded] = [encodePartition(state), encodePartition(fold.state)];
  const names = Object.keys(folded) as (keyof PartitionFields)[];
  const isState = names.every((name) => {
    return Buffer.compare(live[name] ?? NOTHING, folded[name] ?? NOTHING) === 0;
  });
  if (!isState) found(findings, 'partition-state-differs');
  if (ledger === null) return;
  if (ledger.decisionHash !== fold.decisionHash) found(findings, 'hash-differs');
  const topics = new Set([...Object.keys(ledger.seqs), ...Object.keys(fold.seqs)]);
  const differ = [...topics].filter((it) => (ledger.seqs[it] ?? 0) !== (fold.seqs[it] ?? 0));
  found(findings, 'numbers-differ', differ.length);
}

/** Everybody whom the index names. Few may have come in since the others were counted. */
export async function dueIds(
  store: StateStore,
  partition: number,
  customers: number,
): Promise<ReadonlySet<string>> {
  const upToMs = Number.MAX_SAFE_INTEGER;
  for (let limit = customers + 1_000; ; limit *= 2) {
    const named = await store.dueCustomers({ partition, upToMs, limit });
    if (named.length < limit) return new Set(named);
  }
}

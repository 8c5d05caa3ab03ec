import type { CustomerState } from '@strata/domain';
import { type StateStore, StrataError } from '@strata/pipeline';
import { encodePartition, encodeRates, packCustomer } from '@strata/state-codec';
import { type PartitionView, viewPartition, viewSome } from '../stack/partition-view.ts';
import { type Findings, found } from './finding.ts';
import type { LogFold } from './log-fold.ts';

/** A partition that moves on between any two looks for so many times is looked at under too much load. */
const LOOKS_MAX = 100;
const CUSTOMERS_PER_READ = 1_000;

/** Null for a customer who is stored and cannot be read. */
type Live = ReadonlyMap<string, CustomerState | null>;

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
      asked === null ? await everybody(store, partition) : await some(store, partition, [...asked]);
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
    else if (!isSame(own, wanted)) found(findings, 'customers-different');
  }
  for (const customerId of live.keys()) {
    if (!touched.has(customerId) && !fold.customers.has(customerId))
      found(findings, 'customers-extra');
  }
}

/** By the bytes that this version would store: a value of an older layout is the same state. */
function isSame(a: CustomerState, b: CustomerState): boolean {
  const [left, right] = [packCustomer(a), packCustomer(b)];
  return (
    Buffer.compare(left.value, right.value) === 0 &&
    left.pages.length === right.pages.length &&
    left.pages.every(({ bytes }, i) => Buffer.compare(bytes, right.pages[i]?.bytes ?? bytes) === 0)
  );
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

/** What the store keeps for the partition as a whole. */
export function comparePartition(fold: LogFold, view: PartitionView, findings: Findings): void {
  const { state, ledger } = view;
  const isState =
    Buffer.compare(encodePartition(state), encodePartition(fold.state)) === 0 &&
    Buffer.compare(encodeRates(state.rates), encodeRates(fold.state.rates)) === 0;
  if (!isState) found(findings, 'partition-state-differs');
  if (ledger === null) return;
  if (ledger.decisionHash !== fold.decisionHash) found(findings, 'hash-differs');
  const topics = new Set([...Object.keys(ledger.seqs), ...Object.keys(fold.seqs)]);
  const differ = [...topics].filter((it) => (ledger.seqs[it] ?? 0) !== (fold.seqs[it] ?? 0));
  found(findings, 'numbers-differ', differ.length);
}

async function everybody(store: StateStore, partition: number): Promise<Live> {
  const live = new Map<string, CustomerState | null>();
  for await (const batch of store.scan(partition)) {
    const customerIds = batch.map(([customerId]) => customerId);
    for (const [customerId, state] of await some(store, partition, customerIds)) {
      live.set(customerId, state);
    }
  }
  return live;
}

async function some(
  store: StateStore,
  partition: number,
  customerIds: readonly string[],
): Promise<Live> {
  const live = new Map<string, CustomerState | null>();
  for (let at = 0; at < customerIds.length; at += CUSTOMERS_PER_READ) {
    const run = customerIds.slice(at, at + CUSTOMERS_PER_READ);
    for (const [customerId, state] of await readable(store, partition, run)) {
      live.set(customerId, state);
    }
  }
  return live;
}

/** One value that cannot be read does not hide the others. */
async function readable(
  store: StateStore,
  partition: number,
  customerIds: readonly string[],
): Promise<Live> {
  try {
    return await viewSome(store, partition, customerIds);
  } catch (error) {
    if (!(error instanceof StrataError) || error.code !== 'STRATA_SCORER_STATE_UNREADABLE')
      throw error;
    if (customerIds.length === 1) return new Map(customerIds.map((it) => [it, null]));
  }
  const half = Math.ceil(customerIds.length / 2);
  return new Map([
    ...(await readable(store, partition, customerIds.slice(0, half))),
    ...(await readable(store, partition, customerIds.slice(half))),
  ]);
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

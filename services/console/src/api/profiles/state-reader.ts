import type { CustomerState } from '@strata/domain';
import { partitionFor, type StateStore } from '@strata/pipeline';
import {
  type PartitionView,
  readCustomers,
  viewPartition,
  wholeCustomer,
} from '@strata/shard-state';
import { DecodedCustomers } from './decoded-customers.ts';

/** What is known of one partition, and since when. */
export interface ViewedPartition extends PartitionView {
  /** Null where nobody holds the partition, or what lies there is not whole. */
  readonly owner: string | null;
  /** By the wall: the customers that go with it were read after it. */
  readonly readAtMs: number;
  /** Of the measuring clock. */
  readonly seenAtMs: number;
}

export interface ReadCustomers {
  readonly view: ViewedPartition;
  /** Those that are stored. */
  readonly states: ReadonlyMap<string, CustomerState>;
}

export interface StateReaderParts {
  readonly store: StateStore;
  /** Of the customer log. */
  readonly partitions: number;
  /** Epoch milliseconds. */
  readonly wallMs: () => number;
  /** Milliseconds for measuring, from any start. */
  readonly nowMs: () => number;
}

/**
 * How long the head of a partition (clock, policies, offset) serves without being asked for again. A customer is
 * read at each request, after the head: so what is said of its freshness is never too much.
 */
const HEAD_MS = 250;

/**
 * Customers with the head of their partition. Heads are kept, one for each partition; the one whose owner and offset did
 * not move is not read again, so that policies are decoded once and not for each request.
 */
export class StateReader {
  readonly #parts: StateReaderParts;
  readonly #decoded = new DecodedCustomers();
  readonly #heads = new Map<number, ViewedPartition>();
  readonly #reading = new Map<number, Promise<ViewedPartition>>();

  constructor(parts: StateReaderParts) {
    this.#parts = parts;
  }

  get partitions(): number {
    return this.#parts.partitions;
  }

  partitionOf(customerId: string): number {
    return partitionFor(Buffer.from(customerId), this.#parts.partitions);
  }

  /** `isNew`: with a head that is read now, and not one of a moment ago. */
  async read(
    partition: number,
    customerIds: readonly string[],
    isNew = false,
  ): Promise<ReadCustomers> {
    const view = await this.head(partition, isNew);
    return this.#paired(view, await this.#load(partition, customerIds));
  }

  /** Customers that were read a moment ago, with a head that knows their policies. */
  async paired(
    partition: number,
    states: ReadonlyMap<string, CustomerState>,
  ): Promise<ReadCustomers> {
    return this.#paired(await this.head(partition), states);
  }

  async head(partition: number, isNew = false): Promise<ViewedPartition> {
    const known = this.#heads.get(partition);
    if (!isNew && known !== undefined && this.#parts.nowMs() - known.seenAtMs < HEAD_MS) {
      return known;
    }
    const running = this.#reading.get(partition);
    if (running !== undefined && !isNew) return running;
    const reading = this.#readHead(partition).finally(() => {
      if (this.#reading.get(partition) === reading) this.#reading.delete(partition);
    });
    this.#reading.set(partition, reading);
    return reading;
  }

  /** Decodes those whose bytes are not those of a moment ago. The few with pages are decoded each time. */
  async #load(
    partition: number,
    customerIds: readonly string[],
  ): Promise<ReadonlyMap<string, CustomerState>> {
    const { store } = this.#parts;
    const values = await store.load(partition, customerIds);
    const states = new Map<string, CustomerState>();
    const paged: (readonly [string, Uint8Array])[] = [];
    for (const [index, customerId] of customerIds.entries()) {
      const value = values[index] ?? null;
      if (value === null) continue;
      const known = this.#decoded.find(customerId, value);
      const state = known ?? wholeCustomer(partition, value);
      if (state === null) paged.push([customerId, value]);
      else states.set(customerId, state);
      if (known === null && state !== null) this.#decoded.keep(customerId, value, state);
    }
    if (paged.length === 0) return states;
    return new Map([...states, ...(await readCustomers(store, partition, paged))]);
  }

  /** A customer may have been written since, under a policy set that the head does not know yet. */
  async #paired(
    view: ViewedPartition,
    states: ReadonlyMap<string, CustomerState>,
  ): Promise<ReadCustomers> {
    const known = new Set(view.state.policySets.map(({ id }) => id));
    const isKnown = [...states.values()].every(({ setId }) => setId === null || known.has(setId));
    if (isKnown) return { view, states };
    const { state, ledger, owner } = await this.head(view.state.partition, true);
    // What is said of freshness stays that of the head before the customers.
    return { view: { ...view, state, ledger, owner }, states };
  }

  async #readHead(partition: number): Promise<ViewedPartition> {
    const { store, wallMs, nowMs } = this.#parts;
    const readAtMs = wallMs();
    const holder = await store.holder(partition);
    const known = this.#heads.get(partition);
    const isSame = known?.owner === holder.owner && known.next === holder.next;
    const read = isSame ? known : await viewPartition(store, partition);
    const { owner } = holder;
    const view = { ...read, owner, readAtMs, seenAtMs: nowMs() };
    this.#heads.set(partition, view);
    return view;
  }
}

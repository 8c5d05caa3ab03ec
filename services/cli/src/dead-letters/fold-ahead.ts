import type { DeadLetterReason } from '@strata/contracts';
import {
  type CustomerState,
  customersOf,
  type FoldResult,
  fold,
  type HandOver,
  handOverRecord,
  type Instant,
  keepChanged,
  type LogRecord,
  type PartitionState,
  type TierChange,
} from '@strata/domain';
import { viewPartition, viewSome } from '@strata/shard-state';
import { partitionOfCustomer } from '../stack/send-decision.ts';
import type { StackHandle } from '../stack/stack-handle.ts';

/** Above every epoch that a stack reaches: what is told here is new to whoever is told. */
const EPOCH_AHEAD = Number.MAX_SAFE_INTEGER;

interface Place {
  state: PartitionState;
  offset: number;
  readonly customers: Map<string, CustomerState>;
  /** Those whom the store was asked for. */
  readonly asked: Set<string>;
}

/** A customer whose tier is another one behind the records. */
export interface TierMove {
  readonly customerId: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly changes: readonly TierChange[];
}

export interface RefusedAhead {
  readonly reason: DeadLetterReason;
  readonly detail: string;
}

/**
 * Folds records that were not sent behind everything that was: the stored state is the fold of the log, so going on from
 * it is folding the log with these at its end. Nothing is written. What a record hands over is folded too.
 */
export class FoldAhead {
  readonly #stack: Pick<StackHandle, 'store' | 'partitions' | 'markerOf'>;
  readonly #nowMs: Instant;
  readonly #places = new Map<number, Place>();
  readonly #before = new Map<string, string | null>();
  readonly #changes = new Map<string, TierChange[]>();
  #handedOver = 0;

  constructor(stack: Pick<StackHandle, 'store' | 'partitions' | 'markerOf'>, nowMs: Instant) {
    this.#stack = stack;
    this.#nowMs = nowMs;
  }

  /** Whom many records are about, loaded at once. */
  async load(partition: number, customerIds: readonly string[]): Promise<void> {
    const place = await this.#placeOf(partition);
    const wanted = [...new Set(customerIds)].filter((id) => !place.asked.has(id));
    if (wanted.length === 0) return;
    for (const id of wanted) place.asked.add(id);
    const states = await viewSome(this.#stack.store, partition, wanted);
    for (const [id, state] of states) place.customers.set(id, state);
    // What has fallen due by now comes about in any case.
    this.#foldOne(partition, place, { kind: 'tick', customerIds: [...states.keys()] });
    for (const id of wanted) this.#before.set(id, tierOf(place, id));
  }

  /** Answers why the record, or what it handed on, was refused; null where all was taken. */
  async fold(partition: number, record: LogRecord): Promise<RefusedAhead | null> {
    let refused: RefusedAhead | null = null;
    const waiting = [{ partition, record }];
    for (const next of waiting) {
      const place = await this.#placeOf(next.partition);
      await this.load(next.partition, customersOf(next.record));
      const result = this.#foldOne(next.partition, place, next.record);
      for (const output of result.outputs) {
        if (output.kind === 'dead-letter') refused ??= output;
        if (output.kind === 'tier-change') this.#note(output);
      }
      waiting.push(...result.handOvers.map((it) => this.#handedTo(it, next.partition)));
    }
    return refused;
  }

  /** Sorted by customer. */
  moves(): readonly TierMove[] {
    const moves = [...this.#before].map(([customerId, from]) => {
      const place = this.#places.get(partitionOfCustomer(this.#stack, customerId));
      const to = place === undefined ? null : tierOf(place, customerId);
      return { customerId, from, to, changes: this.#changes.get(customerId) ?? [] };
    });
    return moves
      .filter(({ from, to }) => from !== to)
      .toSorted((a, b) => (a.customerId < b.customerId ? -1 : 1));
  }

  async #placeOf(partition: number): Promise<Place> {
    const known = this.#places.get(partition);
    if (known !== undefined) return known;
    const { state, next } = await viewPartition(this.#stack.store, partition);
    const place = { state, offset: next, customers: new Map(), asked: new Set<string>() };
    this.#places.set(partition, place);
    return place;
  }

  #foldOne(partition: number, place: Place, record: LogRecord): FoldResult {
    const appendedAt = Math.max(this.#nowMs, place.state.clock);
    const result = fold({
      partition: place.state,
      customers: place.customers,
      record,
      at: { partition, offset: place.offset, appendedAt },
      markerOf: this.#stack.markerOf,
    });
    place.offset += 1;
    place.state = result.partition;
    keepChanged(place.customers, result);
    return result;
  }

  #handedTo(handOver: HandOver, partition: number): { partition: number; record: LogRecord } {
    this.#handedOver += 1;
    const from = { partition, epoch: EPOCH_AHEAD, number: this.#handedOver };
    const record = handOverRecord(handOver, from);
    return { partition: partitionOfCustomer(this.#stack, handOver.addressee), record };
  }

  #note(change: TierChange): void {
    const known = this.#changes.get(change.customerId);
    if (known === undefined) this.#changes.set(change.customerId, [change]);
    else known.push(change);
  }
}

function tierOf({ customers }: Place, customerId: string): string | null {
  return customers.get(customerId)?.standing?.tier ?? null;
}

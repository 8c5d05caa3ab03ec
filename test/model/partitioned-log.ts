import { logRecordFromWire, logRecordToWire } from '@strata/contracts';
import {
  type CustomerState,
  customersOf,
  fold,
  type HandOver,
  handOverRecord,
  initialPartition,
  type LogRecord,
  type Output,
  type PartitionState,
} from '@strata/domain';
import { openCustomer, packCustomer } from '@strata/state-codec';

interface Shard {
  state: PartitionState;
  readonly log: LogRecord[];
  folded: number;
  readonly outbox: HandOver[];
  published: number;
}

/** Far more than the longest way of a record through all names. */
const ROUNDS_MAX = 1_000;

/**
 * Several partitions of one log, each folded and published as far as the caller says and no further: any interleaving
 * that brokers, owners and relays could bring about, with states and records as their bytes would bring them back.
 */
export class PartitionedLog {
  readonly customers = new Map<string, CustomerState>();
  readonly outputs: Output[] = [];
  readonly #shards: readonly Shard[];
  readonly #partitionOf: (customerId: string) => number;

  constructor(partitions: number, partitionOf: (customerId: string) => number) {
    this.#partitionOf = partitionOf;
    this.#shards = Array.from({ length: partitions }, (_, partition) => ({
      state: initialPartition(partition),
      log: [],
      folded: 0,
      outbox: [],
      published: 0,
    }));
  }

  everywhere(record: LogRecord): void {
    for (const { log } of this.#shards) log.push(record);
  }

  append(record: LogRecord): void {
    const [customerId = ''] = customersOf(record);
    this.#shard(this.#partitionOf(customerId)).log.push(record);
  }

  /** Folds so many records of a partition, as far as there are any. */
  foldOn(partition: number, count: number): void {
    const shard = this.#shard(partition);
    for (let left = count; left > 0 && shard.folded < shard.log.length; left--) {
      const offset = shard.folded++;
      const record = shard.log[offset] as LogRecord;
      const at = { partition, offset, appendedAt: 0 };
      const result = fold({ partition: shard.state, customers: this.customers, record, at });
      shard.state = result.partition;
      for (const [id, state] of result.customers) {
        if (state === null) {
          this.customers.delete(id);
          continue;
        }
        const { value, pages } = packCustomer(state);
        this.customers.set(id, openCustomer(value).complete(pages.map(({ bytes }) => bytes)));
      }
      shard.outbox.push(...result.handOvers);
      this.outputs.push(...result.outputs);
    }
  }

  /** Appends so many of a partition's hand-overs where they belong, as far as there are any. */
  publishOn(partition: number, count: number): void {
    const shard = this.#shard(partition);
    for (let left = count; left > 0 && shard.published < shard.outbox.length; left--) {
      const handOver = shard.outbox[shard.published++] as HandOver;
      const from = { partition, epoch: 1, number: shard.published };
      const record = logRecordFromWire(logRecordToWire(handOverRecord(handOver, from)));
      this.#shard(this.#partitionOf(handOver.addressee)).log.push(record);
    }
  }

  /** What was published last will be published once more, as after a death between send and trim. */
  forgetPublished(partition: number, count: number): void {
    const shard = this.#shard(partition);
    shard.published = Math.max(0, shard.published - count);
  }

  /** Until nothing is left to fold or to publish. */
  drain(): void {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const isLeft = (it: Shard): boolean =>
        it.folded < it.log.length || it.published < it.outbox.length;
      if (!this.#shards.some(isLeft)) return;
      for (const [partition, { log, outbox }] of this.#shards.entries()) {
        this.foldOn(partition, log.length);
        this.publishOn(partition, outbox.length);
      }
    }
    throw new Error('What the partitions hand over to each other has no end');
  }

  #shard(partition: number): Shard {
    return this.#shards[partition] as Shard;
  }
}

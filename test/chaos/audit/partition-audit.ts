import type { StackHandle } from '@strata/cli';
import {
  logRecordFromWire,
  TOPICS,
  tierChangeEvent,
  tierChangeFromWire,
  tierChangeToWire,
} from '@strata/contracts';
import {
  type CustomerState,
  customersOf,
  decidingPolicy,
  fold,
  initialPartition,
  keepChanged,
  type LogRecord,
  type Output,
  type PartitionState,
} from '@strata/domain';
import { freshnessOf, type OutputNumber, outputNumberOf, type TopicRecord } from '@strata/pipeline';
import { advanceDecisionHash, type Decision } from '@strata/scorer';
import { FIRST_DECISION_HASH } from '@strata/shard-state';
import { type Told, told } from './told.ts';

/** Of one fault that repeats itself, the first few say enough. */
const FAULTS_KEPT = 5;

/**
 * One partition of the customer log, folded from its first record one after the other, with nothing of the scorer in
 * between; and what was published of it, by the reader's one rule, held against that, change by change and byte by
 * byte. Both go on from where they stood, so that a long run can be looked at again and again.
 */
export class PartitionAudit {
  readonly faults: string[] = [];
  /** Every change that has to be published, in order. */
  readonly changes: Told[] = [];
  /** Of the same changes. */
  readonly ids: string[] = [];
  readonly counts = { records: 0, raw: 0, repeats: 0, gaps: 0, handedOver: 0 };
  decisionHash: string = FIRST_DECISION_HASH;
  readonly #stack: StackHandle;
  readonly #partition: number;
  readonly #customers = new Map<string, CustomerState>();
  readonly #onRecord: (record: LogRecord) => void;
  /** Decided, and not seen in the topic yet. */
  readonly #awaited: Uint8Array[] = [];
  #state: PartitionState;
  #folded = 0;
  #read = 0;
  #last: OutputNumber | null = null;

  constructor(options: {
    stack: StackHandle;
    partition: number;
    onRecord: (record: LogRecord) => void;
  }) {
    this.#stack = options.stack;
    this.#partition = options.partition;
    this.#onRecord = options.onRecord;
    this.#state = initialPartition(options.partition);
  }

  get awaited(): number {
    return this.#awaited.length;
  }

  /** What was published up to now first: all of it follows from the log as it is read after that. */
  async advance(): Promise<void> {
    const published: Uint8Array[] = [];
    for await (const records of this.#newOf(TOPICS.tierChanges, this.#read)) {
      for (const record of records) {
        this.#read = record.offset + 1;
        if (this.#isNew(record)) published.push(Buffer.from(record.value ?? []));
      }
    }
    for await (const records of this.#newOf(TOPICS.customerLog, this.#folded)) {
      for (const record of records) this.#fold(record);
    }
    for (const bytes of published) this.#compare(bytes);
  }

  async *#newOf(topic: string, offset: number): AsyncGenerator<readonly TopicRecord[]> {
    const { reader, serdes } = this.#stack;
    for await (const records of reader.read({ topic, partition: this.#partition, offset })) {
      await serdes.prepare(records);
      yield records;
    }
  }

  #isNew(record: TopicRecord): boolean {
    this.counts.raw += 1;
    const number = outputNumberOf(record);
    const freshness = freshnessOf(this.#last, number);
    if (freshness === 'repeat') {
      this.counts.repeats += 1;
      return false;
    }
    if (freshness === 'gap') this.counts.gaps += 1;
    this.#last = number;
    return true;
  }

  #fold({ offset, appendedAt, value }: TopicRecord): void {
    const wire = this.#stack.serdes.customerLog.decode(value ?? new Uint8Array());
    const record = logRecordFromWire(wire);
    this.counts.records += 1;
    this.#onRecord(record);
    const known = customersOf(record).flatMap((id) => {
      const customer = this.#customers.get(id);
      return customer === undefined ? [] : [[id, customer] as const];
    });
    const at = { partition: this.#partition, offset, appendedAt };
    const result = fold({ partition: this.#state, customers: new Map(known), record, at });
    this.#state = result.partition;
    keepChanged(this.#customers, result);
    this.counts.handedOver += result.handOvers.length;
    for (const output of result.outputs) {
      this.decisionHash = advanceDecisionHash(this.decisionHash, decisionOf(output));
      if (output.kind !== 'tier-change') continue;
      const seq = this.changes.length + 1;
      const address = { partition: this.#partition, epoch: 1, seq };
      const event = tierChangeEvent(output, address, decidingPolicy(this.#state, output));
      this.#awaited.push(this.#stack.serdes.tierChanges.encode(tierChangeToWire(event)));
      this.changes.push(told(event));
      this.ids.push(event.id);
    }
    this.#folded = offset + 1;
  }

  #compare(bytes: Uint8Array): void {
    const expected = this.#awaited.shift();
    const isSame = expected !== undefined && Buffer.compare(bytes, expected) === 0;
    if (isSame || this.faults.length >= FAULTS_KEPT) return;
    const said = (change: Uint8Array | undefined): string =>
      change === undefined
        ? 'nothing'
        : JSON.stringify(tierChangeFromWire(this.#stack.serdes.tierChanges.decode(change)));
    this.faults.push(
      `partition ${this.#partition}: published ${said(bytes)}, the log says ${said(expected)}`,
    );
  }
}

/** As the hash takes it: of a refused record that it was, and why. */
function decisionOf(output: Output): Decision {
  if (output.kind !== 'dead-letter') return output;
  const { id, reason } = output;
  return { kind: 'dead-letter', id, reason };
}

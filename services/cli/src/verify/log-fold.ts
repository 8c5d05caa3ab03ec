import { createHash } from 'node:crypto';
import {
  ContractFault,
  logRecordFromWire,
  redriveSlipOf,
  type TierChangeEvent,
  type TierSnapshot,
  TOPICS,
  tierChangeEvent,
} from '@strata/contracts';
import {
  type CustomerState,
  canonicalJson,
  customersOf,
  decidingPolicy,
  type EpochBegan,
  fold,
  type Instant,
  initialPartition,
  keepChanged,
  type LogRecord,
  type PartitionState,
  type RetiredOutput,
  type TierChange,
} from '@strata/domain';
import { SerdeFault, type TopicRecord } from '@strata/pipeline';
import { advanceDecisionHash, type Decision, isTaken, tierSnapshotOf } from '@strata/scorer';
import { FIRST_DECISION_HASH } from '@strata/shard-state';
import type { StackHandle } from '../stack/stack-handle.ts';

export const NUMBERED_TOPICS = [TOPICS.tierChanges, TOPICS.tiers] as const;

/**
 * What an output says, in few bytes: equal contents give equal digests. `steps` follows from the tiers and the policy,
 * and events of versions that did not say it are no different for that.
 */
export function digestOf(content: TierChangeEvent | TierSnapshot): string {
  const said = 'steps' in content ? { ...content, steps: null } : content;
  return createHash('sha256').update(canonicalJson(said)).digest('base64url').slice(0, 22);
}

const FIRST_EPOCH = 1;

/**
 * One partition of the customer log, folded here and kept in memory: what a scorer has to come to, found without its
 * store, its commits and its way of numbering.
 */
export class LogFold {
  readonly partition: number;
  readonly customers = new Map<string, CustomerState>();
  readonly dueAt = new Map<string, Instant>();
  /** By topic, how many outputs were numbered. */
  seqs: Record<string, number> = {};
  /** By numbered topic and `seq - 1`, what that output says; null for the tombstone of a customer who left. */
  readonly digests = new Map<string, (string | null)[]>(
    NUMBERED_TOPICS.map((topic) => [topic, []]),
  );
  /** The last number of each customer's outputs in the compacted topic. */
  readonly lastSeqs = new Map<string, number>();
  epoch = FIRST_EPOCH;
  state: PartitionState;
  decisionHash = FIRST_DECISION_HASH;
  decisions = 0;
  #customerSeqBase = 0;
  records = 0;
  next = 0;
  readonly #stack: Pick<StackHandle, 'reader' | 'serdes' | 'markerOf'>;
  readonly #only: string | null;

  /** `only`: of all customers this one, so that the numbers and the hash mean nothing. */
  constructor(
    stack: Pick<StackHandle, 'reader' | 'serdes' | 'markerOf'>,
    partition: number,
    only: string | null = null,
  ) {
    this.#stack = stack;
    this.#only = only;
    this.partition = partition;
    this.state = initialPartition(partition);
  }

  /** Folds on to an offset. Answers whose state or due instant that changed. */
  async foldTo(
    next: number,
    watch: { readonly signal: AbortSignal; readonly onRecords: (count: number) => void },
  ): Promise<ReadonlySet<string>> {
    const touched = new Set<string>();
    if (next <= this.next) return touched;
    const { reader, serdes } = this.#stack;
    const place = { topic: TOPICS.customerLog, partition: this.partition, offset: this.next };
    for await (const batch of reader.read(place, next)) {
      watch.signal.throwIfAborted();
      await serdes.prepare(batch);
      for (const record of batch) {
        if (record.offset < this.next || record.offset >= next) continue;
        this.#take(record, touched);
        this.next = record.offset + 1;
      }
      watch.onRecords(batch.length);
    }
    this.next = next;
    return touched;
  }

  #take(original: TopicRecord, touched: Set<string>): void {
    const { partition, offset, appendedAt } = original;
    this.records += 1;
    const record = this.#read(original);
    if (typeof record === 'string') {
      this.#refused({ kind: 'dead-letter', id: `${partition}.${offset}.0`, reason: record });
      return;
    }
    if (record.kind === 'epoch-began') this.#beginEpoch(record);
    const own = this.#only === null ? record : about(record, this.#only);
    if (own === null) {
      this.#passBy(appendedAt);
      return;
    }
    const known = customersOf(own).flatMap((customerId) => {
      const state = this.customers.get(customerId);
      return state === undefined ? [] : [[customerId, state] as const];
    });
    const at = { partition, offset, appendedAt };
    const { markerOf } = this.#stack;
    const customers = new Map(known);
    const result = fold({ partition: this.state, customers, record: own, at, markerOf });
    this.state = result.partition;
    keepChanged(this.customers, result);
    for (const customerId of result.customers.keys()) touched.add(customerId);
    for (const [customerId, dueAt] of result.dueAt) {
      touched.add(customerId);
      if (dueAt === null) this.dueAt.delete(customerId);
      else this.dueAt.set(customerId, dueAt);
    }
    for (let left = result.handOvers.length; left > 0; left--) this.#number(TOPICS.customerLog);
    // The tombstone of the letter that was redriven.
    const isRedriven = redriveSlipOf(original.headers) !== null;
    if (isRedriven && isTaken(result)) this.#number(TOPICS.deadLetters);
    for (const output of result.outputs) {
      if (output.kind === 'tier-change') this.#changed(output);
      else if (output.kind === 'retired') this.#retired(output);
      else this.#refused(output);
    }
  }

  /** All that a record of another customer does to this one: in wall time it moves the clock of the partition. */
  #passBy(appendedAt: Instant): void {
    if (this.state.time !== 'wall' || appendedAt <= this.state.clock) return;
    this.state = { ...this.state, clock: appendedAt };
  }

  /** What the record says, or the reason why it says nothing. */
  #read({ value }: TopicRecord): LogRecord | string {
    try {
      return logRecordFromWire(this.#stack.serdes.customerLog.decode(value ?? new Uint8Array()));
    } catch (error) {
      if (error instanceof ContractFault || error instanceof SerdeFault) return error.reason;
      throw error;
    }
  }

  #refused(letter: Extract<Decision, { kind: 'dead-letter' }>): void {
    const { kind, id, reason } = letter;
    this.#decided({ kind, id, reason });
    this.#number(TOPICS.deadLetters);
  }

  #retired(output: RetiredOutput): void {
    this.#decided(output);
    this.#number(TOPICS.tierChanges);
    const seq = this.#number(TOPICS.tiers);
    for (const topic of NUMBERED_TOPICS) this.digests.get(topic)?.push(null);
    this.lastSeqs.set(output.customerId, seq);
  }

  /** What earlier epochs said is not looked at: this one began with what was to be put right of it. */
  #beginEpoch({ epoch, customerSeqBase }: EpochBegan): void {
    if (epoch <= this.epoch) return;
    this.epoch = epoch;
    this.#customerSeqBase = customerSeqBase;
    this.seqs = {};
    this.lastSeqs.clear();
    for (const digests of this.digests.values()) digests.length = 0;
  }

  #changed(decided: TierChange): void {
    this.#decided(decided);
    const change = { ...decided, customerSeq: decided.customerSeq + this.#customerSeqBase };
    const { partition, epoch } = this;
    const { customerId } = change;
    const number = { epoch, seq: this.#number(TOPICS.tierChanges) };
    const policy = decidingPolicy(this.state, change);
    const event = tierChangeEvent(change, { partition, ...number }, policy);
    this.digests.get(TOPICS.tierChanges)?.push(digestOf(event));
    const standing = this.customers.get(customerId)?.standing ?? null;
    const seq = this.#number(TOPICS.tiers);
    this.digests
      .get(TOPICS.tiers)
      ?.push(digestOf(tierSnapshotOf(change, standing, { epoch, seq })));
    this.lastSeqs.set(customerId, seq);
  }

  #decided(decision: Decision): void {
    this.decisions += 1;
    this.decisionHash = advanceDecisionHash(this.decisionHash, decision);
  }

  #number(topic: string): number {
    const seq = (this.seqs[topic] ?? 0) + 1;
    this.seqs[topic] = seq;
    return seq;
  }
}

/** What a record means to one customer; null for nothing. */
function about(record: LogRecord, customerId: string): LogRecord | null {
  const named = customersOf(record);
  if (named.length > 0 && !named.includes(customerId)) return null;
  return record.kind === 'tick'
    ? { ...record, customerIds: named.filter((it) => it === customerId) }
    : record;
}

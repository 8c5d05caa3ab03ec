/**
 * The ports: what the services need from a log, a state store and a delivery queue. Each is small enough to be
 * written three times (real, in memory, simulated) and has one behaviour suite in `@strata/testing/contracts`.
 * Offsets and instants are plain numbers: both stay far below 2^53.
 */

/** Where a record lies. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record as a topic gives it back. `appendedAt` is the broker's own time (LogAppendTime), in epoch milliseconds. */
export interface TopicRecord extends TopicPartition {
  readonly offset: number;
  readonly appendedAt: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

/** A record to append. The partition is always explicit: nothing re-partitions on a retry. */
export interface OutgoingRecord extends TopicPartition {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

/** First offset still kept and the offset that the next record will get. */
export interface LogBounds {
  readonly start: number;
  readonly end: number;
}

/** Reads a log at rest, outside any consumer group. */
export interface LogReader {
  partitionCount(topic: string): Promise<number>;
  /** Bounds by partition, index = partition. */
  bounds(topic: string): Promise<readonly LogBounds[]>;
  /** Records of one partition from `from` up to, not including, `to` (default: the end when the call is made), in batches. */
  read(
    from: TopicPartition & { readonly offset: number },
    to?: number,
  ): AsyncIterable<TopicRecord[]>;
  /** The last record of each named partition, or null where the partition is empty. */
  tails(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, TopicRecord | null>>;
  /** Offsets a consumer group has committed, by `tpKey`; absent where it has none. */
  committed(groupId: string, topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** Keeps positions at the broker under the names of groups that have no members. */
export interface PositionKeeper {
  /** Read again by `LogReader.committed`. */
  keep(
    groupId: string,
    offsets: readonly (TopicPartition & { readonly offset: number })[],
  ): Promise<void>;
}

/** `topic:partition`, the key of every map by topic partition. */
export function tpKey({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}

/**
 * Appends records, all acknowledged by every replica before it returns, in order within a partition.
 * One send at a time: a caller awaits each. After a rejected send the outcome is unknown (some records may lie in
 * the log); the adapter has discarded its producer and the next send uses a new one.
 */
export interface LogWriter {
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** A run of consecutive records of one partition. Offsets may have gaps. */
export interface RecordBatch extends TopicPartition {
  readonly records: readonly TopicRecord[];
  /** The offset to go on from when the whole batch is done, also when its last offsets hold no record. */
  readonly nextOffset: number;
  /** End of the partition when the batch was fetched, for lag. */
  readonly logEnd: number;
  /** Keeps the membership alive; to be called at least once a second of work. */
  heartbeat(): Promise<void>;
  /** False as soon as a newer assignment has voided this one: stop work and return. */
  isOwned(): boolean;
}

/** `done` moves on; `reacquire` voids this partition and asks `onAssigned` for it again, after a back-off. */
export type BatchOutcome = 'done' | 'reacquire';

/**
 * Why partitions are asked for. `joined`: the group made a new assignment, everything owned before is void and these
 * are all there is. `reacquired`: only the named partitions are void, the others go on.
 */
export type AssignmentCause = 'joined' | 'reacquired';

export interface GroupHandlers {
  /**
   * Called for every assignment, and again for a partition whose batch said `reacquire`. What the cause voids is
   * void when it is called. Answers where each partition starts, by `tpKey`; nothing of a partition is delivered
   * before this answer. A partition left out starts where the group last committed, else at the log's start. One that
   * is answered with null is halted: nothing of it is delivered until the next assignment.
   */
  onAssigned(
    assigned: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number | null>>;
  /** Batches of one partition come one after the other; different partitions may overlap. A throw is an operating fault: the batch comes again. */
  onBatch(batch: RecordBatch): Promise<BatchOutcome>;
  /** The reader cannot go on (programmer fault, offset out of range): the process has to end. */
  onFatal(error: unknown): void;
}

export interface GroupReaderSettings {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** How often positions are committed to the broker, and always at a clean stop. For owners of their own offsets this is only for lag displays. */
  readonly commitIntervalMs: number;
}

/** A member of a consumer group. */
export interface GroupReader {
  start(settings: GroupReaderSettings, handlers: GroupHandlers): Promise<void>;
  /** Voids one partition as a batch does that says `reacquire`, also while it is silent. Nothing where it is not assigned. */
  reacquire(at: TopicPartition): void;
  /** Finishes the batch in hand, commits, leaves the group. */
  stop(): Promise<void>;
}

/** One output waiting in the outbox. `position` numbers all outputs of a partition, `seq` those of one topic; both start at 1 and have no gap. */
export interface OutboxEntry {
  readonly position: number;
  readonly topic: string;
  readonly seq: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array>>;
}

/** Who holds a shard, and how far it is. */
export interface ShardHolder {
  /** Null where nobody ever took it, or the store has lost it. */
  readonly owner: string | null;
  /** Offset of the next record to fold; 0 for an empty shard. */
  readonly next: number;
}

/** What the store holds for a partition, beside its customers. `fields` belong to the caller (fold state of the partition, counters, rolling hash). */
export interface PartitionShard extends ShardHolder {
  readonly fields: Readonly<Record<string, Uint8Array>>;
  readonly outboxDepth: number;
  readonly customerCount: number;
}

/** As its new owner finds it. */
export interface AcquiredShard extends PartitionShard {
  readonly owner: string;
  /** A write had got into the store in part, which a store may do that was cut short: all of it was dropped. */
  readonly wasPart: boolean;
}

export interface PartitionCommit {
  readonly partition: number;
  readonly owner: string;
  readonly expectedNext: number;
  readonly next: number;
  /** Only those that changed. */
  readonly fields: Readonly<Record<string, Uint8Array>>;
  /** Customer id and state bytes, null to remove. */
  readonly states: readonly (readonly [customerId: string, bytes: Uint8Array | null])[];
  /** What lies beside the states of few customers: name and bytes, null to remove. The caller removes what it names no more. */
  readonly pages: readonly (readonly [name: string, bytes: Uint8Array | null])[];
  /** Customer id and the instant it is due, null for never. */
  readonly due: readonly (readonly [customerId: string, dueAtMs: number | null])[];
  readonly outbox: readonly OutboxEntry[];
}

/**
 * ok: written. already: this very commit was written before (its reply was lost). fenced: another owner holds the
 * partition. offset: the stored offset is not the expected one (the store went back in time, or we are wrong), or what is
 * stored is not whole.
 */
export const COMMIT_OUTCOMES = ['ok', 'already', 'fenced', 'offset'] as const;
export type CommitOutcome = (typeof COMMIT_OUTCOMES)[number];

/** Customer state by partition of the customer log. One partition is one shard with one owner at a time. */
export interface StateStore {
  /** Takes the partition: a new owner token voids every older one. What was written in part is empty from then on. */
  acquire(partition: number): Promise<AcquiredShard>;
  /** Reads without taking. */
  inspect(partition: number): Promise<PartitionShard>;
  /** The same in few bytes, for an owner that asks now and then whether it still is one. */
  holder(partition: number): Promise<ShardHolder>;
  load(partition: number, customerIds: readonly string[]): Promise<readonly (Uint8Array | null)[]>;
  /** Pages by name. Of the owner's own reading they belong to the states; anybody else may meet those of another commit. */
  loadPages(partition: number, names: readonly string[]): Promise<readonly (Uint8Array | null)[]>;
  /**
   * Everything or nothing. `next` must lie above `expectedNext`, and outbox positions go on without a gap. After a throw
   * the outcome may be unknown: send the same commit again or acquire anew, never another commit in between.
   */
  commit(commit: PartitionCommit): Promise<CommitOutcome>;
  /** Customers due at or before `upToMs`, earliest first. */
  dueCustomers(query: {
    partition: number;
    upToMs: number;
    limit: number;
  }): Promise<readonly string[]>;
  /** The earliest due instant of the partition, null when nobody is due ever. */
  earliestDue(partition: number): Promise<number | null>;
  /** Entries above `afterPosition`, in order. */
  outbox(query: {
    partition: number;
    afterPosition: number;
    limit: number;
  }): Promise<readonly OutboxEntry[]>;
  /** Drops entries up to and including `upToPosition`; false when another owner holds the partition. */
  trimOutbox(trim: { partition: number; owner: string; upToPosition: number }): Promise<boolean>;
  /** Every customer of the partition, in batches, in no order. */
  scan(
    partition: number,
  ): AsyncIterable<readonly (readonly [customerId: string, bytes: Uint8Array])[]>;
  /**
   * Replaces what is stored of one customer without moving on, if the partition still stands at `next`. A fresh owner
   * token voids whoever remembers the customer as it was. False where the partition stands elsewhere.
   */
  amend(amendment: Amendment): Promise<boolean>;
  /** A store of the same life under another name: what lies there is seen by nobody who does not ask for it. */
  beside(name: string): BesideStore;
  close(): Promise<void>;
}

/** Where a walk over the customers of a partition goes on; `place` null: at the begin. */
export interface WalkStep {
  readonly partition: number;
  readonly place: string | null;
  /** About so many customers at once. */
  readonly count: number;
}

/** What a step came by. `next` null: there are no more. */
export interface Walked {
  readonly entries: readonly (readonly [customerId: string, bytes: Uint8Array])[];
  readonly next: string | null;
}

/** A partition and some of its customers as they are at one instant, also while its owner commits on. */
export interface PartitionLook extends PartitionShard {
  /** False where a commit is there in part, so that nothing of this can be trusted. */
  readonly isWhole: boolean;
  /** Of the customers asked for, in their order; null for one who is not there. */
  readonly values: readonly (Uint8Array | null)[];
}

/**
 * Walks the customers of a partition step by step, however long ago the last one was. Who is there from the first step to
 * the last is met, perhaps more than once.
 */
export interface StateWalk {
  /** Null where the place is none of this life of the store: its order is another one since. */
  walk(step: WalkStep): Promise<Walked | null>;
  /** No more customers than a commit has: nobody else is served meanwhile. */
  look(partition: number, customerIds: readonly string[]): Promise<PartitionLook>;
}

/**
 * Notes beside the state of partitions, for people to read: no tier depends on them, who writes last is read, and with the
 * store they may be gone.
 */
export interface StateNotes {
  writeNote(partition: number, name: string, value: Uint8Array): Promise<void>;
  /** Null where there is none. */
  readNote(partition: number, name: string): Promise<Uint8Array | null>;
}

/** One customer as it is to be. */
export interface Amendment {
  readonly partition: number;
  readonly next: number;
  readonly customerId: string;
  /** Null to remove. */
  readonly value: Uint8Array | null;
  /** Name and bytes, null to remove. */
  readonly pages: readonly (readonly [name: string, bytes: Uint8Array | null])[];
  /** Null for never. */
  readonly dueAtMs: number | null;
}

/** A store in which a partition is built that may take the place of the live one. Closing it closes nothing. */
export interface BesideStore extends StateStore {
  /**
   * Puts the partition as it lies here in place of the live one, outbox and offset too, in one step and under a fresh
   * owner token; here nothing is left of it. False, and nothing happens, where `owner` does not hold it here, or
   * `liveOwner`, where one is named, does not hold the live one.
   */
  adopt(partition: number, owner: string, liveOwner?: string): Promise<boolean>;
  /** Drops what lies here of a partition. */
  discard(partition: number): Promise<void>;
}

/** Turns a value into bytes for a topic and back. Unknown or broken bytes throw a `SerdeFault`. */
export interface Serde<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** The only source of wall time outside tests. It schedules and measures, it never decides a tier. */
export interface WallClock {
  nowMs(): number;
}

import type { MemoryLog } from '@strata/memory';
import type {
  AssignmentCause,
  GroupHandlers,
  GroupReader,
  GroupReaderSettings,
  LogBounds,
  RecordBatch,
  TopicPartition,
  TopicRecord,
} from '@strata/pipeline';
import { assert, isProgrammerFault, offsetOutOfRange, StrataError, tpKey } from '@strata/pipeline';
import { PositionCommitter } from './position-committer.ts';
import type { Joined, SimGroup } from './sim-group.ts';
import type { SimProcess } from './sim-process.ts';

/** One membership, from a join to the next. Whatever was begun under it stops when it is over. */
interface Tenure {
  readonly memberId: string;
  readonly generation: number;
  readonly inHand: Set<Promise<unknown>>;
  beatAtMs: number;
  /** A heartbeat has found out that the group goes on without this membership. */
  isLost: boolean;
  isOver: boolean;
}

interface Position extends TopicPartition {
  next: number;
  attempt: number;
}

interface Fetched {
  readonly records: readonly TopicRecord[];
  readonly nextOffset: number;
  readonly bounds: LogBounds;
}

interface Run {
  readonly settings: GroupReaderSettings;
  readonly handlers: GroupHandlers;
}

const BACK_OFF_MS_FIRST = 10;
const BACK_OFF_MS_MAX = 1_000;

/**
 * A member of a `SimGroup`, as the adapter on Kafka is one: every join voids everything, heartbeats go out only while
 * something moves, and a batch in hand learns of a loss by its own heartbeat.
 */
export class SimGroupReader implements GroupReader {
  readonly #process: SimProcess;
  readonly #group: SimGroup;
  readonly #log: MemoryLog;
  readonly #batchRecords: number;
  readonly #positions = new Map<string, Position>();
  readonly #committer: PositionCommitter;
  #run: Run | null = null;
  #memberId: string | null = null;
  #tenure: Tenure | null = null;
  #asking: Promise<void> = Promise.resolve();
  #isEnding = false;

  constructor(
    process: SimProcess,
    parts: { group: SimGroup; log: MemoryLog; batchRecords: number },
  ) {
    this.#process = process;
    this.#group = parts.group;
    this.#log = parts.log;
    this.#batchRecords = parts.batchRecords;
    this.#committer = new PositionCommitter(process, parts.group);
  }

  async start(settings: GroupReaderSettings, handlers: GroupHandlers): Promise<void> {
    assert(this.#run === null, 'a group reader starts once');
    for (const topic of settings.topics) this.#log.partitionCount(topic);
    this.#run = { settings, handlers };
    await this.#join();
  }

  reacquire(at: TopicPartition): void {
    const position = this.#positions.get(tpKey(at));
    if (position !== undefined && this.#tenure !== null) this.#reacquire(this.#tenure, position);
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    if (this.#tenure !== null) await Promise.allSettled(this.#tenure.inHand);
    await this.#committer.flush();
    this.#void();
    await this.#leave();
  }

  async #join(): Promise<void> {
    for (let attempt = 1; !this.#isEnding; attempt += 1) {
      this.#void();
      try {
        const { topics } = this.#running.settings;
        const memberId = this.#memberId;
        const joined = await this.#process.call('group', 'join', () =>
          this.#group.join(memberId, topics),
        );
        this.#memberId = joined.memberId;
        if (this.#isEnding) return await this.#leave();
        return this.#begin(joined);
      } catch (error) {
        if (isProgrammerFault(error)) throw error;
        await this.#process.sleep(this.#backOffMs(attempt));
      }
    }
  }

  #begin({ memberId, generation, partitions }: Joined): void {
    const beatAtMs = this.#nowMs;
    const tenure = { memberId, generation, inHand: new Set<Promise<unknown>>(), beatAtMs };
    this.#tenure = { ...tenure, isLost: false, isOver: false };
    this.#committer.begin({ memberId, generation });
    this.#beatLater(this.#tenure);
    this.#assign(this.#tenure, { partitions, cause: 'joined', attempt: 1 });
  }

  #void(): void {
    if (this.#tenure !== null) this.#tenure.isOver = true;
    this.#tenure = null;
    this.#positions.clear();
    this.#committer.begin(null);
  }

  async #leave(): Promise<void> {
    const memberId = this.#memberId;
    if (memberId === null) return;
    await this.#process
      .call('group', 'leave', () => this.#group.leave(memberId))
      .catch(() => undefined);
  }

  /** An idle member beats by itself; one with a batch in hand only when the batch says so. */
  #beatLater(tenure: Tenure): void {
    this.#process.alarm(this.#beatMs, () => {
      if (tenure.isOver || tenure.isLost) return;
      if (tenure.inHand.size === 0) void this.#beat(tenure);
      this.#beatLater(tenure);
    });
  }

  async #beat(tenure: Tenure): Promise<void> {
    if (tenure.isOver || tenure.isLost || this.#nowMs - tenure.beatAtMs < this.#beatMs) return;
    tenure.beatAtMs = this.#nowMs;
    const { memberId, generation } = tenure;
    try {
      const state = await this.#process.call('group', 'heartbeat', () =>
        this.#group.heartbeat(memberId, generation),
      );
      if (state === 'stable' || tenure.isOver || tenure.isLost) return;
      if (state === 'unknown') this.#memberId = null;
      tenure.isLost = true;
      void this.#joinAgain(tenure);
    } catch {
      // A heartbeat that got no answer is followed by the next.
    }
  }

  async #joinAgain(tenure: Tenure): Promise<void> {
    if (this.#isEnding) return;
    void this.#committer.flush();
    const isAtOnce = this.#process.world.chaos.strikes('rejoin at once');
    if (!isAtOnce) await Promise.allSettled(tenure.inHand);
    await this.#join();
  }

  /** Questions are put one after the other, so an answer never overtakes the one before it. */
  #assign(
    tenure: Tenure,
    question: {
      readonly partitions: readonly TopicPartition[];
      readonly cause: AssignmentCause;
      readonly attempt: number;
    },
  ): void {
    const { partitions, cause, attempt } = question;
    this.#asking = this.#asking.then(async () => {
      if (this.#isOver(tenure)) return;
      this.#process.world.tally.add(`assigned ${cause}`);
      try {
        const starts = await this.#starts(partitions, cause);
        if (this.#isOver(tenure)) return;
        for (const { topic, partition } of partitions) {
          const next = starts.get(tpKey({ topic, partition })) ?? 0;
          this.#open(tenure, { topic, partition, next, attempt: 1 });
        }
      } catch (error) {
        if (this.#isOver(tenure)) return;
        if (isProgrammerFault(error) || isFinal(error)) return this.#end(error);
        this.#later(attempt, () => this.#assign(tenure, { ...question, attempt: attempt + 1 }));
      }
    });
  }

  async #starts(
    partitions: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number>> {
    const answered = await this.#running.handlers.onAssigned(partitions, cause);
    const places = await this.#process.call('log', 'positions', () =>
      partitions.map((at) => ({
        at,
        committed: this.#group.committed(at),
        bounds: this.#boundsOf(at),
      })),
    );
    const starts = new Map<string, number>();
    for (const { at, committed, bounds } of places) {
      const offset = answered.get(tpKey(at)) ?? committed ?? bounds.start;
      if (offset < bounds.start || offset > bounds.end)
        throw offsetOutOfRange({ ...at, offset }, bounds);
      starts.set(tpKey(at), offset);
    }
    return starts;
  }

  #open(tenure: Tenure, position: Position): void {
    this.#positions.set(tpKey(position), position);
    void this.#consume(tenure, position);
  }

  async #consume(tenure: Tenure, position: Position): Promise<void> {
    while (this.#isCurrent(tenure, position)) {
      let fetched: Fetched;
      try {
        fetched = await this.#process.call('log', 'fetch', () => this.#fetch(tenure, position));
      } catch {
        await this.#process.sleep(this.#backOffMs(1));
        continue;
      }
      if (!this.#isCurrent(tenure, position)) return;
      const { start, end } = fetched.bounds;
      if (position.next < start || position.next > end) {
        return this.#end(offsetOutOfRange({ ...position, offset: position.next }, { start, end }));
      }
      // As kafkajs may while it finds its feet again: two handlers at once, with the same records.
      const isTwice = this.#process.world.chaos.strikes('batch twice');
      if (isTwice) void this.#work(tenure, position, fetched);
      if (!(await this.#work(tenure, position, fetched))) return;
    }
  }

  /** At the broker: answers when there is something. */
  async #fetch(tenure: Tenure, position: Position): Promise<Fetched> {
    const { random, chaos } = this.#process.world;
    const { next } = position;
    while (this.#boundsOf(position).end === next) {
      const isWanted = (): boolean => this.#isCurrent(tenure, position) && !this.#process.isDead;
      await this.#untilAppend(position, isWanted);
    }
    const bounds = this.#boundsOf(position);
    const isEarly = next > bounds.start && chaos.strikes('batch early');
    const from = isEarly ? random.between(bounds.start, next - 1) : next;
    const limit = this.#batchRecords + (isEarly ? next - from : 0);
    return { ...this.#log.slice(position, { from, to: bounds.end, limit }), bounds };
  }

  /** Never, where nobody wants to know any more. */
  #untilAppend(at: TopicPartition, isWanted: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const forget = this.#log.onAppend(at, () => {
        forget();
        if (isWanted()) resolve();
      });
    });
  }

  /** Answers whether to go on with the next batch. */
  async #work(tenure: Tenure, position: Position, fetched: Fetched): Promise<boolean> {
    const { topic, partition } = position;
    const batch: RecordBatch = {
      topic,
      partition,
      records: fetched.records,
      nextOffset: fetched.nextOffset,
      logEnd: fetched.bounds.end,
      heartbeat: async () => {
        this.#process.conduct.beats(partition);
        await this.#process.sleep(0);
        await this.#beat(tenure);
      },
      isOwned: () => !tenure.isLost && this.#isCurrent(tenure, position),
    };
    const ends = this.#process.conduct.batchBegins(partition, () => batch.isOwned());
    const outcome = await this.#handle(tenure, position, batch).finally(ends);
    // Whether a batch was finished after its assignment was void is not known: it comes again.
    if (!batch.isOwned()) return false;
    if (outcome === 'fault') {
      await this.#process.sleep(this.#backOffMs(position.attempt));
      position.attempt += 1;
      return true;
    }
    if (outcome === 'reacquire') {
      this.#reacquire(tenure, position);
      return false;
    }
    position.next = Math.max(position.next, fetched.nextOffset);
    position.attempt = 1;
    this.#committer.done(position, this.#running.settings.commitIntervalMs);
    return true;
  }

  #reacquire(tenure: Tenure, position: Position): void {
    const { topic, partition } = position;
    this.#positions.delete(tpKey(position));
    const partitions = [{ topic, partition }];
    this.#later(1, () => this.#assign(tenure, { partitions, cause: 'reacquired', attempt: 1 }));
  }

  async #handle(tenure: Tenure, position: Position, batch: RecordBatch) {
    const work = (async () => this.#running.handlers.onBatch(batch))();
    tenure.inHand.add(work);
    try {
      return await work;
    } catch (error) {
      if (isProgrammerFault(error)) this.#end(error);
      this.#process.world.tally.add(`batch failed: ${position.topic}`);
      return 'fault';
    } finally {
      tenure.inHand.delete(work);
    }
  }

  #end(error: unknown): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#void();
    void this.#leave();
    this.#running.handlers.onFatal(error);
  }

  #later(attempt: number, action: () => void): void {
    this.#process.alarm(this.#backOffMs(attempt), () => {
      if (!this.#isEnding) action();
    });
  }

  #backOffMs(attempt: number): number {
    const ceilingMs = Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS_FIRST * 2 ** (attempt - 1));
    return ceilingMs / 2 + this.#process.world.random.below(ceilingMs / 2 + 1);
  }

  #boundsOf(at: TopicPartition): LogBounds {
    const { start, end } = this.#log.partition(at);
    return { start, end };
  }

  #isOver(tenure: Tenure): boolean {
    return this.#isEnding || tenure.isOver;
  }

  #isCurrent(tenure: Tenure, position: Position): boolean {
    return !tenure.isOver && this.#positions.get(tpKey(position)) === position;
  }

  get #beatMs(): number {
    return this.#group.times.sessionMs / 4;
  }

  get #nowMs(): number {
    return this.#process.world.scheduler.nowMs;
  }

  get #running(): Run {
    assert(this.#run !== null, 'a group reader is started before it reads');
    return this.#run;
  }
}

/** Faults that no second try mends. */
function isFinal(error: unknown): boolean {
  return error instanceof StrataError && !error.isRetryable && error.code.startsWith('STRATA_LOG_');
}

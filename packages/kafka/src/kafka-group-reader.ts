import type {
  AssignmentCause,
  GroupHandlers,
  GroupReader,
  GroupReaderSettings,
  Logger,
  TopicPartition,
} from '@strata/pipeline';
import {
  assert,
  isProgrammerFault,
  offsetOutOfRange,
  StrataError,
  silentLogger,
  tpKey,
} from '@strata/pipeline';
import type { Consumer, EachBatchPayload, LogEntry, Offsets } from 'kafkajs';
import kafkajs from 'kafkajs';
import { backOffMs } from './back-off.ts';
import { HangWatch } from './hang-watch.ts';
import type { KafkaSettings } from './kafka-connection.ts';
import { clientConfig } from './kafka-connection.ts';
import { readFault, rootCause } from './kafka-fault.ts';
import { KafkaLogReader } from './kafka-log-reader.ts';
import { OffsetCommitter } from './offset-committer.ts';
import { OutOfRangeStop, stopAtSilentReset } from './silent-reset.ts';
import { startOffsets } from './start-offsets.ts';
import { toRecordBatch } from './to-record-batch.ts';

/** Limits of one member. Each has a default that fits batches of at most a second of work. */
export interface KafkaGroupReaderOptions {
  readonly logger?: Logger;
  readonly sessionTimeoutMs?: number;
  readonly heartbeatIntervalMs?: number;
  readonly rebalanceTimeoutMs?: number;
  /** How long a fetch waits for records; also how late an idle member sees a resume. */
  readonly fetchWaitMs?: number;
  readonly partitionBytes?: number;
  readonly fetchBytes?: number;
  /** How long nothing may go on while records wait, before the member ends. Above the rebalance timeout and the longest send. */
  readonly hangMs?: number;
}

const ASSIGNMENT = 'the assignment';

interface Run {
  readonly settings: GroupReaderSettings;
  readonly handlers: GroupHandlers;
  readonly consumer: Consumer;
  readonly committer: OffsetCommitter;
}

/** Where a partition stands under the present assignment. Another object for it means another ownership. */
interface Position extends TopicPartition {
  next: number;
  attempt: number;
}

/**
 * `GroupReader` on kafkajs. Every join voids everything: all partitions are paused before the first fetch, each
 * starts where `onAssigned` says, and answers that come after the next join are dropped.
 */
export class KafkaGroupReader implements GroupReader {
  readonly #kafka: KafkaSettings;
  readonly #options: KafkaGroupReaderOptions;
  readonly #logger: Logger;
  readonly #log: KafkaLogReader;
  readonly #positions = new Map<string, Position>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #inHand = new Set<Promise<void>>();
  readonly #watch: HangWatch;
  #questions = 0;
  #run: Run | undefined;
  #join = 0;
  #asking: Promise<void> = Promise.resolve();
  #isEnding = false;

  constructor(settings: KafkaSettings, options: KafkaGroupReaderOptions = {}) {
    this.#kafka = settings;
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#log = new KafkaLogReader(settings, { logger: this.#logger });
    this.#watch = new HangWatch(options.hangMs ?? 300_000, this.#logger);
  }

  async start(settings: GroupReaderSettings, handlers: GroupHandlers): Promise<void> {
    assert(this.#run === undefined, 'a group reader starts once');
    const positionOf = (at: TopicPartition) => this.#positions.get(tpKey(at))?.next ?? 0;
    const onEntry = (entry: LogEntry) => stopAtSilentReset(entry, positionOf);
    // Members that share one kafkajs client share its cache of positions: each has a client of its own.
    const client = new kafkajs.Kafka(clientConfig(this.#kafka, this.#logger, onEntry));
    const consumer = client.consumer(this.#consumerConfig(settings.groupId));
    const committer = new OffsetCommitter(settings.commitIntervalMs, this.#logger);
    this.#run = { settings, handlers, consumer, committer };
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#onJoin(payload.memberAssignment);
    });
    consumer.on(consumer.events.REBALANCING, () => void committer.flush());
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.#onCrash(payload.error, payload.restart);
    });
    try {
      const counts = await Promise.all(
        settings.topics.map((name) => this.#log.partitionCount(name)),
      );
      await consumer.connect();
      await consumer.subscribe({ topics: [...settings.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: counts.reduce((sum, count) => sum + count, 0),
        eachBatch: async (payload) => this.#onBatch(payload),
      });
    } catch (error) {
      throw readFault(error, settings.topics.join(', '), 'start to consume');
    }
    this.#watch.start({
      pending: () => this.#pending(),
      isReal: (name) => this.#hasRecords(name),
      onHang: (fault) => this.#end(fault),
    });
  }

  reacquire({ topic, partition }: TopicPartition): void {
    const key = tpKey({ topic, partition });
    if (!this.#positions.has(key) || this.#isEnding) return;
    this.#pause([{ topic, partition }]);
    this.#positions.delete(key);
    this.#later(1, () => this.#assign([{ topic, partition }], 'reacquired'));
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    this.#watch.stop();
    this.#clearTimers();
    await Promise.allSettled(this.#inHand);
    await this.#run?.committer.close();
    this.#void();
    await this.#run?.consumer.disconnect();
    await this.#log.close();
  }

  #consumerConfig(groupId: string) {
    const options = this.#options;
    const sessionTimeout = options.sessionTimeoutMs ?? 15_000;
    return {
      groupId,
      allowAutoTopicCreation: false,
      sessionTimeout,
      // Three may be late before the group gives a member up, however short its session is.
      heartbeatInterval: options.heartbeatIntervalMs ?? Math.min(1_000, sessionTimeout / 3),
      rebalanceTimeout: options.rebalanceTimeoutMs ?? 60_000,
      maxWaitTimeInMs: options.fetchWaitMs ?? 250,
      minBytes: 1,
      maxBytesPerPartition: options.partitionBytes ?? 1_048_576,
      maxBytes: options.fetchBytes ?? 10_485_760,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        retries: 8,
        restartOnFailure: async () => !this.#isEnding,
      },
    };
  }

  /** Runs before the first fetch under the new assignment, and must not give way before all is paused. */
  #onJoin(assignment: Readonly<Record<string, number[]>>): void {
    this.#void();
    const assigned = Object.entries(assignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    this.#pause(assigned);
    this.#logger.info(
      { component: 'group reader', partitions: assigned.length, join: this.#join },
      'joined the group',
    );
    this.#assign(assigned, 'joined');
  }

  #void(): void {
    this.#join += 1;
    this.#positions.clear();
    this.#clearTimers();
    this.#run?.committer.forget();
  }

  /** Questions are put one after the other, so an answer never overtakes the one before it. */
  #assign(partitions: readonly TopicPartition[], cause: AssignmentCause, attempt = 1): void {
    const join = this.#join;
    this.#asking = this.#asking.then(async () => {
      if (this.#isOver(join)) return;
      this.#questions += 1;
      try {
        const { handlers, settings } = this.#running();
        const answered = await handlers.onAssigned(partitions, cause);
        const asked = { partitions, answered, groupId: settings.groupId };
        const starts = await startOffsets(this.#log, asked);
        if (!this.#isOver(join)) this.#open(partitions, starts);
      } catch (error) {
        if (this.#isOver(join)) return;
        if (isProgrammerFault(error) || isFinal(error)) return this.#end(error);
        this.#warn(error, 'could not take partitions over, trying again');
        this.#later(attempt, () => this.#assign(partitions, cause, attempt + 1));
      } finally {
        this.#questions -= 1;
        this.#watch.alive(ASSIGNMENT);
      }
    });
  }

  /** What is halted stays paused, as the join has left it, and has no position. */
  #open(partitions: readonly TopicPartition[], starts: ReadonlyMap<string, number | null>): void {
    for (const { topic, partition } of partitions) {
      const key = tpKey({ topic, partition });
      const next = starts.get(key) ?? null;
      if (next === null) continue;
      const position = { topic, partition, next, attempt: 1 };
      this.#positions.set(key, position);
      this.#goOn(position);
    }
  }

  async #pending(): Promise<readonly string[]> {
    const pending = this.#questions > 0 ? [ASSIGNMENT] : [];
    for (const topic of this.#running().settings.topics) {
      const bounds = await this.#log.bounds(topic);
      for (const [key, at] of this.#positions) {
        if (at.topic === topic && (bounds[at.partition]?.end ?? 0) > at.next) pending.push(key);
      }
    }
    return pending;
  }

  async #hasRecords(name: string): Promise<boolean> {
    const position = this.#positions.get(name);
    if (position === undefined) return name === ASSIGNMENT;
    const tail = (await this.#log.tails([position])).get(name) ?? null;
    return tail !== null && tail.offset >= position.next;
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const position = this.#positions.get(tpKey(payload.batch));
    // A fetch of an earlier assignment may still arrive: without a position nothing is handed out.
    if (position === undefined || this.#isEnding) return;
    const work = this.#work(payload, position);
    const inHand = work.then(
      () => undefined,
      () => undefined,
    );
    this.#inHand.add(inHand);
    try {
      await work;
    } finally {
      this.#inHand.delete(inHand);
      this.#watch.alive(tpKey(position));
    }
  }

  async #work(payload: EachBatchPayload, position: Position): Promise<void> {
    const { batch } = payload;
    if (Number(batch.firstOffset() ?? position.next) !== position.next) {
      const isInside = await this.#isInsideLog(position);
      if (!isInside || !this.#isCurrent(position)) return;
    }
    const loss: { error?: Error } = {};
    const isOwned = (): boolean => loss.error === undefined && this.#isCurrent(position);
    const onHeartbeat = (): void => this.#watch.alive(tpKey(position));
    const records = toRecordBatch(payload, { from: position.next, isOwned, onHeartbeat, loss });
    if (records.nextOffset <= position.next) return this.#goOn(position);
    if (records.records.length > 0) {
      const outcome = await this.#handle(records, position);
      // Whether a batch was finished after its assignment was void is not known: it comes again.
      if (loss.error !== undefined) throw loss.error;
      if (!isOwned() || outcome === 'fault') return;
      if (outcome === 'reacquire') return this.reacquire(position);
    }
    // A second batch that was given out while the first was in hand ends where the first has been already.
    position.next = Math.max(position.next, records.nextOffset);
    position.attempt = 1;
    payload.resolveOffset(batch.lastOffset());
    const commit = (offsets: Offsets) => payload.commitOffsetsIfNecessary(offsets);
    await this.#running().committer.done(position, commit);
  }

  async #handle(
    batch: Parameters<GroupHandlers['onBatch']>[0],
    position: Position,
  ): Promise<'done' | 'reacquire' | 'fault'> {
    try {
      return await this.#running().handlers.onBatch(batch);
    } catch (error) {
      if (isProgrammerFault(error)) this.#end(error);
      else if (this.#isCurrent(position)) {
        this.#warn(error, 'a batch failed and comes again');
        // Not given to kafkajs: its own back-off would stop the heartbeats and every other partition.
        this.#pause([position]);
        this.#later(position.attempt, () => this.#isCurrent(position) && this.#goOn(position));
        position.attempt += 1;
      }
      return 'fault';
    }
  }

  /** A jump of offsets is a gap of the log, or kafkajs has started somewhere else on its own. */
  async #isInsideLog(position: Position): Promise<boolean> {
    const { topic, partition, next } = position;
    const { start, end } = (await this.#log.bounds(topic))[partition] ?? { start: 0, end: 0 };
    if (next >= start && next <= end) return true;
    this.#end(offsetOutOfRange({ topic, partition, offset: next }, { start, end }));
    return false;
  }

  #goOn({ topic, partition, next }: Position): void {
    const { consumer } = this.#running();
    try {
      consumer.seek({ topic, partition, offset: String(next) });
      consumer.resume([{ topic, partitions: [partition] }]);
    } catch (error) {
      // kafkajs is between a crash and its restart: the next join asks for everything anew.
      this.#warn(error, 'could not go on with a partition before the next join');
    }
  }

  #pause(partitions: readonly TopicPartition[]): void {
    const { consumer } = this.#running();
    for (const { topic, partition } of partitions)
      consumer.pause([{ topic, partitions: [partition] }]);
  }

  #onCrash(error: Error, isRestarting: boolean): void {
    this.#void();
    if (isRestarting || this.#isEnding) return this.#warn(error, 'the consumer starts again');
    const root = rootCause(error);
    if (root instanceof OutOfRangeStop) void this.#endOutOfRange(root);
    else if (root instanceof StrataError || isProgrammerFault(root)) this.#end(root);
    else {
      const message = `The consumer has stopped for good: ${String(root)}. Start the process again; if it stops again, look at what it says first.`;
      this.#end(new StrataError('STRATA_KAFKA_CONSUMER_CRASHED', message, { cause: error }));
    }
  }

  async #endOutOfRange(stop: OutOfRangeStop): Promise<void> {
    try {
      const { topic, partition, offset } = stop;
      const bounds = (await this.#log.bounds(topic))[partition];
      this.#end(offsetOutOfRange({ topic, partition, offset }, bounds ?? { start: 0, end: 0 }));
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#watch.stop();
    this.#void();
    // Leaves the group, so that others take over while this process ends.
    void this.#run?.consumer.disconnect().catch((failure: unknown) => {
      this.#warn(failure, 'could not leave the group');
    });
    this.#running().handlers.onFatal(error);
  }

  #later(attempt: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isEnding) action();
    }, backOffMs(attempt));
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #isOver(join: number): boolean {
    return this.#isEnding || join !== this.#join;
  }

  #isCurrent(position: Position): boolean {
    return this.#positions.get(tpKey(position)) === position;
  }

  #running(): Run {
    assert(this.#run !== undefined, 'a group reader is started before it reads');
    return this.#run;
  }

  #warn(error: unknown, message: string): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#logger.warn({ component: 'group reader', reason }, message);
  }
}

/** Faults that no second try mends. */
function isFinal(error: unknown): boolean {
  return error instanceof StrataError && !error.isRetryable && error.code.startsWith('STRATA_LOG_');
}

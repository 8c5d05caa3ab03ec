import { TOPICS } from '@strata/contracts';
import {
  type AssignmentCause,
  type BatchOutcome,
  type GroupHandlers,
  type Logger,
  type LogReader,
  type ReadingLag,
  ReadingPlaces,
  type RecordBatch,
  SerdeFault,
  type TopicPartition,
  type TopicRecord,
  tpKey,
  type WallClock,
} from '@strata/pipeline';
import type { ChangeTail } from '../api/changes/change-tail.ts';
import type { ConsoleMetrics } from '../metrics.ts';
import { BOARD_TOPICS, type TierBoard } from './tier-board.ts';

/**
 * From the topics into the board. The positions are the process's own, in memory beside the board:
 * what is read twice after a rebalance is dropped, and a new process reads from the start.
 */
export class BoardReader implements GroupHandlers {
  readonly #board: TierBoard;
  readonly #tail: ChangeTail;
  readonly #log: LogReader;
  readonly #logger: Logger;
  readonly #metrics: ConsoleMetrics;
  readonly #onChange: () => void;
  readonly #onFatal: (error: unknown) => void;
  readonly #clock: WallClock;
  readonly #places = new ReadingPlaces();
  readonly #next = new Map<string, number>();
  /**
   * Where each partition ended when it was assigned first; until then the picture is one of the
   * past.
   */
  readonly #awaited = new Map<string, number>();
  #isAssigned = false;
  #unreadable = 0;

  constructor(options: {
    board: TierBoard;
    /** Of the tier changes, for streams. */
    tail: ChangeTail;
    log: LogReader;
    clock: WallClock;
    logger: Logger;
    metrics: ConsoleMetrics;
    onChange: () => void;
    onFatal: (error: unknown) => void;
  }) {
    this.#board = options.board;
    this.#tail = options.tail;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#metrics = options.metrics;
    this.#onChange = options.onChange;
    this.#onFatal = options.onFatal;
  }

  async onAssigned(
    assigned: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number>> {
    const starts = new Map<string, number>();
    for (const topic of new Set(assigned.map((place) => place.topic))) {
      const bounds = await this.#log.bounds(topic);
      for (const place of assigned.filter((each) => each.topic === topic)) {
        const { start, end } = bounds[place.partition] ?? { start: 0, end: 0 };
        const key = tpKey(place);
        const next = Math.max(this.#next.get(key) ?? start, start);
        starts.set(key, next);
        if (topic === TOPICS.tierChanges) this.#tail.assigned(place.partition, next);
        if (!this.#isAssigned && end > next) this.#awaited.set(key, end);
      }
    }
    if (cause === 'joined') this.#places.joined(assigned, starts);
    else this.#places.reacquired(assigned, starts);
    this.#isAssigned = true;
    this.#onChange();
    return starts;
  }

  async onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    this.#places.began(batch, this.#clock.nowMs(), true);
    await this.#board.prepare(batch.topic, batch.records);
    for (const record of batch.records) this.#apply(record);
    if (batch.topic === TOPICS.tierChanges) this.#tail.note(batch);
    const key = tpKey(batch);
    this.#next.set(key, batch.nextOffset);
    if (batch.nextOffset >= (this.#awaited.get(key) ?? 0)) this.#awaited.delete(key);
    this.#places.done(batch);
    await batch.heartbeat();
    this.#onChange();
    return 'done';
  }

  onFatal(error: unknown): void {
    this.#onFatal(error);
  }

  isCatchingUp(): boolean {
    return !this.#isAssigned || this.#awaited.size > 0;
  }

  /** How far the page is behind its topics. */
  lags(): readonly ReadingLag[] {
    return this.#places.lags(this.#clock.nowMs());
  }

  /** Asks the topics where they end: no batch tells of a partition of which nothing comes. */
  lookAtTopics(groupId: string): Promise<void> {
    const topics = [...BOARD_TOPICS];
    return this.#places.lookAt(this.#log, { groupId, topics }, () => this.#clock.nowMs());
  }

  /** How far each partition of a topic was read: the next offset. */
  positions(topic: string): ReadonlyMap<number, number> {
    const places = [...this.#next].filter(([key]) => key.startsWith(`${topic}:`));
    return new Map(
      places
        .map(([key, next]) => [Number(key.slice(topic.length + 1)), next] as const)
        .toSorted(([a], [b]) => a - b),
    );
  }

  reasons(): string[] {
    if (!this.#isAssigned) return ['The topics have not been assigned to this console yet.'];
    if (this.#awaited.size > 0) {
      return [`The console is still reading ${this.#awaited.size} partitions from their start.`];
    }
    return [];
  }

  unreadable(): number {
    return this.#unreadable;
  }

  /** A picture with one record missing is better than none; the count says that it is missing. */
  #apply(record: TopicRecord): void {
    try {
      const outcome = this.#board.apply(record) ? 'applied' : 'repeat';
      this.#metrics.records.inc({ topic: record.topic, outcome });
    } catch (error) {
      if (!(error instanceof SerdeFault)) throw error;
      this.#unreadable += 1;
      this.#metrics.records.inc({ topic: record.topic, outcome: 'unreadable' });
      const { topic, partition, offset } = record;
      this.#logger.warn(
        { topic, partition, offset, reason: error.reason },
        'A record cannot be read and is missing from the page; deploy the schemas of its writer',
      );
    }
  }
}

import { type TierChangeEvent, tierChangeFromWire } from '@strata/contracts';
import {
  type AssignmentCause,
  type BatchOutcome,
  type DeliveryJob,
  type DeliveryPosition,
  freshnessOf,
  type GroupHandlers,
  type OutputNumber,
  outputNumberOf,
  type ReadingLag,
  type ReadingPlaces,
  type RecordBatch,
  SerdeFault,
  type TopicPartition,
  type TopicRecord,
  tpKey,
} from '@strata/pipeline';
import { Backlogs, type ReadingPlace } from './backlogs.ts';
import { ErasedSince } from './erased-since.ts';
import type { NotifierMetrics } from './metrics.ts';
import { NotifierFault } from './notifier-fault.ts';
import { PartitionTurns } from './partition-turns.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import { buildDeliveries } from './steps/build-deliveries.ts';
import { matchSubscriptions } from './steps/match-subscriptions.ts';
import { type ReadingWatch, readChanges } from './steps/read-changes.ts';
import type { Subscription } from './subscription.ts';
import { endpointGroup } from './watermarks.ts';

/** Records turned into jobs before the position moves: what a crash makes the queue see again. */
const CHUNK_RECORDS = 200;
/** Far more than the relay of a scorer that was late can have had under way. */
const REPEATS_MAX = 10_000;

/**
 * From the topic into the queue. Jobs are added first, the position is stored second, and the next
 * start is at the stored position: a crash in between adds the same job ids again, which the queue
 * ignores. Endpoints that take no more for now are passed over and get a backlog.
 */
export class TierChangeEnqueuer implements GroupHandlers {
  readonly #ports: NotifierPorts;
  readonly #settings: NotifierSettings;
  readonly #metrics: NotifierMetrics;
  /** What the queue has stored, as far as this process knows. Null: nothing yet. */
  readonly #positions = new Map<number, DeliveryPosition | null>();
  readonly backlogs: Backlogs;
  readonly erased: ErasedSince;
  readonly turns = new PartitionTurns();
  readonly watch: ReadingWatch;
  /** Partitions with a batch in hand. */
  readonly #inHand = new Set<number>();
  readonly #places: ReadingPlaces;
  readonly #troubles = new Map<number, string>();
  #isAssigned = false;

  constructor(options: {
    ports: NotifierPorts;
    settings: NotifierSettings;
    metrics: NotifierMetrics;
    places: ReadingPlaces;
  }) {
    this.#places = options.places;
    this.#ports = options.ports;
    this.#settings = options.settings;
    this.#metrics = options.metrics;
    this.backlogs = new Backlogs(this.#ports.queue);
    this.erased = new ErasedSince(this.#ports.log, this.#settings.topic);
    this.watch = {
      repeat: () => this.#metrics.tierChanges.inc({ outcome: 'repeat' }),
      gap: (record, missing) => this.#tellGap(record, missing),
    };
  }

  async onAssigned(
    assigned: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number>> {
    if (cause === 'joined') {
      this.#positions.clear();
      this.backlogs.forgetAll();
      this.erased.forgetAll();
      this.#troubles.clear();
    }
    const positions = await Promise.all(
      assigned.map(({ partition }) => this.#ports.queue.position(partition)),
    );
    await this.backlogs.load(assigned.map(({ partition }) => partition));
    // Read behind the positions: a notifier that is still leaving moves them along with the end.
    const bounds = await this.#ports.log.bounds(this.#settings.topic);
    const starts = new Map<string, number>();
    for (const [index, place] of assigned.entries()) {
      const { start, end } = bounds[place.partition] ?? { start: 0, end: 0 };
      const position = positions[index] ?? (await this.#afterLoss(place, { start, end }));
      const offset = position?.offset ?? start;
      if (offset > end) await this.#requireWithin(place, offset);
      if (offset < start) this.#tellLost(place, start - offset);
      this.#positions.set(place.partition, position);
      starts.set(tpKey(place), Math.max(offset, start));
    }
    if (cause === 'joined') this.#places.joined(assigned, starts);
    else this.#places.reacquired(assigned, starts);
    this.#metrics.rebalances.inc({ cause });
    this.#isAssigned = true;
    return starts;
  }

  /**
   * Where to go on in a partition of which the queue's store knows nothing; null for its beginning. After a loss of that
   * store the broker still knows how far the reader was, and for each endpoint how far everything was finished: from
   * there on it is the endpoint's backlog.
   */
  async #afterLoss(
    place: TopicPartition,
    { start, end }: { readonly start: number; readonly end: number },
  ): Promise<DeliveryPosition | null> {
    const { partition } = place;
    const { queue } = this.#ports;
    const common = await this.#committed(this.#settings.groupId, place);
    if (common === null || common <= start || common > end) return null;
    for (const id of this.#settings.subscriptions.current().keys()) {
      const finished = await this.#committed(endpointGroup(this.#settings.groupId, id), place);
      const offset = Math.max(finished ?? start, start);
      if (offset >= common || this.backlogs.of(id, partition) !== null) continue;
      await this.backlogs.store(id, partition, { place: { offset, number: null } });
    }
    const number = await this.#highestNumber(place, { start, end: common });
    const position = { ...number, offset: common };
    const condition = { before: null, lastJobs: [], notes: this.backlogs.notesOf(partition) };
    // Refused where somebody else was faster, or the store was lost once more: then what it holds now is looked at.
    if (!(await queue.storePosition(partition, position, condition))) {
      await this.backlogs.load([partition]);
      return (await queue.position(partition)) ?? (await this.#afterLoss(place, { start, end }));
    }
    const fields = { partition, offset: common };
    this.#ports.logger.warn(fields, 'The queue’s store was lost; what was pending is queued anew');
    return position;
  }

  /** Of the records before `end`. The very last one may be a repeat, sent by a scorer that was late. */
  async #highestNumber(
    place: TopicPartition,
    { start, end }: { readonly start: number; readonly end: number },
  ): Promise<OutputNumber> {
    let highest: OutputNumber = { epoch: 0, seq: 0 };
    const from = Math.max(start, end - REPEATS_MAX);
    for await (const records of this.#ports.log.read({ ...place, offset: from }, end)) {
      for (const record of records) {
        const number = outputNumberOf(record);
        if (freshnessOf(highest, number) !== 'repeat') highest = number;
      }
    }
    return highest;
  }

  async #committed(groupId: string, place: TopicPartition): Promise<number | null> {
    const committed = await this.#ports.log.committed(groupId, [place.topic]);
    return committed.get(tpKey(place)) ?? null;
  }

  async onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    const { partition } = batch;
    this.#inHand.add(partition);
    this.#places.began(batch, this.#ports.clock.nowMs(), true);
    try {
      if (!(await this.#holdsPosition(partition))) return 'reacquire';
      await this.#ports.serde.prepare(batch.records.map(({ value }) => value));
      // Whoever subscribed before these were appended gets them, however shortly before.
      await this.#settings.subscriptions.catchUp?.();
      for (let from = 0; from < batch.records.length; from += CHUNK_RECORDS) {
        if (!batch.isOwned()) return 'done';
        const chunk = batch.records.slice(from, from + CHUNK_RECORDS);
        const isStored = await this.turns.take(partition, () => this.#enqueue(partition, chunk));
        if (!isStored) return 'reacquire';
        await batch.heartbeat();
      }
    } catch (error) {
      this.#troubles.set(partition, troubleOf(batch, error));
      throw error;
    } finally {
      this.#inHand.delete(partition);
    }
    this.#troubles.delete(partition);
    this.#places.done(batch);
    return 'done';
  }

  onFatal(error: unknown): void {
    this.#ports.onFatal(error);
  }

  /** Why tier changes are not flowing, in sentences. */
  reasons(): string[] {
    if (!this.#isAssigned) return ['The consumer group has not assigned any partition yet.'];
    return [...this.#troubles.values()];
  }

  /** Null where it is not known of some partition. */
  lagRecords(): number | null {
    return this.lags().reduce<number | null>((sum, { lag }) => {
      return sum === null || lag === null ? null : sum + lag.records;
    }, 0);
  }

  lags(): readonly ReadingLag[] {
    return this.#places.lags(this.#ports.clock.nowMs());
  }

  /** Asks the topic where the partitions end: no batch tells of one of which nothing comes. */
  lookAtTopic(): Promise<void> {
    const { log, clock } = this.#ports;
    const { groupId, topic } = this.#settings;
    return this.#places.lookAt(log, { groupId, topics: [topic] }, () => clock.nowMs());
  }

  /** Those that were assigned. */
  partitions(): readonly number[] {
    return [...this.#positions.keys()];
  }

  /** Whether the queue has lost, of a partition that is silent, what this process stored. It then forgets it, too. */
  async hasLost(partition: number): Promise<boolean> {
    const known = this.#positions.get(partition);
    const isSilent = (): boolean =>
      known !== undefined &&
      this.#positions.get(partition) === known &&
      !this.#inHand.has(partition);
    if (!isSilent() || (await this.#holdsPosition(partition)) || !isSilent()) return false;
    this.#positions.delete(partition);
    return true;
  }

  /**
   * Another owner moves the stored position on; a queue that lost its last writes sets it back.
   * Both mean: ask again.
   */
  async #holdsPosition(partition: number): Promise<boolean> {
    const stored = await this.#ports.queue.position(partition);
    const known = this.#positions.get(partition) ?? null;
    if (stored?.offset === known?.offset && stored?.seq === known?.seq) return true;
    this.#metrics.reacquired.inc();
    this.#ports.logger.warn(
      { partition, expected: known?.offset ?? -1, found: stored?.offset ?? -1 },
      'The stored position is not the one this process left; going on from the stored one',
    );
    return false;
  }

  /** False: the queue no longer holds what was in it, so everything since is added again. */
  async #enqueue(partition: number, records: readonly TopicRecord[]): Promise<boolean> {
    const before = this.#positions.get(partition) ?? null;
    const [first] = records;
    if (first === undefined) return true;
    const from: ReadingPlace = { offset: first.offset, number: before };
    const takers = await this.#takers(partition, from);
    const read = readChanges(records, from, {
      decode: (value) => this.decode(value),
      deliveriesOf: (change, record) => this.#deliveriesOf(change, record, takers),
      watch: this.watch,
    });
    for (const { customerId, offset } of read.erased) {
      this.erased.note(partition, customerId, offset);
      await this.removeAbout(customerId);
    }
    if (read.jobs.length > 0) await this.#ports.queue.add(read.jobs);
    await this.#settings.at?.('after-enqueue');
    this.#metrics.jobs.inc(read.jobs.length);
    const { number } = read.place;
    // A batch may begin, and end, before what was stored: kafkajs gives one again while it finds its feet.
    const offset = Math.max(read.place.offset, before?.offset ?? 0);
    if (number !== null && offset !== before?.offset) {
      const position: DeliveryPosition = { offset, epoch: number.epoch, seq: number.seq };
      const notes = this.backlogs.notesOf(partition);
      const condition = { before, lastJobs: lastOfEach(read.jobs), notes };
      if (!(await this.#ports.queue.storePosition(partition, position, condition))) {
        this.#metrics.reacquired.inc();
        return false;
      }
      this.#positions.set(partition, position);
    }
    if (read.fault !== null) throw read.fault;
    return true;
  }

  /** Who takes more now. Whoever does not is passed over from here on, and has a backlog. */
  async #takers(partition: number, from: ReadingPlace): Promise<Map<string, Subscription>> {
    const subscriptions = [...this.#settings.subscriptions.current().values()];
    const pending = await this.#ports.queue.pending(subscriptions.map(({ id }) => id));
    const takers = new Map<string, Subscription>();
    for (const subscription of subscriptions) {
      const { id, standing } = subscription;
      if (this.backlogs.of(id, partition) !== null) continue;
      if (standing === 'active' && (pending.get(id) ?? 0) < this.#settings.pendingMax) {
        takers.set(id, subscription);
        continue;
      }
      // Refused where somebody else has moved it: then that is known now, or it is gone and stored once more.
      while (this.backlogs.of(id, partition) === null) {
        if (await this.backlogs.store(id, partition, { place: from })) break;
      }
    }
    return takers;
  }

  /** Their changes lie before this in the topic, so that all that was ever queued of them is in the queue. */
  async removeAbout(customerId: string): Promise<void> {
    const deliveries = await this.#ports.queue.removeAbout(customerId);
    this.#metrics.tierChanges.inc({ outcome: 'erased' });
    this.#ports.logger.info({ deliveries }, 'Removed the deliveries of an erased customer');
  }

  decode(value: Uint8Array): TierChangeEvent {
    return tierChangeFromWire(this.#ports.serde.decode(value));
  }

  /** How far the common reader is; null where nothing was read yet. */
  positionOf(partition: number): DeliveryPosition | null {
    return this.#positions.get(partition) ?? null;
  }

  #deliveriesOf(
    change: TierChangeEvent,
    record: TopicRecord,
    takers: ReadonlyMap<string, Subscription>,
  ): DeliveryJob[] {
    const matched = matchSubscriptions(takers, change).filter(
      ({ activeFromMs }) => record.appendedAt >= activeFromMs,
    );
    this.#metrics.tierChanges.inc({ outcome: matched.length > 0 ? 'matched' : 'unmatched' });
    return buildDeliveries(change, matched, { record, replayId: null });
  }

  #tellGap({ partition, offset }: TopicRecord, missing: number): void {
    this.#metrics.gaps.inc();
    this.#ports.logger.error(
      { partition, offset, missing },
      'Tier changes are missing from the topic: their numbers were skipped',
    );
  }

  #tellLost({ partition }: TopicPartition, records: number): void {
    this.#metrics.gaps.inc();
    this.#ports.logger.error(
      { partition, records },
      'The topic no longer keeps what was not delivered yet; raise its retention',
    );
  }

  /** After a loss of the store the position may have come behind the bounds: so they are asked once more. */
  async #requireWithin(place: TopicPartition, offset: number): Promise<void> {
    const bounds = await this.#ports.log.bounds(this.#settings.topic);
    const end = bounds[place.partition]?.end ?? 0;
    if (offset <= end) return;
    const fault = new NotifierFault(
      'STRATA_NOTIFIER_POSITION',
      `The stored position ${offset} of ${tpKey(place)} lies beyond the topic's end ${end}: the topic ` +
        'lost records or is another one. Restore the topic, or give the notifier a fresh queue store.',
    );
    this.#ports.onFatal(fault);
    throw fault;
  }
}

function lastOfEach(jobs: readonly DeliveryJob[]): DeliveryJob[] {
  return [...new Map(jobs.map((job) => [job.endpoint, job])).values()];
}

function troubleOf({ topic, partition }: RecordBatch, error: unknown): string {
  const place = `${topic} partition ${partition}`;
  if (error instanceof SerdeFault) {
    return `A record of ${place} cannot be read (${error.reason}): deploy the schemas that its writer uses.`;
  }
  return `Tier changes of ${place} cannot be queued; is the queue's Redis reachable?`;
}

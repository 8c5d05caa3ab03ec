import { retiredReasonOf, tierChangeFromWire } from '@strata/contracts';
import {
  type AssignmentCause,
  type BatchOutcome,
  type DeliveryJob,
  type DeliveryPosition,
  freshnessOf,
  type GroupHandlers,
  outputNumberOf,
  type RecordBatch,
  SerdeFault,
  type TopicPartition,
  type TopicRecord,
  tpKey,
} from '@strata/pipeline';
import type { NotifierMetrics } from './metrics.ts';
import { NotifierFault } from './notifier-fault.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import { buildDeliveries } from './steps/build-deliveries.ts';
import { matchSubscriptions } from './steps/match-subscriptions.ts';

/** Records turned into jobs before the position moves: what a crash makes the queue see again. */
const CHUNK_RECORDS = 200;

/**
 * From the topic into the queue. Jobs are added first, the position is stored second, and the next
 * start is at the stored position: a crash in between adds the same job ids again, which the queue
 * ignores.
 */
export class TierChangeEnqueuer implements GroupHandlers {
  readonly #ports: NotifierPorts;
  readonly #settings: NotifierSettings;
  readonly #metrics: NotifierMetrics;
  /** What the queue has stored, as far as this process knows. Null: nothing yet. */
  readonly #positions = new Map<number, DeliveryPosition | null>();
  /** Partitions with a batch in hand. */
  readonly #inHand = new Set<number>();
  readonly #lag = new Map<number, number>();
  readonly #troubles = new Map<number, string>();
  #isAssigned = false;

  constructor(options: {
    ports: NotifierPorts;
    settings: NotifierSettings;
    metrics: NotifierMetrics;
  }) {
    this.#ports = options.ports;
    this.#settings = options.settings;
    this.#metrics = options.metrics;
  }

  async onAssigned(
    assigned: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number>> {
    if (cause === 'joined') {
      this.#positions.clear();
      this.#lag.clear();
      this.#troubles.clear();
      this.#metrics.lag.reset();
    }
    const positions = await Promise.all(
      assigned.map(({ partition }) => this.#ports.queue.position(partition)),
    );
    // Read behind the positions: a notifier that is still leaving moves them along with the end.
    const bounds = await this.#ports.log.bounds(this.#settings.topic);
    const starts = new Map<string, number>();
    for (const [index, place] of assigned.entries()) {
      const position = positions[index] ?? null;
      const { start, end } = bounds[place.partition] ?? { start: 0, end: 0 };
      const offset = position?.offset ?? start;
      if (offset > end) this.#refusePosition(place, { offset, end });
      if (offset < start) this.#tellLost(place, start - offset);
      this.#positions.set(place.partition, position);
      starts.set(tpKey(place), Math.max(offset, start));
    }
    this.#isAssigned = true;
    return starts;
  }

  async onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    const { partition } = batch;
    this.#inHand.add(partition);
    try {
      if (!(await this.#holdsPosition(partition))) return 'reacquire';
      await this.#ports.serde.prepare(batch.records.map(({ value }) => value));
      // Whoever subscribed before these were appended gets them, however shortly before.
      await this.#settings.subscriptions.catchUp?.();
      for (let from = 0; from < batch.records.length; from += CHUNK_RECORDS) {
        if (!batch.isOwned()) return 'done';
        const chunk = batch.records.slice(from, from + CHUNK_RECORDS);
        if (!(await this.#enqueue(partition, chunk))) return 'reacquire';
        await batch.heartbeat();
      }
    } catch (error) {
      this.#troubles.set(partition, troubleOf(batch, error));
      throw error;
    } finally {
      this.#inHand.delete(partition);
    }
    this.#troubles.delete(partition);
    this.#noteLag(partition, batch.logEnd - batch.nextOffset);
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

  lagRecords(): number {
    return [...this.#lag.values()].reduce((sum, lag) => sum + lag, 0);
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

  /**
   * The records before an unreadable one are not held up by it; the fault comes after they are
   * safe. False: the queue no longer holds what was in it, so everything since is added again.
   */
  async #enqueue(partition: number, records: readonly TopicRecord[]): Promise<boolean> {
    const before = this.#positions.get(partition) ?? null;
    let position = before;
    let fault: Error | null = null;
    let jobs: DeliveryJob[] = [];
    const erased: string[] = [];
    for (const record of records) {
      try {
        const number = outputNumberOf(record);
        const freshness = freshnessOf(position, number);
        if (freshness === 'repeat') {
          this.#metrics.tierChanges.inc({ outcome: 'repeat' });
          position = { ...lastOf(position, number), offset: record.offset + 1 };
          continue;
        }
        if (freshness === 'gap') this.#tellGap(record, number.seq - (position?.seq ?? 0) - 1);
        if (record.value === null) {
          const customerId = erasedBy(record);
          // Not added and then removed: a worker would be faster. What comes behind is of another life.
          jobs = jobs.filter(({ subject }) => subject !== customerId);
          if (customerId !== null) erased.push(customerId);
        } else jobs.push(...this.#deliveriesOf(record.value, record.appendedAt));
        position = { ...number, offset: record.offset + 1 };
      } catch (error) {
        fault = error instanceof Error ? error : new Error(String(error));
        break;
      }
    }
    await this.#removeAbout(erased);
    if (jobs.length > 0) await this.#ports.queue.add(jobs);
    await this.#settings.at?.('after-enqueue');
    this.#metrics.jobs.inc(jobs.length);
    if (position !== null && position !== before) {
      const condition = { before, lastJobId: jobs.at(-1)?.id ?? null };
      if (!(await this.#ports.queue.storePosition(partition, position, condition))) {
        this.#metrics.reacquired.inc();
        return false;
      }
      this.#positions.set(partition, position);
    }
    if (fault !== null) throw fault;
    return true;
  }

  /** Their changes lie before this in the topic, so that all that was ever queued of them is in the queue. */
  async #removeAbout(customerIds: readonly string[]): Promise<void> {
    for (const customerId of customerIds) {
      const deliveries = await this.#ports.queue.removeAbout(customerId);
      this.#metrics.tierChanges.inc({ outcome: 'erased' });
      this.#ports.logger.info({ deliveries }, 'Removed the deliveries of an erased customer');
    }
  }

  #deliveriesOf(value: Uint8Array, appendedAtMs: number): DeliveryJob[] {
    const change = tierChangeFromWire(this.#ports.serde.decode(value));
    const subscriptions = matchSubscriptions(this.#settings.subscriptions.current(), change).filter(
      ({ activeFromMs }) => appendedAtMs >= activeFromMs,
    );
    this.#metrics.tierChanges.inc({ outcome: subscriptions.length > 0 ? 'matched' : 'unmatched' });
    return buildDeliveries(change, subscriptions);
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

  #refusePosition(place: TopicPartition, { offset, end }: { offset: number; end: number }): void {
    const fault = new NotifierFault(
      'STRATA_NOTIFIER_POSITION',
      `The stored position ${offset} of ${tpKey(place)} lies beyond the topic's end ${end}: the topic ` +
        'lost records or is another one. Restore the topic, or give the notifier a fresh queue store.',
    );
    this.#ports.onFatal(fault);
    throw fault;
  }

  #noteLag(partition: number, lag: number): void {
    this.#lag.set(partition, lag);
    this.#metrics.lag.set({ partition: String(partition) }, lag);
  }
}

/** Who is erased, null for whoever is gone for another reason. @throws SerdeFault for a record that says nothing. */
function erasedBy(record: TopicRecord): string | null {
  const reason = retiredReasonOf(record);
  if (reason === null) throw new SerdeFault('malformed', 'The record has no value.');
  return reason === 'erased' ? Buffer.from(record.key ?? []).toString() : null;
}

/** A repeat moves the offset on, never the number. */
function lastOf(
  position: DeliveryPosition | null,
  number: { epoch: number; seq: number },
): { epoch: number; seq: number } {
  return position === null ? number : { epoch: position.epoch, seq: position.seq };
}

function troubleOf({ topic, partition }: RecordBatch, error: unknown): string {
  const place = `${topic} partition ${partition}`;
  if (error instanceof SerdeFault) {
    return `A record of ${place} cannot be read (${error.reason}): deploy the schemas that its writer uses.`;
  }
  return `Tier changes of ${place} cannot be queued; is the queue's Redis reachable?`;
}

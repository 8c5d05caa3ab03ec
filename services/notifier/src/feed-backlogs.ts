import type { TopicRecord } from '@strata/pipeline';
import type { ReadingPlace } from './backlogs.ts';
import type { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import { buildDeliveries } from './steps/build-deliveries.ts';
import { matchSubscriptions } from './steps/match-subscriptions.ts';
import { type ReadChanges, readChanges } from './steps/read-changes.ts';
import type { Subscription } from './subscription.ts';

/** An endpoint is fed when it has worked off so much of what the queue holds of it. */
const REFILL_SHARE = 0.5;

/**
 * Gives endpoints their backlogs as they take them, in the order of the topic, one batch in a turn with the common
 * reader. When a backlog has come up to that reader it is gone, and the endpoint follows the reader again.
 */
export class BacklogFeeder {
  readonly #ports: Pick<NotifierPorts, 'queue' | 'log' | 'serde' | 'logger'>;
  readonly #settings: Pick<NotifierSettings, 'topic' | 'subscriptions' | 'pendingMax'>;
  readonly #enqueuer: TierChangeEnqueuer;

  constructor(
    ports: Pick<NotifierPorts, 'queue' | 'log' | 'serde' | 'logger'>,
    settings: Pick<NotifierSettings, 'topic' | 'subscriptions' | 'pendingMax'>,
    enqueuer: TierChangeEnqueuer,
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#enqueuer = enqueuer;
  }

  /** One batch to each endpoint that takes some. Answers whether anything was given. */
  async feed(): Promise<boolean> {
    let isFed = false;
    const { backlogs, turns } = this.#enqueuer;
    for (const partition of await backlogs.stale(this.#enqueuer.partitions())) {
      await turns.take(partition, () => backlogs.load([partition]));
    }
    for (const partition of this.#enqueuer.partitions()) {
      for (const endpoint of backlogs.endpointsOf(partition)) {
        const subscription = this.#settings.subscriptions.current().get(endpoint);
        try {
          const isGiven = await turns.take(partition, () =>
            subscription === undefined
              ? this.#forget(endpoint, partition)
              : this.#feed(subscription, partition),
          );
          isFed ||= isGiven;
        } catch (error) {
          // Said, and tried again; the other endpoints do not wait for it.
          const reason = error instanceof Error ? error.message : String(error);
          const fields = { endpoint, partition, reason };
          this.#ports.logger.warn(fields, 'The backlog of an endpoint could not be fed');
        }
      }
    }
    return isFed;
  }

  /** Whoever is no subscriber any more has nothing to come. */
  async #forget(endpoint: string, partition: number): Promise<boolean> {
    await this.#enqueuer.backlogs.store(endpoint, partition, { place: null });
    return false;
  }

  async #feed(subscription: Subscription, partition: number): Promise<boolean> {
    const { id, standing } = subscription;
    const place = this.#enqueuer.backlogs.of(id, partition);
    const position = this.#enqueuer.positionOf(partition);
    if (place === null || position === null || standing !== 'active') return false;
    if (place.offset >= position.offset) {
      await this.#enqueuer.backlogs.close(id, partition, position);
      return false;
    }
    const pending = (await this.#ports.queue.pending([id])).get(id) ?? 0;
    if (pending > this.#settings.pendingMax * REFILL_SHARE) return false;
    await this.#enqueuer.erased.lookUp(partition, { from: place.offset, to: position.offset });
    const room = this.#settings.pendingMax - pending;
    const records = (await this.#batch(partition, place.offset, position.offset)).slice(0, room);
    const next = await this.#give(subscription, partition, { records, place });
    // What the topic no longer keeps, or holds no records of, is behind the endpoint, too.
    if (records.length === 0) {
      const end = { offset: position.offset, number: null };
      await this.#enqueuer.backlogs.store(id, partition, { place: end });
      return true;
    }
    const lastJobs = next.jobs.slice(-1);
    await this.#enqueuer.backlogs.store(id, partition, { place: next.place, lastJobs });
    return true;
  }

  async #give(
    subscription: Subscription,
    partition: number,
    { records, place }: { readonly records: readonly TopicRecord[]; readonly place: ReadingPlace },
  ): Promise<ReadChanges> {
    await this.#ports.serde.prepare(records.map(({ value }) => value));
    const subscriptions = new Map([[subscription.id, subscription]]);
    const read = readChanges(records, place, {
      decode: (value) => this.#enqueuer.decode(value),
      deliveriesOf: (change, record) => {
        const { offset, appendedAt } = record;
        if (appendedAt < subscription.activeFromMs) return [];
        if (this.#enqueuer.erased.isErasedAfter(partition, change.customerId, offset)) return [];
        const matched = matchSubscriptions(subscriptions, change);
        return buildDeliveries(change, matched, { record, replayId: null });
      },
      // The common reader has told of both.
      watch: { repeat: () => {}, gap: () => {} },
    });
    await this.#ports.queue.add(read.jobs);
    if (read.fault !== null && read.place.offset === place.offset) throw read.fault;
    return read;
  }

  async #batch(partition: number, offset: number, to: number): Promise<readonly TopicRecord[]> {
    const { topic } = this.#settings;
    const { start } = (await this.#ports.log.bounds(topic))[partition] ?? { start: 0 };
    const from = Math.max(offset, start);
    if (from >= to) return [];
    for await (const records of this.#ports.log.read({ topic, partition, offset: from }, to)) {
      return records;
    }
    return [];
  }
}

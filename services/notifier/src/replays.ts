import { TOPICS, type UndeliveredLetter, undeliveredFromWire } from '@strata/contracts';
import type { DeliveryJob, TopicRecord } from '@strata/pipeline';
import type { ReadingPlace } from './backlogs.ts';
import type { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import type { LetterBox } from './letter-box.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import { buildDeliveries } from './steps/build-deliveries.ts';
import { matchSubscriptions } from './steps/match-subscriptions.ts';
import { type ReadChanges, readChanges } from './steps/read-changes.ts';
import type { ReplayAsked, Subscription } from './subscription.ts';

const REFILL_SHARE = 0.5;
/** What is not done by then was asked of a stack that is gone, or of a queue's store that was lost. */
const ASKED_AGO_MS_MAX = 7 * 24 * 3_600_000;
const PREFIX = 'replay:';
const DONE = 'done';

type ReplayPorts = Pick<NotifierPorts, 'queue' | 'log' | 'serde' | 'clock' | 'undeliveredSerde'> & {
  readonly letters: LetterBox;
};
type ReplaySettings = Pick<NotifierSettings, 'topic' | 'subscriptions' | 'pendingMax'>;

/** A replay in one partition. */
interface Part {
  readonly replay: ReplayAsked;
  readonly subscription: Subscription;
  readonly partition: number;
  readonly note: string | null;
}

/**
 * Tells tier changes of the past again, to the endpoint that asked. Each goes by the id of its event, marked as a
 * replay; it waits for its turn among the customer's other deliveries. How far each partition is, is noted in the
 * queue's store, so a restart goes on there.
 */
export class Replays {
  readonly #ports: ReplayPorts;
  readonly #settings: ReplaySettings;
  readonly #enqueuer: TierChangeEnqueuer;

  constructor(ports: ReplayPorts, settings: ReplaySettings, enqueuer: TierChangeEnqueuer) {
    this.#ports = ports;
    this.#settings = settings;
    this.#enqueuer = enqueuer;
  }

  /** One chunk of each. Answers whether there is more to do right away. */
  async run(): Promise<boolean> {
    const replays = this.#settings.subscriptions.replays();
    if (replays.length === 0) return false;
    const notes = await this.#ports.queue.notes();
    let isMoved = false;
    for (const replay of replays) {
      const subscription = this.#settings.subscriptions.current().get(replay.subscription);
      const isPast = this.#ports.clock.nowMs() - replay.askedAtMs > ASKED_AGO_MS_MAX;
      if (!isPast && subscription?.standing !== 'active') continue;
      for (const partition of this.#enqueuer.partitions()) {
        const note = notes.get(nameOf(replay, partition)) ?? null;
        if (isPast || subscription === undefined) {
          // It is not looked at any more, so nothing has to be known of it.
          if (note !== null) await this.#forget(replay, partition, note);
          continue;
        }
        if (note === DONE) continue;
        const part = { replay, subscription, partition, note };
        const moved = await this.#enqueuer.turns.take(partition, () => this.#step(part));
        isMoved ||= moved;
      }
    }
    return isMoved;
  }

  async #forget(replay: ReplayAsked, partition: number, before: string): Promise<void> {
    await this.#ports.queue.storeNote(nameOf(replay, partition), null, { before });
  }

  async #step(part: Part): Promise<boolean> {
    const { replay, subscription, partition } = part;
    const position = this.#enqueuer.positionOf(partition);
    if (position === null) return this.#note(part, DONE);
    const pending = (await this.#ports.queue.pending([subscription.id])).get(subscription.id) ?? 0;
    if (pending > this.#settings.pendingMax * REFILL_SHARE) return false;
    const { start } = (await this.#ports.log.bounds(this.#settings.topic))[partition] ?? {
      start: 0,
    };
    const place =
      part.note === null
        ? { offset: start, number: null }
        : (JSON.parse(part.note) as ReadingPlace);
    await this.#enqueuer.erased.lookUp(partition, { from: start, to: position.offset });
    if (replay.isGivenUp) return this.#givenUp(part);
    const from = { topic: this.#settings.topic, partition, offset: Math.max(place.offset, start) };
    if (from.offset >= position.offset) return this.#note(part, DONE);
    for await (const records of this.#ports.log.read(from, position.offset)) {
      const next = await this.#give(part, records, place);
      const isOver = (records.at(-1)?.appendedAt ?? 0) >= untilOf(replay);
      return this.#note(part, isOver ? DONE : JSON.stringify(next.place), next.jobs);
    }
    return this.#note(part, DONE);
  }

  async #give(
    { replay, subscription }: Part,
    records: readonly TopicRecord[],
    place: ReadingPlace,
  ): Promise<ReadChanges> {
    await this.#ports.serde.prepare(records.map(({ value }) => value));
    const read = readChanges(records, place, {
      decode: (value) => this.#enqueuer.decode(value),
      deliveriesOf: (change, record) => {
        const { appendedAt, key } = record;
        if (appendedAt < (replay.sinceMs ?? 0) || appendedAt >= untilOf(replay)) return [];
        const customerId = Buffer.from(key ?? []).toString();
        if (replay.customerId !== null && customerId !== replay.customerId) return [];
        return this.#deliveries(subscription, change, { record, replayId: replay.id });
      },
      watch: { repeat: () => {}, gap: () => {} },
    });
    await this.#ports.queue.add(read.jobs);
    if (read.fault !== null && read.place.offset === place.offset) throw read.fault;
    return read;
  }

  #deliveries(
    subscription: Subscription,
    change: ReturnType<TierChangeEnqueuer['decode']>,
    { record, replayId }: { readonly record: TopicRecord; readonly replayId: string },
  ): DeliveryJob[] {
    const { partition, offset } = record;
    if (this.#enqueuer.erased.isErasedAfter(partition, change.customerId, offset)) return [];
    const matched = matchSubscriptions(new Map([[subscription.id, subscription]]), change);
    return buildDeliveries(change, matched, { record, replayId });
  }

  /** All letters at once: they are kept for two weeks only. */
  async #givenUp(part: Part): Promise<boolean> {
    const { replay, subscription, partition } = part;
    const jobs: DeliveryJob[] = [];
    const letters = (await this.#letters()).filter(
      (letter) =>
        letter.subscription === subscription.id &&
        letter.partition === partition &&
        letter.givenUpAt < replay.askedAtMs,
    );
    for (const { offset } of letters) {
      const at = { topic: this.#settings.topic, partition, offset };
      for await (const [record] of this.#ports.log.read(at, offset + 1)) {
        const value = record?.value ?? null;
        if (record === undefined || value === null) continue;
        await this.#ports.serde.prepare([value]);
        const change = this.#enqueuer.decode(value);
        jobs.push(...this.#deliveries(subscription, change, { record, replayId: replay.id }));
      }
    }
    await this.#ports.queue.add(jobs);
    await this.#ports.letters.withdraw(letters.map(({ deliveryId }) => deliveryId));
    return this.#note(part, DONE, jobs);
  }

  async #letters(): Promise<UndeliveredLetter[]> {
    const letters = new Map<string, UndeliveredLetter>();
    const topic = TOPICS.undelivered;
    const bounds = await this.#ports.log.bounds(topic);
    for (const [partition, { start }] of bounds.entries()) {
      for await (const records of this.#ports.log.read({ topic, partition, offset: start })) {
        await this.#ports.undeliveredSerde.prepare(records.map(({ value }) => value));
        for (const { key, value } of records) {
          const id = Buffer.from(key ?? []).toString();
          if (value === null) letters.delete(id);
          else letters.set(id, undeliveredFromWire(this.#ports.undeliveredSerde.decode(value)));
        }
      }
    }
    return [...letters.values()];
  }

  async #note(
    { replay, partition, note: before }: Part,
    note: string,
    jobs: readonly DeliveryJob[] = [],
  ): Promise<boolean> {
    const condition = { before, lastJobs: jobs.slice(-1) };
    return this.#ports.queue.storeNote(nameOf(replay, partition), note, condition);
  }
}

function nameOf({ id }: ReplayAsked, partition: number): string {
  return `${PREFIX}${id}:${partition}`;
}

function untilOf({ untilMs, askedAtMs }: ReplayAsked): number {
  return untilMs ?? askedAtMs;
}

import { type DeliveryCounts, END_KNOWN_MS } from '@strata/pipeline';
import type { Standing } from '@strata/subscriptions';
import type { EndpointHealth } from './endpoint-health.ts';
import type { EndpointPace } from './endpoint-pace.ts';
import type { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import { operationalDeliveries } from './give-up.ts';
import type { NotifierMetrics } from './metrics.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import type { Watermarks } from './watermarks.ts';

/** How an endpoint stands, for whoever looks. */
export interface EndpointReport {
  readonly standing: Standing;
  /** Deliveries in the queue. */
  readonly queued: number;
  /** Records of the topic that it has yet to be given. */
  readonly backlogRecords: number;
  readonly perSecond: number;
  /** At the present pace; null while it takes nothing or has nothing to take. */
  readonly expectedEndMs: number | null;
  readonly failingSinceMs: number | null;
  /** For how long the oldest tier change that it has not taken is known to wait; null where no partition is read yet. */
  readonly oldestMs: number | null;
}

/** All endpoints as one look found them. Metrics, health and whoever else asks are told these, so they agree. */
export interface DeliveryFigures {
  readonly atMs: number;
  readonly jobs: DeliveryCounts;
  readonly endpoints: ReadonlyMap<string, EndpointReport>;
}

/**
 * What is done for the endpoints now and then: how far each is, is told to the broker and to whoever asks, and one that
 * has taken nothing for days is disabled.
 */
export class Upkeep {
  readonly #ports: Pick<NotifierPorts, 'queue' | 'clock' | 'logger'>;
  readonly #settings: Pick<NotifierSettings, 'subscriptions' | 'disableAfterMs'>;
  readonly #enqueuer: TierChangeEnqueuer;
  readonly #watermarks: Watermarks;
  readonly #health: EndpointHealth;
  readonly #pace: EndpointPace;
  readonly #metrics: NotifierMetrics;
  #figures: DeliveryFigures | null = null;

  constructor(options: {
    ports: Pick<NotifierPorts, 'queue' | 'clock' | 'logger'>;
    settings: Pick<NotifierSettings, 'subscriptions' | 'disableAfterMs'>;
    enqueuer: TierChangeEnqueuer;
    watermarks: Watermarks;
    health: EndpointHealth;
    pace: EndpointPace;
    metrics: NotifierMetrics;
  }) {
    this.#ports = options.ports;
    this.#settings = options.settings;
    this.#enqueuer = options.enqueuer;
    this.#watermarks = options.watermarks;
    this.#health = options.health;
    this.#pace = options.pace;
    this.#metrics = options.metrics;
  }

  async run(): Promise<false> {
    const nowMs = this.#ports.clock.nowMs();
    try {
      await this.#health.refresh();
      await this.#disableDead();
      const oldestMs = await this.#watermarks.keep(nowMs);
      const jobs = await this.#ports.queue.counts();
      this.#figures = { atMs: nowMs, jobs, endpoints: await this.#reports(nowMs, oldestMs) };
    } catch (error) {
      // What was true before would look as if it were still: so nothing is told until it is known again.
      this.#figures = null;
      throw error;
    }
    this.#metrics.kept.set(nowMs / 1_000);
    return false;
  }

  /** Null where the queue's store does not answer, or its answer is late: a figure of before is none of now. */
  figures(): DeliveryFigures | null {
    const figures = this.#figures;
    if (figures === null) return null;
    return this.#ports.clock.nowMs() - figures.atMs > END_KNOWN_MS ? null : figures;
  }

  async #reports(
    nowMs: number,
    oldestMs: ReadonlyMap<string, number>,
  ): Promise<DeliveryFigures['endpoints']> {
    const subscriptions = [...this.#settings.subscriptions.current().values()];
    const pending = await this.#ports.queue.pending(subscriptions.map(({ id }) => id));
    const failingSince = this.#health.failingSince();
    const reports = subscriptions.map(({ id, standing }): [string, EndpointReport] => {
      const queued = pending.get(id) ?? 0;
      const backlogRecords = this.#backlogRecords(id);
      const perSecond = this.#pace.perSecond(id, nowMs);
      const left = queued + backlogRecords;
      return [
        id,
        {
          standing,
          queued,
          backlogRecords,
          perSecond,
          expectedEndMs: left === 0 || perSecond === 0 ? null : nowMs + (left / perSecond) * 1_000,
          failingSinceMs: failingSince.get(id) ?? null,
          oldestMs: oldestMs.get(id) ?? null,
        },
      ];
    });
    return new Map(reports);
  }

  #backlogRecords(endpoint: string): number {
    let records = 0;
    for (const partition of this.#enqueuer.partitions()) {
      const place = this.#enqueuer.backlogs.of(endpoint, partition);
      const position = this.#enqueuer.positionOf(partition);
      if (place !== null && position !== null)
        records += Math.max(0, position.offset - place.offset);
    }
    return records;
  }

  async #disableDead(): Promise<void> {
    const { subscriptions, disableAfterMs } = this.#settings;
    const nowMs = this.#ports.clock.nowMs();
    for (const [endpoint, sinceMs] of this.#health.failingSince()) {
      if (subscriptions.current().get(endpoint)?.standing !== 'active') {
        await this.#health.forget(endpoint);
        continue;
      }
      if (nowMs - sinceMs < disableAfterMs) continue;
      // What a file declares is only said: nobody but its owner changes it.
      if (subscriptions.disable === undefined) continue;
      if (!(await subscriptions.disable(endpoint, { failingSinceMs: sinceMs }))) continue;
      await this.#health.forget(endpoint);
      this.#ports.logger.error({ endpoint }, 'An endpoint that took nothing for days is disabled');
      const event = {
        id: `${endpoint}.${sinceMs}.disabled`,
        type: 'strata.endpoint.disabled' as const,
        atMs: nowMs,
        about: endpoint,
        data: { subscription: endpoint, failingSinceMs: sinceMs },
      };
      await this.#ports.queue.add(operationalDeliveries(event, subscriptions));
    }
  }
}

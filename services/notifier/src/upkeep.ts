import type { EndpointHealth } from './endpoint-health.ts';
import type { EndpointPace } from './endpoint-pace.ts';
import type { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import { operationalDeliveries } from './give-up.ts';
import type { NotifierMetrics } from './metrics.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import type { Watermarks } from './watermarks.ts';

/** How an endpoint stands, for whoever looks. */
export interface EndpointReport {
  /** Deliveries in the queue. */
  readonly queued: number;
  /** Records of the topic that it has yet to be given. */
  readonly backlogRecords: number;
  readonly perSecond: number;
  /** At the present pace; null while it takes nothing or has nothing to take. */
  readonly expectedEndMs: number | null;
  readonly failingSinceMs: number | null;
  /** For how long its oldest tier change that it has not taken is known to wait; null where nobody has looked yet. */
  readonly oldestMs: number | null;
}

/**
 * What is done for the endpoints now and then: how far each is, is told to the broker and to the metrics, and one that
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
  #reports: ReadonlyMap<string, EndpointReport> = new Map();
  #oldestMs: ReadonlyMap<string, number> = new Map();

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
      await this.#report();
      await this.#disableDead();
      this.#tellOldest(await this.#watermarks.keep(nowMs));
    } catch (error) {
      // What was true before would look as if it were still: so nothing is told until it is known again.
      this.#reports = new Map();
      this.#oldestMs = new Map();
      const { pending, expectedEnd, failing, oldest } = this.#metrics;
      for (const gauge of [pending, expectedEnd, failing, oldest]) gauge.reset();
      throw error;
    }
    this.#metrics.kept.set(nowMs / 1_000);
    return false;
  }

  /** Who is paused or disabled waits by somebody's word. */
  #tellOldest(oldestMs: ReadonlyMap<string, number>): void {
    this.#oldestMs = oldestMs;
    this.#metrics.oldest.reset();
    const subscriptions = this.#settings.subscriptions.current();
    for (const [endpoint, ms] of oldestMs) {
      if (subscriptions.get(endpoint)?.standing !== 'active') continue;
      this.#metrics.oldest.set({ endpoint }, ms / 1_000);
    }
  }

  reports(): ReadonlyMap<string, EndpointReport> {
    return this.#reports;
  }

  async #report(): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    const endpoints = [...this.#settings.subscriptions.current().keys()];
    const pending = await this.#ports.queue.pending(endpoints);
    const failingSince = this.#health.failingSince();
    const reports = endpoints.map((endpoint): [string, EndpointReport] => {
      const queued = pending.get(endpoint) ?? 0;
      const backlogRecords = this.#backlogRecords(endpoint);
      const perSecond = this.#pace.perSecond(endpoint, nowMs);
      const left = queued + backlogRecords;
      const expectedEndMs =
        left === 0 || perSecond === 0 ? null : nowMs + (left / perSecond) * 1_000;
      const failingSinceMs = failingSince.get(endpoint) ?? null;
      const oldestMs = this.#oldestMs.get(endpoint) ?? null;
      return [
        endpoint,
        { queued, backlogRecords, perSecond, expectedEndMs, failingSinceMs, oldestMs },
      ];
    });
    this.#reports = new Map(reports);
    this.#export(nowMs);
  }

  #export(nowMs: number): void {
    const { pending, expectedEnd, failing } = this.#metrics;
    for (const gauge of [pending, expectedEnd, failing]) gauge.reset();
    for (const [endpoint, report] of this.#reports) {
      pending.set({ endpoint, where: 'queue' }, report.queued);
      pending.set({ endpoint, where: 'topic' }, report.backlogRecords);
      const { expectedEndMs, failingSinceMs } = report;
      if (expectedEndMs !== null) {
        expectedEnd.set({ endpoint }, Math.max(0, expectedEndMs - nowMs) / 1_000);
      }
      failing.set({ endpoint }, failingSinceMs === null ? 0 : (nowMs - failingSinceMs) / 1_000);
    }
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

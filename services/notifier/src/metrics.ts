import type { ReadingLag } from '@strata/pipeline';
import { lagGauges, type Metrics } from '@strata/service-runtime';
import type { DeliveryFigures, EndpointReport } from './upkeep.ts';

/** Every metric that the notifier exports. No label holds anything of a customer. */
export function notifierMetrics(
  metrics: Metrics,
  figures: () => DeliveryFigures | null,
  lags: () => readonly ReadingLag[],
) {
  lagGauges(metrics, {
    service: 'notifier',
    hasTopics: false,
    help: {
      records: 'Tier changes waiting in the topic',
      seconds: 'For how long the first tier change that is not queued has waited',
    },
    lags,
  });
  metrics.gauge({
    name: 'strata_notifier_queue_jobs',
    help: 'Delivery jobs by state. Absent where the queue’s store has not answered for 30 s.',
    labelNames: ['state'],
    collect() {
      this.reset();
      for (const [state, count] of Object.entries(figures()?.jobs ?? {})) {
        this.set({ state }, count);
      }
    },
  });
  endpointGauges(metrics, figures);
  return {
    tierChanges: metrics.counter({
      name: 'strata_notifier_tier_changes_total',
      help: 'Tier changes read: matched (at least one subscription), unmatched, repeat, erased.',
      labelNames: ['outcome'],
    }),
    gaps: metrics.counter({
      name: 'strata_notifier_seq_gaps_total',
      help: 'Tier changes whose predecessor never came. Alarm on any.',
    }),
    jobs: metrics.counter({
      name: 'strata_notifier_jobs_total',
      help: 'Delivery jobs handed to the queue, repeats after a crash included.',
    }),
    reacquired: metrics.counter({
      name: 'strata_notifier_positions_lost_total',
      help: 'Times the stored position was not the expected one: another owner, or a queue that went back in time.',
    }),
    ...endpointMetrics(metrics),
    rebalances: metrics.counter({
      name: 'strata_notifier_rebalances_total',
      help: 'Assignments of partitions, by cause: joined (all anew) or reacquired (one taken anew).',
      labelNames: ['cause'],
    }),
    deliveries: metrics.counter({
      name: 'strata_notifier_deliveries_total',
      help: 'Tries by endpoint and outcome: delivered, retry, rejected.',
      labelNames: ['endpoint', 'outcome', 'reason'],
    }),
    deliverySeconds: metrics.histogram({
      name: 'strata_notifier_delivery_seconds',
      help: 'Time of one try.',
      labelNames: ['endpoint'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    }),
  };
}
type Read = (report: EndpointReport, atMs: number) => number | null;

const BY_ENDPOINT: readonly (readonly [name: string, help: string, read: Read])[] = [
  [
    'oldest_seconds',
    'For how long the oldest tier change that an active endpoint has not taken is known to wait, in this process; 0 where none waits.',
    // Who is paused or disabled waits by somebody's word.
    ({ standing, oldestMs }) =>
      standing !== 'active' || oldestMs === null ? null : oldestMs / 1_000,
  ],
  [
    'expected_end_seconds',
    'Time until an endpoint has taken all, at its pace of the last minute. Absent while it takes nothing.',
    ({ expectedEndMs }, atMs) =>
      expectedEndMs === null ? null : Math.max(0, expectedEndMs - atMs) / 1_000,
  ],
  [
    'failing_seconds',
    'For how long an endpoint has taken nothing.',
    ({ failingSinceMs }, atMs) => (failingSinceMs === null ? 0 : (atMs - failingSinceMs) / 1_000),
  ],
];

/** How each endpoint stands, as the last look found it; absent where that is not known any more. */
function endpointGauges(metrics: Metrics, figures: () => DeliveryFigures | null): void {
  for (const [name, help, read] of BY_ENDPOINT) {
    metrics.gauge({
      name: `strata_notifier_endpoint_${name}`,
      help,
      labelNames: ['endpoint'],
      collect() {
        this.reset();
        const known = figures();
        for (const [endpoint, report] of known?.endpoints ?? []) {
          const value = read(report, known?.atMs ?? 0);
          if (value !== null) this.set({ endpoint }, value);
        }
      },
    });
  }
  metrics.gauge({
    name: 'strata_notifier_endpoint_pending',
    help: 'Tier changes that an endpoint has yet to take: queued, and waiting in the topic.',
    labelNames: ['endpoint', 'where'],
    collect() {
      this.reset();
      for (const [endpoint, { queued, backlogRecords }] of figures()?.endpoints ?? []) {
        this.set({ endpoint, where: 'queue' }, queued);
        this.set({ endpoint, where: 'topic' }, backlogRecords);
      }
    },
  });
}

function endpointMetrics(metrics: Metrics) {
  return {
    kept: metrics.gauge({
      name: 'strata_notifier_upkeep_timestamp_seconds',
      help: 'When the figures of the endpoints were last made. What is told of endpoints is of then; 0 for never.',
    }),
    givenUp: metrics.counter({
      name: 'strata_notifier_given_up_total',
      help: 'Deliveries given up for good, by endpoint and reason; each left a letter.',
      labelNames: ['endpoint', 'reason'],
    }),
  };
}

export type NotifierMetrics = ReturnType<typeof notifierMetrics>;

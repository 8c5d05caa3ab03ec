import type { DeliveryQueue } from '@strata/pipeline';
import type { Metrics } from '@strata/service-runtime';

/** Every metric that the notifier exports. No label holds anything of a customer. */
export function notifierMetrics(metrics: Metrics, queue: DeliveryQueue) {
  metrics.gauge({
    name: 'strata_notifier_queue_jobs',
    help: 'Delivery jobs by state.',
    labelNames: ['state'],
    async collect() {
      try {
        for (const [state, count] of Object.entries(await queue.counts())) {
          this.set({ state }, count);
        }
      } catch {
        // The queue's store is away: an absent value is the truth, an old one would not be.
        this.reset();
      }
    },
  });
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
    lag: metrics.gauge({
      name: 'strata_notifier_lag_records',
      help: 'Tier changes waiting in the topic, by partition.',
      labelNames: ['partition'],
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
/** How each endpoint stands. */
function endpointMetrics(metrics: Metrics) {
  return {
    givenUp: metrics.counter({
      name: 'strata_notifier_given_up_total',
      help: 'Deliveries given up for good, by endpoint and reason; each left a letter.',
      labelNames: ['endpoint', 'reason'],
    }),
    pending: metrics.gauge({
      name: 'strata_notifier_endpoint_pending',
      help: 'Tier changes that an endpoint has yet to take: queued, and waiting in the topic.',
      labelNames: ['endpoint', 'where'],
    }),
    expectedEnd: metrics.gauge({
      name: 'strata_notifier_endpoint_expected_end_seconds',
      help: 'Time until an endpoint has taken all, at its pace of the last minute. Absent while it takes nothing.',
      labelNames: ['endpoint'],
    }),
    failing: metrics.gauge({
      name: 'strata_notifier_endpoint_failing_seconds',
      help: 'For how long an endpoint has taken nothing.',
      labelNames: ['endpoint'],
    }),
  };
}

export type NotifierMetrics = ReturnType<typeof notifierMetrics>;

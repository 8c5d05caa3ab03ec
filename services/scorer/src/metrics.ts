import { COMMIT_OUTCOMES } from '@strata/pipeline';
import type { Metrics } from '@strata/service-runtime';
import { partitionMetrics } from './partition-metrics.ts';

/** Every metric of the scorer. No label ever carries a customer. */
export function createScorerMetrics(metrics: Metrics) {
  return {
    /** Of the owned partitions, as they are when somebody asks. */
    figures: partitionMetrics(metrics),
    records: metrics.counter({
      name: 'strata_scorer_records_total',
      help: 'Records of the customer log that were folded and committed, by kind',
      labelNames: ['kind'],
    }),
    ...commitMetrics(metrics),
    customerReads: metrics.counter({
      name: 'strata_scorer_customer_reads_total',
      help: 'Customers whom a commit needed, by where their states came from: cache, store, or nowhere for new ones',
      labelNames: ['from'],
    }),
    refusedRecords: metrics.counter({
      name: 'strata_scorer_refused_records_total',
      help: 'Records refused and committed as dead letters, whatever the reason: there from the start, for alarms',
    }),
    rebalances: metrics.counter({
      name: 'strata_scorer_rebalances_total',
      help: 'Assignments of partitions, by cause: joined (all anew) or reacquired (one taken anew)',
      labelNames: ['cause'],
    }),
    notes: metrics.counter({
      name: 'strata_scorer_fold_notes_total',
      help: 'What the fold noted beside its decisions, such as repeats, by name',
      labelNames: ['note'],
    }),
    tierChanges: metrics.counter({
      name: 'strata_scorer_tier_changes_total',
      help: 'Tier changes decided and committed, by type and cause',
      labelNames: ['type', 'cause'],
    }),
    deadLetters: metrics.counter({
      name: 'strata_scorer_dead_letters_total',
      help: 'Records refused and committed as dead letters, by reason, source, type and schema id; unknown where it could not be read, other where it is none of the known names',
      labelNames: ['reason', 'source', 'type', 'schema'],
    }),
    redrives: metrics.counter({
      name: 'strata_scorer_redrives_total',
      help: 'Redriven records folded and committed, by what became of their letters: taken (removed), refused (open again) or quarantined',
      labelNames: ['outcome'],
    }),
    lettersErased: metrics.counter({
      name: 'strata_scorer_letters_erased_total',
      help: 'Dead letters of erased customers that got a tombstone',
    }),
    ...relayMetrics(metrics),
    ...tickMetrics(metrics),
    halted: metrics.gauge({
      name: 'strata_scorer_halted',
      help: '1 for a partition that is not read, because its log is not the one that was folded',
      labelNames: ['partition', 'code'],
    }),
    rebuildBegan: metrics.gauge({
      name: 'strata_scorer_rebuild_began_timestamp_seconds',
      help: 'When this process last found a state that was lost or went back, and began to fold again; 0 for never',
    }),
    shardsEmptied: metrics.counter({
      name: 'strata_scorer_shards_emptied_total',
      help: 'Partitions found with a state that is not whole, emptied, and folded again from the log',
    }),
  };
}

export type ScorerMetrics = ReturnType<typeof createScorerMetrics>;

function commitMetrics(metrics: Metrics) {
  return {
    commits: metrics.counter({
      name: 'strata_scorer_commits_total',
      help: `Commits to the state store, by outcome: ${COMMIT_OUTCOMES.join(', ')}, or failed, where that is not known`,
      labelNames: ['outcome'],
    }),
    commitSeconds: metrics.histogram({
      name: 'strata_scorer_commit_seconds',
      help: 'Time that one commit took',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    }),
    stepSeconds: metrics.histogram({
      name: 'strata_scorer_step_seconds',
      help: 'Time that one step took for the records of one commit, by step: decode, load or fold',
      labelNames: ['step'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    }),
  };
}

function relayMetrics(metrics: Metrics) {
  return {
    relaySends: metrics.counter({
      name: 'strata_scorer_relay_sends_total',
      help: 'Sends of the relay, by outcome',
      labelNames: ['outcome'],
    }),
    relayRecords: metrics.counter({
      name: 'strata_scorer_relay_records_total',
      help: 'Outputs published, and skipped because the topic had them already, by topic',
      labelNames: ['topic', 'outcome'],
    }),
    relayGaps: metrics.counter({
      name: 'strata_scorer_relay_gaps_total',
      help: 'Times an output topic ended more than one number below the next output: it lost records',
    }),
  };
}

function tickMetrics(metrics: Metrics) {
  return {
    ticks: metrics.counter({
      name: 'strata_scorer_ticks_total',
      help: 'Tick records appended',
    }),
    tickCustomers: metrics.counter({
      name: 'strata_scorer_tick_customers_total',
      help: 'Customers named in appended ticks',
    }),
    shadowCustomers: metrics.gauge({
      name: 'strata_scorer_shadow_customers',
      help: 'Customers of the owned partitions by what the shadow policy would do to them now: stayed, promoted, demoted, assigned or released',
      labelNames: ['change'],
    }),
    sweepCustomers: metrics.counter({
      name: 'strata_scorer_sweep_customers_total',
      help: 'Customers named in appended sweeps, after a new policy or calibration',
    }),
    dueLatenessSeconds: metrics.histogram({
      name: 'strata_scorer_due_lateness_seconds',
      help: 'Wall time: from the earliest due instant to the append of the tick that names it',
      buckets: [0.05, 0.25, 1, 5, 15, 60, 300, 3_600],
    }),
  };
}

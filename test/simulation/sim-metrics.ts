import type { Metrics } from '@strata/service-runtime';
import type { Tally } from './tally.ts';

/** Counters that a run counts as branches it has been through; every other metric is dropped. */
const COUNTED: ReadonlySet<string> = new Set([
  'strata_scorer_records_total',
  'strata_scorer_relay_records_total',
  'strata_scorer_relay_gaps_total',
  'strata_scorer_fold_notes_total',
  'strata_scorer_redrives_total',
  'strata_ingestor_redrives_total',
  'strata_scorer_tier_changes_total',
  'strata_notifier_tier_changes_total',
  'strata_notifier_positions_lost_total',
]);

interface Named {
  readonly name: string;
}

/** In a world that loses no output nobody may miss one. */
const NEVER: ReadonlySet<string> = new Set(['strata_notifier_seq_gaps_total']);

/** Metrics of a service that go into the tally of the run. */
export function talliedMetrics(tally: Tally, fail: (what: string) => void): Metrics {
  const counter = ({ name }: Named) => ({
    inc: (labels: unknown = {}, times = 1) => {
      if (NEVER.has(name)) fail(`${name} has counted`);
      if (!COUNTED.has(name)) return;
      const values = typeof labels === 'object' ? Object.values(labels ?? {}).join(' ') : '';
      const count = typeof labels === 'number' ? labels : times;
      tally.add(`${name.slice('strata_'.length, -'_total'.length)} ${values}`.trim(), count);
    },
  });
  const nothing = (): void => {};
  const dropped = () => ({ set: nothing, observe: nothing, reset: nothing });
  const metrics: unknown = { counter, gauge: dropped, histogram: dropped };
  return metrics as Metrics;
}

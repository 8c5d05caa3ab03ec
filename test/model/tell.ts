import {
  type CustomerEvent,
  DAY_MS,
  type Instant,
  type LogRecord,
  type Policy,
} from '@strata/domain';
import { aPolicySet, day } from '@strata/domain/builders';

import { FoldDriver } from './fold-driver.ts';
import { type LoggedRecord, Oracle } from './oracle/oracle.ts';

/** `12.5 promoted bronze>silver event`: the day of the tests' calendar, the change, the kind of its cause. */
export type Told = readonly string[];

export interface Story {
  readonly policy: Policy;
  readonly events: readonly CustomerEvent[];
  /** The last day, to which a clock mark moves everybody. */
  readonly until: number;
  readonly horizonDays?: number;
}

/** The same story as the fold tells it and as the oracle does: data time, customer `c1`. */
export function tell(story: Story): { readonly byFold: Told; readonly byOracle: Told } {
  const records = recordsOf(story);
  const driver = new FoldDriver();
  const oracle = new Oracle();
  for (const record of records) {
    driver.apply(record);
    oracle.apply(record);
  }
  return {
    byFold: driver
      .changesOf('c1')
      .map((it) =>
        line(it.effectiveAt, `${it.type} ${it.fromTier ?? ''}>${it.toTier} ${it.cause.kind}`),
      ),
    byOracle: oracle
      .customerAt('c1')
      .changes.map((it) =>
        line(it.effectiveAt, `${it.type} ${it.fromTier ?? ''}>${it.toTier} ${it.causeKind}`),
      ),
  };
}

const line = (at: Instant, what: string): string => `${(at - day(0)) / DAY_MS} ${what}`;

function recordsOf({ policy, events, until, horizonDays = 800 }: Story): LoggedRecord[] {
  const records: LogRecord[] = [
    { kind: 'stack-opened', time: 'data', partitions: 8, ledgerHorizonDays: horizonDays },
    { kind: 'policy-activated', set: aPolicySet(policy) },
    ...events.map((event) => ({ kind: 'event' as const, event, clockAt: event.occurredAt })),
    { kind: 'clock', at: day(until) },
    { kind: 'tick', customerIds: ['c1'] },
  ];
  return records.map((record, offset) => ({ offset, appendedAt: 0, record }));
}

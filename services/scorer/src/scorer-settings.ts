import { REDRIVES_MAX_DEFAULT } from '@strata/contracts';
import { FOLD_VERSION } from '@strata/domain';
import type { CrashHook } from './crash-point.ts';

export interface ScorerSettings {
  readonly groupId: string;
  /** The version of the fold that the ports bring. */
  readonly foldVersion: number;
  /** Most records in one commit: a commit stays under about 10 ms of the store's time. */
  readonly commitRecordsMax: number;
  /** Most customers that one commit loads; ticks name up to 1,000 each. */
  readonly commitCustomersMax: number;
  /** A commit is closed after so much folding, so that heartbeats never wait longer. */
  readonly commitMsMax: number;
  /** Decoded states kept for each owned partition: a customer counts one, and so does each entry of its ledger. */
  readonly hotEntriesMax: number;
  /** A partition waits once so many of its outputs are unpublished. */
  readonly outboxDepthMax: number;
  /** Most outputs in one send of the relay. */
  readonly relayRecordsMax: number;
  readonly relayBytesMax: number;
  /** Ticks wait while a partition is further behind than this, but never longer than `tickWaitMsMax`. */
  readonly tickLagMax: number;
  readonly tickWaitMsMax: number;
  /** Most ticks of one partition on their way at once. */
  readonly ticksInFlightMax: number;
  /** Most customers in one sweep: live records wait behind it for no longer than its commit takes. */
  readonly sweepCustomersMax: number;
  /** How often the published policy is looked at. */
  readonly policyPollMs: number;
  /** How long after a round over everybody the shadow of a policy is tried anew. */
  readonly shadowPollMs: number;
  /** How often new dead letters are held against the erased customers. */
  readonly letterPollMs: number;
  /** Refused again so often, a dead letter is quarantined. */
  readonly redrivesMax: number;
  /** Sources that metrics name; empty for the first that sent something of use. */
  readonly metricSources: readonly string[];
  readonly groupCommitIntervalMs: number;
  readonly at: CrashHook;
}

export const DEFAULT_SCORER_SETTINGS: ScorerSettings = {
  groupId: 'strata-scorer',
  foldVersion: FOLD_VERSION,
  commitRecordsMax: 1_000,
  commitCustomersMax: 5_000,
  commitMsMax: 1_000,
  hotEntriesMax: 100_000,
  outboxDepthMax: 20_000,
  relayRecordsMax: 2_000,
  relayBytesMax: 2_000_000,
  tickLagMax: 1_000,
  tickWaitMsMax: 5_000,
  ticksInFlightMax: 10,
  sweepCustomersMax: 100,
  policyPollMs: 2_000,
  shadowPollMs: 10_000,
  letterPollMs: 60_000,
  redrivesMax: REDRIVES_MAX_DEFAULT,
  metricSources: [],
  groupCommitIntervalMs: 5_000,
  at: () => {},
};

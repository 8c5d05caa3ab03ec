import {
  crashVariables,
  defineConfig,
  integerVariable,
  kafkaVariables,
  letterVariables,
  registryVariables,
  sealingVariables,
  stateRedisVariables,
} from '@strata/service-runtime';
import { z } from 'zod';
import { CRASH_POINTS } from './crash-point.ts';
import { DEFAULT_SCORER_SETTINGS, type ScorerSettings } from './scorer-settings.ts';

const {
  groupId,
  commitRecordsMax,
  hotEntriesMax,
  outboxDepthMax,
  tickLagMax,
  tickWaitMsMax,
  policyPollMs,
} = DEFAULT_SCORER_SETTINGS;

/** Whether time is the wall's or the data's is no setting here: the log says so in its first record. */
export const scorerConfig = defineConfig('scorer', {
  ...kafkaVariables,
  ...registryVariables,
  ...stateRedisVariables,
  ...sealingVariables,
  ...letterVariables,
  STRATA_SCORER_GROUP_ID: z
    .string()
    .default(groupId)
    .meta({ description: 'Consumer group of the scorers of a stack.' }),
  STRATA_SCORER_SESSION_TIMEOUT_MS: integerVariable({
    min: 1_000,
    max: 300_000,
    description: 'How long the group waits for a scorer that has died; the broker sets a floor.',
  }).default(10_000),
  STRATA_SCORER_COMMIT_RECORDS: integerVariable({
    min: 1,
    max: 2_000,
    description: 'Most records of the customer log in one commit.',
  }).default(commitRecordsMax),
  STRATA_SCORER_HOT_ENTRIES: integerVariable({
    min: 0,
    max: 10_000_000,
    description:
      'Decoded customers kept in memory for each owned partition, by what their histories take: a customer is one, and so is each of its ledger entries. About 25 MB for 100,000.',
  }).default(hotEntriesMax),
  STRATA_SCORER_OUTBOX_RECORDS: integerVariable({
    min: 100,
    max: 1_000_000,
    description: 'Unpublished outputs of a partition at which it waits.',
  }).default(outboxDepthMax),
  STRATA_SCORER_TICK_LAG_RECORDS: integerVariable({
    min: 0,
    max: 1_000_000,
    description: 'Ticks wait while a partition is further behind its log than this.',
  }).default(tickLagMax),
  STRATA_SCORER_TICK_WAIT_MS: integerVariable({
    min: 0,
    max: 600_000,
    description: 'Longest time that due customers wait behind live traffic.',
  }).default(tickWaitMsMax),
  STRATA_SCORER_POLICY_POLL_MS: integerVariable({
    min: 100,
    max: 600_000,
    description: 'How often the published policy is looked at.',
  }).default(policyPollMs),
  ...crashVariables(CRASH_POINTS),
});

export type ScorerConfig = Readonly<z.output<typeof scorerConfig.object>>;

export function settingsOf(config: ScorerConfig): Partial<ScorerSettings> {
  return {
    groupId: config.STRATA_SCORER_GROUP_ID,
    commitRecordsMax: config.STRATA_SCORER_COMMIT_RECORDS,
    hotEntriesMax: config.STRATA_SCORER_HOT_ENTRIES,
    outboxDepthMax: config.STRATA_SCORER_OUTBOX_RECORDS,
    tickLagMax: config.STRATA_SCORER_TICK_LAG_RECORDS,
    tickWaitMsMax: config.STRATA_SCORER_TICK_WAIT_MS,
    policyPollMs: config.STRATA_SCORER_POLICY_POLL_MS,
    redrivesMax: config.STRATA_REDRIVES_MAX,
    metricSources: config.STRATA_METRIC_SOURCES,
  };
}

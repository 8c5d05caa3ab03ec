import { z } from 'zod';

/** Null is what the service does not know, and what a service of another version does not tell. */
const figure = z.number().nullable().catch(null);
const lag = z.object({ partition: z.number(), records: figure, seconds: figure });

const partition = z.object({
  partition: z.number(),
  next: figure,
  logEnd: figure,
  lagRecords: figure,
  lagSeconds: figure,
  stalledSeconds: figure,
  clockMs: figure,
  overdueSeconds: figure,
  outboxRecords: figure,
  outboxSeconds: figure,
  rebuildLeft: figure,
});
/** Where one partition of the customer log stands, as the scorer says that owns it. */
export type PartitionFreshness = Readonly<z.output<typeof partition>>;

const endpoint = z.object({
  standing: z.string().catch('unknown'),
  queued: figure,
  backlogRecords: figure,
  perSecond: figure,
  oldestMs: figure,
  failingSinceMs: figure,
});
export type EndpointFigures = Readonly<z.output<typeof endpoint>> & { readonly endpoint: string };

const jobs = z.object({
  delivered: z.number(),
  waiting: z.number(),
  delayed: z.number(),
  active: z.number(),
  failed: z.number(),
});
export type JobFigures = Readonly<z.output<typeof jobs>>;

const tier = z.object({ policy: z.string(), tier: z.string().nullable(), customers: z.number() });
/** Customers of one tier of a policy; a null tier is none. */
export type TierFigures = Readonly<z.output<typeof tier>>;

const lags = z.array(lag).catch([]);

export const ingestorDetails = z.object({ lags }).catch({ lags: [] });
export const scorerDetails = z
  .object({
    logPartitions: figure,
    partitions: z.array(partition).catch([]),
    halted: z.array(z.object({ partition: z.number() })).catch([]),
  })
  .catch({ logPartitions: null, partitions: [], halted: [] });
export const notifierDetails = z
  .object({
    lags,
    endpoints: z.record(z.string(), endpoint).nullable().catch(null),
    jobs: jobs.nullable().catch(null),
  })
  .catch({ lags: [], endpoints: null, jobs: null });
export const consoleDetails = z
  .object({
    tiers: z.array(tier).nullable().catch(null),
    deadLetters: z.record(z.string(), z.number()).nullable().catch(null),
  })
  .catch({ tiers: null, deadLetters: null });

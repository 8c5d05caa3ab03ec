import type { z } from 'zod';
import { type AskedService, SERVICE_NAMES, type ServiceName } from './ask-service.ts';
import {
  consoleDetails,
  type EndpointFigures,
  ingestorDetails,
  type JobFigures,
  notifierDetails,
  type PartitionFreshness,
  scorerDetails,
  type TierFigures,
} from './service-details.ts';

export const SERVICE_STANDINGS = ['ready', 'not-ready', 'failed', 'silent'] as const;
export type ServiceStanding = (typeof SERVICE_STANDINGS)[number];

/** One process; a service whose address nobody knows is silent. */
export interface ServiceFigures {
  readonly service: ServiceName;
  readonly standing: ServiceStanding;
  readonly reasons: readonly string[];
}

/** What a service has still to read: all of it, and since when the first of it waits. */
export interface Waiting {
  readonly records: number | null;
  readonly seconds: number | null;
}

export interface DeadLetterFigures {
  readonly total: number;
  readonly byReason: Readonly<Record<string, number>>;
}

/**
 * A stack in figures, made of what its services say of themselves and of nothing else, as their metrics are: so whoever
 * shows them says the same as everybody else. Null is what is not known; a sum of which a part is not known is not known.
 */
export interface StackFigures {
  readonly services: readonly ServiceFigures[];
  readonly ingestor: Waiting;
  readonly scorer: Waiting;
  readonly notifier: Waiting;
  /** Every partition of the customer log, of one that nobody owns no more than that; empty where their number is not known. */
  readonly partitions: readonly PartitionFreshness[];
  readonly haltedPartitions: number | null;
  readonly outbox: Waiting;
  /** For how long somebody has been due who is not settled, in the partition of which that is longest. */
  readonly overdueSeconds: number | null;
  readonly overduePartitions: number | null;
  /** Of the partition that is furthest, epoch milliseconds; null before the first record, too. */
  readonly clockMs: number | null;
  readonly endpoints: readonly EndpointFigures[] | null;
  readonly jobs: JobFigures | null;
  readonly tiers: readonly TierFigures[] | null;
  readonly deadLetters: DeadLetterFigures | null;
}

export function stackFigures(asked: readonly AskedService[]): StackFigures {
  const [scorers, notifiers] = [told(asked, 'scorer'), told(asked, 'notifier')];
  const partitions = partitionsOf(scorers);
  const isWhole = scorers !== null && partitions.length > 0;
  const ofPartitions = (read: Read, merge: Merge): number | null =>
    isWhole ? merged(partitions.map(read), merge) : null;
  const notifier = notifiers?.map((details) => notifierDetails.parse(details)) ?? null;
  const [page] = told(asked, 'console')?.map((details) => consoleDetails.parse(details)) ?? [];
  const scorerParts = scorers?.map((details) => scorerDetails.parse(details));
  return {
    services: standingsOf(asked),
    ingestor: waitingOf(told(asked, 'ingestor')?.map((it) => ingestorDetails.parse(it)) ?? null),
    scorer: {
      records: ofPartitions(({ lagRecords }) => lagRecords, sum),
      seconds: ofPartitions(({ lagSeconds }) => lagSeconds, most),
    },
    notifier: waitingOf(notifier),
    partitions,
    haltedPartitions: scorerParts?.reduce((count, { halted }) => count + halted.length, 0) ?? null,
    outbox: {
      records: ofPartitions(({ outboxRecords }) => outboxRecords, sum),
      seconds: ofPartitions(({ outboxSeconds }) => outboxSeconds, most),
    },
    overdueSeconds: ofPartitions(({ overdueSeconds }) => overdueSeconds, most),
    overduePartitions: ofPartitions(
      ({ overdueSeconds }) => overdueSeconds && Math.sign(overdueSeconds),
      sum,
    ),
    clockMs: furthest(partitions),
    endpoints: endpointsOf(notifier),
    // Every notifier counts the whole queue.
    jobs: notifier?.find(({ jobs }) => jobs !== null)?.jobs ?? null,
    tiers: page?.tiers ?? null,
    deadLetters: lettersOf(page?.deadLetters ?? null),
  };
}

type Read = (partition: PartitionFreshness) => number | null;
type Merge = (numbers: readonly number[]) => number;

const sum: Merge = (numbers) => numbers.reduce((one, other) => one + other, 0);
const most: Merge = (numbers) => Math.max(...numbers);

/** Null where one of them is. */
function merged(numbers: readonly (number | null)[], merge: Merge): number | null {
  const known = numbers.filter((it) => it !== null);
  return known.length < numbers.length ? null : merge(known);
}

/** The figures of all processes of a service; null where one of them, or all, did not answer. */
function told(asked: readonly AskedService[], service: ServiceName): readonly unknown[] | null {
  const own = asked.filter((it) => it.service === service);
  if (own.length === 0 || own.some(({ answer }) => answer === null)) return null;
  return own.map(({ answer }) => answer?.details);
}

function standingsOf(asked: readonly AskedService[]): ServiceFigures[] {
  return SERVICE_NAMES.flatMap((service) => {
    const own = asked.filter((it) => it.service === service);
    const answers = own.length === 0 ? [null] : own.map(({ answer }) => answer);
    return answers.map((answer): ServiceFigures => {
      if (answer === null) return { service, standing: 'silent', reasons: [] };
      const { isLive, isReady, reasons } = answer;
      const standing = !isLive ? 'failed' : isReady ? 'ready' : 'not-ready';
      return { service, standing, reasons };
    });
  });
}

type Lags = Readonly<z.output<typeof ingestorDetails>>;

/** Who was given no partition yet does not know what waits. */
function waitingOf(members: readonly Lags[] | null): Waiting {
  const lags = members?.flatMap((member) => member.lags) ?? [];
  if (lags.length === 0) return { records: null, seconds: null };
  return {
    records: merged(
      lags.map(({ records }) => records),
      sum,
    ),
    seconds: merged(
      lags.map(({ seconds }) => seconds),
      most,
    ),
  };
}

function partitionsOf(scorers: readonly unknown[] | null): readonly PartitionFreshness[] {
  const parts = scorers?.map((details) => scorerDetails.parse(details)) ?? [];
  const owned = new Map(parts.flatMap((part) => part.partitions.map((it) => [it.partition, it])));
  const count = Math.max(0, ...parts.map(({ logPartitions }) => logPartitions ?? 0));
  return Array.from(
    { length: count },
    (_, partition) => owned.get(partition) ?? unowned(partition),
  );
}

function unowned(partition: number): PartitionFreshness {
  return {
    partition,
    next: null,
    logEnd: null,
    lagRecords: null,
    lagSeconds: null,
    stalledSeconds: null,
    clockMs: null,
    overdueSeconds: null,
    outboxRecords: null,
    outboxSeconds: null,
    rebuildLeft: null,
  };
}

function furthest(partitions: readonly PartitionFreshness[]): number | null {
  const clocks = partitions.map(({ clockMs }) => clockMs).filter((it) => it !== null);
  return clocks.length === 0 ? null : most(clocks);
}

type Deliveries = Readonly<z.output<typeof notifierDetails>>;

/** Each notifier tells of all endpoints: what is queued of the whole queue, and what waits in its own partitions. */
function endpointsOf(members: readonly Deliveries[] | null): readonly EndpointFigures[] | null {
  const all = members?.map(({ endpoints }) => endpoints) ?? [];
  const known = all.filter((it) => it !== null);
  if (known.length === 0 || known.length < all.length) return null;
  const ids = [...new Set(known.flatMap((it) => Object.keys(it)))].toSorted();
  return ids.map((endpoint) => {
    const told = known.flatMap((it) => it[endpoint] ?? []);
    return {
      endpoint,
      standing: told[0]?.standing ?? 'unknown',
      queued: merged(pick(told, 'queued'), most),
      backlogRecords: merged(pick(told, 'backlogRecords'), sum),
      perSecond: merged(pick(told, 'perSecond'), sum),
      oldestMs: merged(pick(told, 'oldestMs'), most),
      failingSinceMs: earliest(pick(told, 'failingSinceMs')),
    };
  });
}

/** Of those that are; null for none. */
function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((it) => it !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function pick<K extends string>(
  all: readonly Readonly<Record<K, number | null>>[],
  name: K,
): (number | null)[] {
  return all.map((it) => it[name]);
}

function lettersOf(byReason: Readonly<Record<string, number>> | null): DeadLetterFigures | null {
  return byReason && { total: sum(Object.values(byReason)), byReason };
}

import {
  identity,
  RECORD_BYTES_MAX_DEFAULT,
  REDRIVES_MAX_DEFAULT,
  TOPICS,
} from '@strata/contracts';
import { fold, initialPartition, unkeyedMarker } from '@strata/domain';
import { startIngestor } from '@strata/ingestor';
import type { MemoryLog } from '@strata/memory';
import { FixedSubscriptions, startNotifier } from '@strata/notifier';
import { type DeliveryOutcome, sendInTurn, silentLogger } from '@strata/pipeline';
import { createScorerMetrics, startScorer } from '@strata/scorer';
import type { AppendWatch } from './append-watch.ts';
import type { Endpoints } from './endpoints.ts';
import { serdes } from './serdes.ts';
import type { SharedQueue } from './shared-queue.ts';
import type { SimGroup } from './sim-group.ts';
import { SimGroupReader } from './sim-group-reader.ts';
import { logReaderOf, positionKeeperOf, SimLogWriter } from './sim-log.ts';
import { talliedMetrics } from './sim-metrics.ts';
import type { SimProcess } from './sim-process.ts';
import { SimDeliveryQueue } from './sim-queue.ts';
import { notesOf, type SharedStore, storeOf } from './sim-store.ts';
import type { Traffic } from './traffic.ts';

export const SERVICES = ['ingestor', 'scorer', 'notifier'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** What the services of a world share, and how small their limits are, so that a short run meets them. */
export interface Stack {
  readonly log: MemoryLog;
  readonly watch: AppendWatch;
  readonly store: SharedStore;
  readonly queue: SharedQueue;
  readonly endpoints: Endpoints;
  readonly traffic: Traffic;
  /** Of the customer log. */
  readonly partitions: number;
  readonly groups: Readonly<Record<ServiceName, SimGroup>>;
  readonly limits: Limits;
}

export interface Limits {
  readonly batchRecords: number;
  readonly commitRecordsMax: number;
  readonly commitCustomersMax: number;
  readonly hotEntriesMax: number;
  readonly outboxDepthMax: number;
  readonly relayRecordsMax: number;
  readonly relayBytesMax: number;
}

export interface RunningService {
  stop(): Promise<void>;
}

/** Starts the real service over ports of the simulated world. */
export function startService(
  name: ServiceName,
  process: SimProcess,
  stack: Stack,
): Promise<RunningService> {
  switch (name) {
    case 'ingestor':
      return ingestorOn(process, stack);
    case 'scorer':
      return scorerOn(process, stack);
    case 'notifier':
      return notifierOn(process, stack);
  }
}

function portsOf(name: ServiceName, process: SimProcess, stack: Stack) {
  const { log, limits, groups } = stack;
  return {
    group: new SimGroupReader(process, {
      group: groups[name],
      log,
      batchRecords: limits.batchRecords,
    }),
    clock: process.clock,
    logger: silentLogger,
    metrics: talliedMetrics(process.world.tally, (what) => process.world.fail(what)),
    onFatal: (error: unknown) => {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.world.fail(`${process.name} gave up: ${why}`);
    },
  };
}

function ingestorOn(process: SimProcess, stack: Stack): Promise<RunningService> {
  return startIngestor(
    {
      ...portsOf('ingestor', process, stack),
      reader: logReaderOf(process, stack.log),
      writer: new SimLogWriter(process, stack.watch.append),
      serde: serdes,
      seal: (bytes) => bytes,
      markerOf: unkeyedMarker,
    },
    {
      timeMode: stack.traffic.time,
      rules: stack.traffic.rules,
      identity: identity(),
      recordBytesMax: RECORD_BYTES_MAX_DEFAULT,
      redrivesMax: REDRIVES_MAX_DEFAULT,
      groupId: stack.groups.ingestor.groupId,
      commitIntervalMs: 100,
      at: (point) => process.at(point),
    },
  );
}

function scorerOn(process: SimProcess, stack: Stack): Promise<RunningService> {
  const ports = portsOf('scorer', process, stack);
  const { batchRecords: _, ...limits } = stack.limits;
  return startScorer(
    {
      ...ports,
      reader: logReaderOf(process, stack.log),
      outputWriter: new SimLogWriter(process, stack.watch.append),
      customerLogWriter: new SimLogWriter(process, stack.watch.append),
      store: storeOf(process, stack.store),
      notes: notesOf(process, stack.store),
      serde: serdes,
      seal: (bytes) => bytes,
      markerOf: unkeyedMarker,
      alarm: process.alarm,
      metrics: createScorerMetrics(ports.metrics),
      fold,
      initialPartition,
    },
    {
      ...limits,
      groupId: stack.groups.scorer.groupId,
      tickLagMax: 5,
      tickWaitMsMax: 300,
      policyPollMs: 300,
      sweepCustomersMax: 3,
      groupCommitIntervalMs: 500,
      at: (point) => process.at(point),
    },
  );
}

function notifierOn(process: SimProcess, stack: Stack): Promise<RunningService> {
  const { endpoints } = stack;
  return startNotifier(
    {
      ...portsOf('notifier', process, stack),
      log: logReaderOf(process, stack.log),
      queue: new SimDeliveryQueue(process, stack.queue),
      alarm: process.alarm,
      writer: sendInTurn(new SimLogWriter(process, stack.watch.append)),
      keeper: positionKeeperOf(process, stack.log),
      serde: serdes(TOPICS.tierChanges),
      undeliveredSerde: serdes(TOPICS.undelivered),
      poster: {
        post: (request): Promise<DeliveryOutcome> => endpoints.post(process, request),
        close: () => {},
      },
    },
    {
      groupId: stack.groups.notifier.groupId,
      topic: TOPICS.tierChanges,
      subscriptions: new FixedSubscriptions(endpoints.subscriptions),
      deliveryTimeoutMs: 1_000,
      arePrivateAddressesAllowed: true,
      positionCheckMs: 1_000,
      pendingMax: 12,
      disableAfterMs: Number.MAX_SAFE_INTEGER,
      feedMs: 300,
      upkeepMs: 700,
      breaker: { failures: 4, holdMs: 100, holdMsMax: 400 },
      at: (point) => process.at(point),
    },
  );
}

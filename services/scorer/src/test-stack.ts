import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type DeadLetter,
  deadLetterFromWire,
  logRecordFromWire,
  logRecordToWire,
  type PolicyPublication,
  policyKey,
  policyPublicationToWire,
  type RatesPublication,
  ratesKey,
  ratesPublicationToWire,
  type TierChangeEvent,
  type TierSnapshot,
  TOPICS,
  tierChangeFromWire,
  tierSnapshotFromWire,
  type WireRecord,
} from '@strata/contracts';
import {
  type CustomerEvent,
  fold,
  initialPartition,
  type LogRecord,
  type PolicySet,
  type RateRow,
  rateTableOf,
} from '@strata/domain';
import { aPolicySet } from '@strata/domain/builders';
import {
  MemoryGroupReader,
  MemoryLog,
  MemoryLogReader,
  MemoryLogWriter,
  MemoryStateStore,
} from '@strata/memory';
import { partitionFor, silentLogger, type TopicRecord } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import { createMetrics, keyedMarker, seal } from '@strata/service-runtime';
import type { CrashHook, CrashPoint } from './crash-point.ts';
import { createScorerMetrics } from './metrics.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { ScorerSettings } from './scorer-settings.ts';
import { type RunningScorer, startScorer } from './start-scorer.ts';

export const SEALING_KEY = new Uint8Array(32).fill(5);

const registry = new MemorySchemaRegistry();
await registerSchemas(registry, readSchemaFolder());

/** The real Avro of every topic, over a registry in memory. */
export const serde = await openTopicSerdes({
  source: registry,
  schemas: readSchemaFolder(),
  clock: { nowMs: () => 0 },
});

function decoded(topic: string, { value }: TopicRecord): WireRecord {
  return serde(topic).decode(value ?? new Uint8Array());
}

/** A log, a store and a clock in memory, on which scorers can be started, frozen and started again. */
export class TestStack {
  readonly clock = { ms: 1_800_000_000_000, nowMs: () => this.clock.ms };
  readonly log: MemoryLog;
  readonly partitions: number;
  readonly fatal: unknown[] = [];
  store = new MemoryStateStore();
  readonly #alarms = new Set<{ atMs: number; ring: () => void }>();
  #groups = 0;
  #published = 0;

  constructor(partitions = 2, logClock?: { nowMs(): number }) {
    this.partitions = partitions;
    this.log = new MemoryLog(logClock ?? this.clock);
    for (const topic of [TOPICS.customerLog, TOPICS.tierChanges, TOPICS.tiers]) {
      this.log.createTopic(topic, partitions);
    }
    this.log.createTopic(TOPICS.deadLetters, 3);
    this.log.createTopic(TOPICS.policies, 1);
  }

  /** Every scorer is a group of its own unless named: so the one before it goes on believing that it owns everything. */
  start(
    given: {
      settings?: Partial<ScorerSettings>;
      ports?: Partial<ScorerPorts>;
      batchRecords?: number;
    } = {},
  ): Promise<RunningScorer> {
    this.#groups += 1;
    return startScorer(this.#ports(given), { groupId: `group ${this.#groups}`, ...given.settings });
  }

  #ports(given: { ports?: Partial<ScorerPorts>; batchRecords?: number }): ScorerPorts {
    const batchRecords = given.batchRecords ?? 1_000;
    return {
      group: new MemoryGroupReader(this.log, {
        batchRecords,
        backOff: async () => {
          await nextTurn();
        },
      }),
      reader: new MemoryLogReader(this.log),
      outputWriter: new MemoryLogWriter(this.log),
      customerLogWriter: new MemoryLogWriter(this.log),
      store: this.store,
      notes: this.store,
      serde,
      seal: (bytes) => seal(SEALING_KEY, bytes),
      markerOf: keyedMarker(SEALING_KEY),
      clock: this.clock,
      alarm: (afterMs, ring) => {
        const alarm = { atMs: this.clock.ms + afterMs, ring };
        this.#alarms.add(alarm);
        return () => this.#alarms.delete(alarm);
      },
      logger: silentLogger,
      metrics: createScorerMetrics(createMetrics({ withProcess: false })),
      fold,
      initialPartition,
      onFatal: (error) => void this.fatal.push(error),
      ...given.ports,
    };
  }

  /** Moves the wall clock and rings what was due by then. */
  advance(ms: number): void {
    this.clock.ms += ms;
    for (const alarm of this.#alarms) {
      if (alarm.atMs > this.clock.ms) continue;
      this.#alarms.delete(alarm);
      alarm.ring();
    }
  }

  open(time: 'wall' | 'data', partitions = this.partitions): void {
    this.everywhere({ kind: 'stack-opened', time, partitions, ledgerHorizonDays: 800 });
  }

  /** The next set, checked against what the one before was published under. */
  publish(set: PolicySet = aPolicySet(), how: Partial<PolicyPublication> = {}): void {
    const publication = {
      set,
      basedOn: this.#published,
      announceFrom: 0,
      publishedAt: this.clock.ms,
      publishedBy: 'test',
      reason: null,
      ...how,
    };
    this.#published = this.records(TOPICS.policies).length + 1;
    this.log.append([
      {
        topic: TOPICS.policies,
        partition: 0,
        key: new TextEncoder().encode(policyKey(publication)),
        value: serde(TOPICS.policies).encode(policyPublicationToWire(publication)),
        headers: {},
      },
    ]);
  }

  publishRates(kind: RatesPublication['kind'], rows: readonly RateRow[]): void {
    const { id } = rateTableOf(rows, 0);
    const publication = { kind, id, rows, publishedAt: this.clock.ms, publishedBy: 'test' };
    const wire = ratesPublicationToWire(publication);
    const key = new TextEncoder().encode(ratesKey(publication));
    const value = serde(TOPICS.policies).encode(wire);
    this.log.append([{ topic: TOPICS.policies, partition: 0, key, value, headers: {} }]);
  }

  everywhere(record: LogRecord): void {
    for (let partition = 0; partition < this.partitions; partition += 1) {
      this.append(partition, serde(TOPICS.customerLog).encode(logRecordToWire(record)));
    }
  }

  append(partition: number, value: Uint8Array): void {
    const place = { topic: TOPICS.customerLog, partition };
    this.log.append([{ ...place, key: null, value, headers: {} }]);
  }

  /** Events as the ingestor writes them: each in its customer's partition; in data time with their own instant as the clock. */
  events(events: readonly CustomerEvent[], time: 'wall' | 'data' = 'data'): void {
    for (const event of events) {
      const partition = this.partitionOf(event.customerId);
      const record: LogRecord =
        time === 'data'
          ? { kind: 'event', event, clockAt: event.occurredAt }
          : { kind: 'event', event };
      this.append(partition, serde(TOPICS.customerLog).encode(logRecordToWire(record)));
    }
  }

  partitionOf(customerId: string): number {
    return partitionFor(new TextEncoder().encode(customerId), this.partitions);
  }

  records(topic: string): TopicRecord[] {
    const count = this.log.partitionCount(topic);
    return Array.from({ length: count }, (_, partition) =>
      this.log.slice({ topic, partition }, { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1e6 }),
    ).flatMap(({ records }) => records);
  }

  logRecords(): LogRecord[] {
    const records = this.records(TOPICS.customerLog);
    return records.map((record) => logRecordFromWire(decoded(TOPICS.customerLog, record)));
  }

  changes(): TierChangeEvent[] {
    const records = this.records(TOPICS.tierChanges).filter(({ value }) => value !== null);
    return records.map((record) => tierChangeFromWire(decoded(TOPICS.tierChanges, record)));
  }

  snapshots(): TierSnapshot[] {
    const records = this.records(TOPICS.tiers).filter(({ value }) => value !== null);
    return records.map((record) => tierSnapshotFromWire(decoded(TOPICS.tiers, record)));
  }

  deadLetters(): DeadLetter[] {
    const records = this.records(TOPICS.deadLetters).filter(({ value }) => value !== null);
    return records.map((record) => deadLetterFromWire(decoded(TOPICS.deadLetters, record)));
  }

  /** What a reader keeps who drops whatever is not above the last number of its partition. */
  read(): TierChangeEvent[] {
    const last = new Map<number, number>();
    return this.changes().filter(({ partition, seq }) => {
      if (seq <= (last.get(partition) ?? 0)) return false;
      last.set(partition, seq);
      return true;
    });
  }

  /** Lets everything run that needs no more than turns of the event loop: what has not happened by then waits for something. */
  async turns(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await nextTurn();
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + 5_000;
    while (!(await holds())) {
      if (performance.now() > deadlineMs) throw new Error(`Waited in vain: ${what}`);
      await nextTurn();
    }
  }

  /** Everything in the log is folded and everything folded is published. */
  async settled(): Promise<void> {
    await this.until('all is folded and published', async () => {
      const partitions = Array.from({ length: this.partitions }, (_, p) => p);
      const shards = await Promise.all(partitions.map((p) => this.store.inspect(p)));
      // Looked at last: publishing one partition's outbox may have appended to another.
      const bounds = this.log.bounds(TOPICS.customerLog);
      return shards.every((shard, p) => shard.next === bounds[p]?.end && shard.outboxDepth === 0);
    });
  }
}

/** Stops for good at the n-th time a point is reached, as a process does that is killed there. `release` wakes it again. */
export function freezeAt(
  point: CrashPoint,
  nth = 1,
): { at: CrashHook; isFrozen: () => boolean; release: () => void } {
  let left = nth;
  let release = (): void => {};
  const frozen = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isFrozen = false;
  return {
    at: (reached) => {
      if (isFrozen) return frozen;
      if (reached !== point) return;
      left -= 1;
      if (left > 0) return;
      isFrozen = true;
      return frozen;
    },
    isFrozen: () => isFrozen,
    release,
  };
}

/** Holds everybody up at a point while it is shut. */
export function gateAt(point: CrashPoint): { at: CrashHook; shut: () => void; open: () => void } {
  let gate: Promise<void> | null = null;
  let open = (): void => {};
  return {
    at: (reached) => (reached === point && gate !== null ? gate : undefined),
    shut: () => {
      gate = new Promise((resolve) => {
        open = () => {
          gate = null;
          resolve();
        };
      });
    },
    open: () => open(),
  };
}

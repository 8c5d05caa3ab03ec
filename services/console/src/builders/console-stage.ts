import {
  type DeadLetter,
  type DeadLetterReason,
  deadLetterToWire,
  INTAKE_TOPICS,
  policyKey,
  policyPublicationToWire,
  RETIRED_HEADER,
  TOPICS,
  tierChangeEvent,
  tierChangeHeaders,
  tierChangeToWire,
  tierSnapshotToWire,
} from '@strata/contracts';
import { type CustomerEvent, DAY_MS, type Instant, type Output } from '@strata/domain';
import { aPolicySet, aPurchase, TestPartition } from '@strata/domain/builders';
import { MemoryGroupReader, MemoryLog, MemoryLogReader, MemoryStateStore } from '@strata/memory';
import { silentLogger } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
  type TopicSerde,
} from '@strata/schema-registry';
import { createMetrics, type Metrics } from '@strata/service-runtime';
import type { AskedService } from '@strata/stack-figures';
import type { ConsoleSettings } from '../ports.ts';
import { type RunningConsole, startConsole } from '../start-console.ts';
import { STAGE_POLICY } from './stage-policy.ts';

export const STAGE_START: Instant = Date.parse('2025-01-01T00:00:00Z');

/**
 * A console over a log in memory, with what a scorer would have published: the changes are made by
 * the real fold and encoded by the real schemas.
 */
export class ConsoleStage {
  readonly log: MemoryLog;
  readonly #partition = new TestPartition(STAGE_POLICY);
  readonly #serdes: (topic: string) => TopicSerde;
  #seq = 0;
  #letters = 0;
  /** Of the console that was started last. */
  metrics: Metrics = createMetrics({ withProcess: false });
  running: RunningConsole | null = null;
  /** What the other services answer when they are asked. */
  asked: readonly AskedService[] = [];

  constructor(log: MemoryLog, serdes: (topic: string) => TopicSerde) {
    this.log = log;
    this.#serdes = serdes;
  }

  static async open(): Promise<ConsoleStage> {
    const clock = { nowMs: () => Date.now() };
    const log = new MemoryLog(clock);
    for (const topic of [...INTAKE_TOPICS, ...Object.values(TOPICS)]) log.createTopic(topic, 1);
    const registry = new MemorySchemaRegistry();
    const schemas = readSchemaFolder();
    await registerSchemas(registry, schemas);
    const serdes = await openTopicSerdes({ source: registry, schemas, clock });
    const stage = new ConsoleStage(log, serdes);
    stage.#publishPolicy();
    return stage;
  }

  async start(settings: Partial<ConsoleSettings> = {}): Promise<RunningConsole> {
    this.metrics = createMetrics({ withProcess: false });
    this.running = await startConsole(
      {
        group: new MemoryGroupReader(this.log),
        log: new MemoryLogReader(this.log),
        store: new MemoryStateStore(),
        serdes: this.#serdes,
        clock: { nowMs: () => Date.now() },
        logger: silentLogger,
        metrics: this.metrics,
        onFatal: (error) => {
          throw error;
        },
        askServices: async () => this.asked,
      },
      {
        host: '127.0.0.1',
        port: 0,
        apiKeysFile: null,
        groupId: 'console-of-a-test',
        ...settings,
      },
    );
    return this.running;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = null;
  }

  /** Purchases of a customer, `days` after the start of the stage. */
  buys(customerId: string, ...days: number[]): void {
    this.#fold(days.map((day) => aPurchase(instantOf(day), { customerId })));
  }

  /** Nobody does anything until `day`. */
  passTo(day: number): void {
    this.#publish(this.#partition.passTo(instantOf(day)));
  }

  /** Records that could not be used, one for each reason. */
  refuses(...reasons: readonly DeadLetterReason[]): void {
    for (const reason of reasons) {
      const id = `letter-${(this.#letters += 1)}`;
      const letter: DeadLetter = {
        id,
        topic: TOPICS.events,
        partition: 0,
        offset: this.#letters,
        reason,
        detail: null,
        schemaId: null,
        source: null,
        type: null,
        firstSeenAt: STAGE_START,
        lastSeenAt: STAGE_START,
        redrives: 0,
        state: 'open',
        sizeBytes: 2,
        sealed: new Uint8Array(),
      };
      const value = this.#serdes(TOPICS.deadLetters).encode(deadLetterToWire(letter));
      this.#append(TOPICS.deadLetters, { key: id, value, headers: {} });
    }
  }

  /** A customer's erasure: no value, in both topics. */
  erase(customerId: string): void {
    const number = { epoch: 1, seq: (this.#seq += 1) };
    const headers = { ...headerOf(number), [RETIRED_HEADER]: Buffer.from('erased') };
    for (const topic of [TOPICS.tierChanges, TOPICS.tiers]) {
      this.#append(topic, { key: customerId, value: null, headers });
    }
  }

  #fold(events: readonly CustomerEvent[]): void {
    for (const event of events) {
      this.#append(TOPICS.events, { key: event.customerId, value: Buffer.from('{}'), headers: {} });
      this.#append(TOPICS.customerLog, {
        key: event.customerId,
        value: Buffer.from('{}'),
        headers: {},
      });
      this.#publish(this.#partition.events(event));
    }
  }

  #publish(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.kind !== 'tier-change') continue;
      const number = { epoch: 1, seq: (this.#seq += 1) };
      const event = tierChangeEvent(output, { partition: 0, ...number }, STAGE_POLICY);
      this.#append(TOPICS.tierChanges, {
        key: output.customerId,
        value: this.#serdes(TOPICS.tierChanges).encode(tierChangeToWire(event)),
        headers: tierChangeHeaders(event),
      });
      const snapshot = tierSnapshotToWire({
        customerId: event.customerId,
        customerSeq: event.customerSeq,
        tier: event.toTier,
        since: event.effectiveAt,
        protectedUntil: event.protectedUntil,
        policy: event.policy,
        policyVersion: event.policyVersion,
        segment: event.segment,
        score: event.score,
        effectiveAt: event.effectiveAt,
        asOf: event.asOf,
        override: event.override,
        ...number,
      });
      this.#append(TOPICS.tiers, {
        key: event.customerId,
        value: this.#serdes(TOPICS.tiers).encode(snapshot),
        headers: headerOf(number),
      });
    }
  }

  #publishPolicy(): void {
    const publication = {
      set: aPolicySet(STAGE_POLICY),
      basedOn: 0,
      announceFrom: 0,
      publishedAt: STAGE_START,
      publishedBy: 'test',
      reason: null,
    };
    const value = this.#serdes(TOPICS.policies).encode(policyPublicationToWire(publication));
    this.#append(TOPICS.policies, { key: policyKey(publication), value, headers: {} });
  }

  #append(
    topic: string,
    record: { key: string; value: Uint8Array | null; headers: Record<string, Uint8Array> },
  ): void {
    this.log.append([{ topic, partition: 0, ...record, key: Buffer.from(record.key) }]);
  }
}

function headerOf({ epoch, seq }: { epoch: number; seq: number }): Record<string, Uint8Array> {
  return { 'strata-seq': Buffer.from(`${epoch}.${seq}`) };
}

function instantOf(day: number): Instant {
  return STAGE_START + Math.round(day * DAY_MS);
}

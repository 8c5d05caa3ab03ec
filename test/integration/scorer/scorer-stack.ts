import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CURRENT_POLICY_KEY,
  logRecordFromWire,
  logRecordToWire,
  policyPublicationToWire,
  type TierChangeEvent,
  TOPICS,
  tierChangeEvent,
  tierChangeFromWire,
} from '@strata/contracts';
import {
  type CustomerState,
  customersOf,
  decidingPolicy,
  fold,
  initialPartition,
  type LogRecord,
  type PolicySet,
} from '@strata/domain';
import { ensureTopics, KafkaLogReader, KafkaLogWriter } from '@strata/kafka';
import { type Backends, startBackends } from '@strata/local-stack';
import type { OutgoingRecord, TopicRecord } from '@strata/pipeline';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import { advanceDecisionHash, FIRST_DECISION_HASH } from '@strata/scorer';
import { systemClock } from '@strata/service-runtime';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What the pure function says of a partition of the log. */
export interface Truth {
  readonly changes: readonly TierChangeEvent[];
  readonly decisionHash: string;
  /** Referrals that count, over all customers. */
  readonly referrals: number;
}

/** Back ends of its own, because the topics of a stack have one name each; deployed as `up` does it, small. */
export class ScorerStack {
  readonly partitions = 4;
  readonly #backends: Backends;
  readonly #dataDir: string;
  readonly #reader: KafkaLogReader;
  readonly #writer: KafkaLogWriter;
  readonly #serde: Awaited<ReturnType<typeof openTopicSerdes>>;

  private constructor(parts: {
    backends: Backends;
    dataDir: string;
    serde: Awaited<ReturnType<typeof openTopicSerdes>>;
  }) {
    this.#backends = parts.backends;
    this.#dataDir = parts.dataDir;
    this.#serde = parts.serde;
    const kafka = { clientId: 'scorer-test', brokers: parts.backends.brokers };
    this.#reader = new KafkaLogReader(kafka);
    this.#writer = new KafkaLogWriter(kafka);
  }

  static async start(): Promise<ScorerStack> {
    const dataDir = await mkdtemp(join(tmpdir(), 'strata-scorer-'));
    const backends = await startBackends({ root: ROOT, dataDir });
    const source = new ConfluentSchemaRegistry({ url: backends.registryUrl });
    const schemas = readSchemaFolder();
    await registerSchemas(source, schemas);
    const serde = await openTopicSerdes({ source, schemas, clock: systemClock });
    const stack = new ScorerStack({ backends, dataDir, serde });
    const kafka = { clientId: 'scorer-test', brokers: backends.brokers };
    const config = { 'message.timestamp.type': 'LogAppendTime' };
    const names = [TOPICS.customerLog, TOPICS.tierChanges, TOPICS.tiers, TOPICS.deadLetters];
    await ensureTopics(kafka, [
      ...names.map((name) => ({ name, partitions: stack.partitions, config })),
      { name: TOPICS.policies, partitions: 1, config },
    ]);
    return stack;
  }

  env(): Record<string, string> {
    return {
      STRATA_KAFKA_BROKERS: this.#backends.brokers.join(','),
      STRATA_REGISTRY_URL: this.#backends.registryUrl,
      STRATA_STATE_REDIS_URL: this.#backends.stateRedisUrl,
      STRATA_SEALING_KEY: Buffer.alloc(32, 3).toString('base64'),
    };
  }

  async append(entries: readonly { partition: number; record: LogRecord }[]): Promise<void> {
    await this.#writer.send(
      entries.map(
        ({ partition, record }): OutgoingRecord => ({
          topic: TOPICS.customerLog,
          partition,
          key: null,
          value: this.#serde(TOPICS.customerLog).encode(logRecordToWire(record)),
          headers: {},
        }),
      ),
    );
  }

  async everywhere(record: LogRecord): Promise<void> {
    const all = Array.from({ length: this.partitions }, (_, partition) => ({ partition, record }));
    await this.append(all);
  }

  async publish(set: PolicySet): Promise<void> {
    const publication = { set, publishedAt: 0, publishedBy: 'test', reason: null };
    await this.#writer.send([
      {
        topic: TOPICS.policies,
        partition: 0,
        key: new TextEncoder().encode(CURRENT_POLICY_KEY),
        value: this.#serde(TOPICS.policies).encode(policyPublicationToWire(publication)),
        headers: {},
      },
    ]);
  }

  /** As it lies in the topic, repeats and all. */
  async published(partition: number): Promise<TierChangeEvent[]> {
    const records = await this.#read(TOPICS.tierChanges, partition);
    return records.map(({ value }) =>
      tierChangeFromWire(this.#serde(TOPICS.tierChanges).decode(value ?? new Uint8Array())),
    );
  }

  /** Folds a partition of the log as it lies in Kafka, with nothing of the scorer but the numbers it has to give. */
  async truth(partition: number): Promise<Truth> {
    let state = initialPartition(partition);
    let decisionHash = FIRST_DECISION_HASH;
    const customers = new Map<string, CustomerState>();
    const changes: TierChangeEvent[] = [];
    for (const { offset, appendedAt, value } of await this.#read(TOPICS.customerLog, partition)) {
      const serde = this.#serde(TOPICS.customerLog);
      const record = logRecordFromWire(serde.decode(value ?? new Uint8Array()));
      const known = customersOf(record).flatMap((id) => {
        const customer = customers.get(id);
        return customer === undefined ? [] : [[id, customer] as const];
      });
      const at = { partition, offset, appendedAt };
      const result = fold({ partition: state, customers: new Map(known), record, at });
      state = result.partition;
      for (const [id, customer] of result.customers) customers.set(id, customer);
      for (const output of result.outputs) {
        if (output.kind !== 'tier-change') continue;
        decisionHash = advanceDecisionHash(decisionHash, output);
        const address = { partition, epoch: 1, seq: changes.length + 1 };
        changes.push(tierChangeEvent(output, address, decidingPolicy(state, output)));
      }
    }
    const ledgers = [...customers.values()].map(({ ledger }) => ledger);
    const referrals = ledgers.reduce((sum, ledger) => sum + ledger.referrals.length, 0);
    return { changes, decisionHash, referrals };
  }

  async logEnds(): Promise<readonly number[]> {
    return (await this.#reader.bounds(TOPICS.customerLog)).map(({ end }) => end);
  }

  async #read(topic: string, partition: number): Promise<TopicRecord[]> {
    const all: TopicRecord[] = [];
    for await (const records of this.#reader.read({ topic, partition, offset: 0 })) {
      await this.#serde(topic).prepare(records.map(({ value }) => value));
      all.push(...records);
    }
    return all;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#reader.close(), this.#writer.close()]);
    await this.#backends.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { deployTopics } from '@strata/cli';
import {
  type DeadLetter,
  deadLetterFromWire,
  INTAKE_TOPICS,
  logRecordFromWire,
  TOPICS,
} from '@strata/contracts';
import type { LogRecord } from '@strata/domain';
import { KafkaLogReader, KafkaLogWriter } from '@strata/kafka';
import { type Backends, startBackends } from '@strata/local-stack';
import type { TopicRecord } from '@strata/pipeline';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
} from '@strata/schema-registry';
import { systemClock } from '@strata/service-runtime';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = join(ROOT, 'services/ingestor/src/main.ts');
export const PARTITIONS = 4;
export const KEY = Buffer.alloc(32, 5);
const WAIT_MS = 90_000;

export type Arrived = Pick<TopicRecord, 'partition'> & { readonly read: LogRecord };

/**
 * A broker and a registry of its own, because topics of a stack have one name each, and the ingestor on them as the
 * process that runs in production.
 */
export class IngestorStack {
  readonly backends: Backends;
  readonly reader: KafkaLogReader;
  readonly writer: KafkaLogWriter;
  readonly registry: ConfluentSchemaRegistry;
  readonly serde: Awaited<ReturnType<typeof openTopicSerdes>>;
  readonly folder: string;
  readonly #running = new Set<ChildProcess>();

  private constructor(
    folder: string,
    backends: Backends,
    serde: Awaited<ReturnType<typeof openTopicSerdes>>,
  ) {
    const kafka = { clientId: 'ingestor-test', brokers: backends.brokers };
    this.folder = folder;
    this.backends = backends;
    this.serde = serde;
    this.reader = new KafkaLogReader(kafka);
    this.writer = new KafkaLogWriter(kafka);
    this.registry = new ConfluentSchemaRegistry({ url: backends.registryUrl });
  }

  static async start(): Promise<IngestorStack> {
    const folder = await mkdtemp(join(tmpdir(), 'strata-ingestor-'));
    const backends = await startBackends({ root: ROOT, dataDir: join(folder, 'stack') });
    await deployTopics(backends, PARTITIONS);
    const source = new ConfluentSchemaRegistry({ url: backends.registryUrl });
    const schemas = readSchemaFolder();
    return new IngestorStack(
      folder,
      backends,
      await openTopicSerdes({ source, schemas, clock: systemClock }),
    );
  }

  ingestor(timeMode: 'wall' | 'data', more: Readonly<Record<string, string>> = {}): ChildProcess {
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        STRATA_KAFKA_BROKERS: this.backends.brokers.join(','),
        STRATA_REGISTRY_URL: this.backends.registryUrl,
        STRATA_SEALING_KEY: KEY.toString('base64'),
        STRATA_TIME_MODE: timeMode,
        STRATA_LOG_LEVEL: 'warn',
        ...more,
      },
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }

  async end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  async killAll(): Promise<void> {
    for (const child of this.#running) await this.end(child, 'SIGKILL');
  }

  async recordsOf(topic: string): Promise<TopicRecord[]> {
    const found: TopicRecord[] = [];
    const count = await this.reader.partitionCount(topic);
    for (let partition = 0; partition < count; partition += 1) {
      for await (const batch of this.reader.read({ topic, partition, offset: 0 })) {
        found.push(...batch);
      }
    }
    return found;
  }

  async customerLog(): Promise<Arrived[]> {
    const serde = this.serde(TOPICS.customerLog);
    return (await this.recordsOf(TOPICS.customerLog)).map(({ partition, value }) => ({
      partition,
      read: logRecordFromWire(serde.decode(value ?? new Uint8Array())),
    }));
  }

  async letters(): Promise<DeadLetter[]> {
    const serde = this.serde(TOPICS.deadLetters);
    return (await this.recordsOf(TOPICS.deadLetters)).map(({ value }) =>
      deadLetterFromWire(serde.decode(value ?? new Uint8Array())),
    );
  }

  async until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + WAIT_MS;
    while (!(await isTrue())) {
      if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
      await delay(50);
    }
  }

  /** Everything sent is behind the positions that the group has committed. */
  async isReadToTheEnd(topics: readonly string[] = INTAKE_TOPICS): Promise<boolean> {
    const committed = await this.reader.committed('strata-ingestor', topics);
    for (const topic of topics) {
      for (const [partition, { end: last }] of (await this.reader.bounds(topic)).entries()) {
        if (last > 0 && (committed.get(`${topic}:${partition}`) ?? 0) < last) return false;
      }
    }
    return true;
  }

  async readToTheEnd(topics: readonly string[] = INTAKE_TOPICS): Promise<void> {
    await this.until('all was read', () => this.isReadToTheEnd(topics));
  }

  async stop(): Promise<void> {
    await this.killAll();
    await Promise.all([this.reader.close(), this.writer.close()]);
    await this.backends.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type TierChangeEvent, TOPICS, tierChangeToWire, type WireRecord } from '@strata/contracts';
import { BullDeliveryQueue } from '@strata/jobs';
import { freePort } from '@strata/local-stack';
import {
  MemoryGroupReader,
  MemoryLog,
  MemoryLogReader,
  MemoryLogWriter,
  MemoryPositionKeeper,
} from '@strata/memory';
import { FixedSubscriptions, parseSubscriptions, startNotifier } from '@strata/notifier';
import { sendInTurn, silentLogger } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import { createMetrics, systemAlarm, systemClock } from '@strata/service-runtime';
import { Redis } from 'ioredis';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const TIMEOUT_MS = 10_000;

/** A Redis of the benchmark's own, that writes its append-only file as a production one does. */
export async function startRedis(): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const port = await freePort();
  const args = ['--port', String(port), '--dir', folder, '--appendonly', 'yes', '--save', ''];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}`;
  for (;;) {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => {});
    const isUp = await redis.ping().then(
      () => true,
      () => false,
    );
    redis.disconnect();
    if (isUp) break;
    await delay(50);
  }
  return {
    url,
    pid: server.pid ?? 0,
    stop: async () => {
      server.kill('SIGTERM');
      if (server.exitCode === null) await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Endpoints in a thread of their own. */
export class Receivers {
  readonly url: string;
  readonly #worker: Worker;
  #onArrival: (path: string, id: string, atMs: number) => void = () => {};

  private constructor(worker: Worker, port: number) {
    this.#worker = worker;
    this.url = `http://127.0.0.1:${port}`;
    worker.on('message', ({ arrived }: { arrived: readonly [string, string, number][] }) => {
      for (const each of arrived) this.#onArrival(...each);
    });
  }

  static async start(): Promise<Receivers> {
    const worker = new Worker(new URL('./receivers.ts', import.meta.url));
    const [{ port }] = (await once(worker, 'message')) as [{ port: number }];
    return new Receivers(worker, port);
  }

  listen(onArrival: (path: string, id: string, atMs: number) => void): void {
    this.#onArrival = onArrival;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The real notifier on BullMQ, over a topic in memory: what is measured is everything behind the topic. */
export async function startBenchNotifier(options: {
  readonly redisUrl: string;
  readonly name: string;
  readonly endpoints: readonly { readonly id: string; readonly url: string }[];
}) {
  const log = new MemoryLog(systemClock);
  log.createTopic(TOPICS.tierChanges, 1);
  log.createTopic(TOPICS.undelivered, 1);
  const { redisUrl: url, name, endpoints } = options;
  const file = JSON.stringify(
    endpoints.map((endpoint) => ({ ...endpoint, secret: SECRET, concurrency: 8 })),
  );
  const notifier = await startNotifier(
    {
      group: new MemoryGroupReader(log),
      log: new MemoryLogReader(log),
      queue: await BullDeliveryQueue.connect({ url, name }),
      writer: sendInTurn(new MemoryLogWriter(log)),
      keeper: new MemoryPositionKeeper(log),
      serde: plainSerde,
      undeliveredSerde: plainSerde,
      clock: systemClock,
      alarm: systemAlarm,
      logger: silentLogger,
      metrics: createMetrics({ withProcess: false }),
      onFatal: (error) => {
        throw error;
      },
    },
    {
      groupId: name,
      topic: TOPICS.tierChanges,
      subscriptions: new FixedSubscriptions(
        parseSubscriptions(file, { place: 'the benchmark', isHttpAllowed: true }),
      ),
      pendingMax: 10_000,
      disableAfterMs: Number.MAX_SAFE_INTEGER,
      deliveryTimeoutMs: TIMEOUT_MS,
      arePrivateAddressesAllowed: true,
    },
  );
  let seq = 0;
  return {
    /** Answers the ids of so many new tier changes. */
    publish: (count: number): string[] => {
      const changes = Array.from({ length: count }, () => aTierChange(++seq));
      log.append(
        changes.map((change) => ({
          topic: TOPICS.tierChanges,
          partition: 0,
          key: Buffer.from(change.customerId),
          value: plainSerde.encode(tierChangeToWire(change)),
          headers: { 'strata-seq': Buffer.from(`1.${change.seq}`) },
        })),
      );
      return changes.map(({ id }) => id);
    },
    endpoints: () => notifier.figures()?.endpoints ?? new Map<string, never>(),
    stop: () => notifier.stop(),
  };
}

const plainSerde: TopicSerde = {
  prepare: async () => {},
  encode: (record) => Buffer.from(JSON.stringify(record)),
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as WireRecord,
};

/** Of a customer of its own, so that nothing waits for anything. */
function aTierChange(seq: number): TierChangeEvent {
  const at = Date.parse('2026-01-02T03:04:06Z');
  return {
    id: `0.${seq}.0`,
    partition: 0,
    epoch: 1,
    seq,
    customerId: `c${seq}`,
    customerSeq: 1,
    type: 'promoted',
    fromTier: 'silver',
    toTier: 'gold',
    fromPolicy: null,
    labels: { gold: { zh: '金牌客户', en: 'Gold' } },
    segment: null,
    cause: { kind: 'event', ref: null },
    policy: 'shop',
    policyVersion: 1,
    score: 325.5,
    dimensions: [],
    evidence: [`0:${seq}`],
    effectiveAt: at,
    decidedAt: at,
    asOf: at,
    protectedUntil: null,
    atRisk: null,
    override: null,
    withdraws: null,
    backfill: false,
    treatment: { service_hours: 4 },
    steps: 1,
  };
}

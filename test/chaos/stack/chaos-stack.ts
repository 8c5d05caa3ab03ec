import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  connectStack,
  deployTopics,
  endsOf,
  openPartitions,
  publishPolicy,
  type StackHandle,
  waitUntilSettled,
} from '@strata/cli';
import { TOPICS } from '@strata/contracts';
import type { Instant, PolicySet, TimeMode } from '@strata/domain';
import { type Backends, type BackendsOptions, startBackends } from '@strata/local-stack';
import { type ServiceName, ServiceProcess } from './service-process.ts';
import { insist, until } from './until.ts';
import { startWebhookEndpoint, type WebhookEndpoint } from './webhook-endpoint.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const SEALING_KEY = Buffer.alloc(32, 3);

export interface ChaosStackOptions extends Pick<BackendsOptions, 'kafkaProxy'> {
  /** Beside the one of the stack, as they stand in the subscriptions file. */
  readonly subscriptions?: readonly Readonly<Record<string, unknown>>[];
  readonly partitions?: number;
  readonly time?: TimeMode;
  /** How long a group waits for a member that has died. */
  readonly sessionTimeoutMs?: number;
  /** Lays what the back ends will find in their folder before they start. */
  readonly prepare?: (dataDir: string) => Promise<void>;
}

/** The real stack in a folder of its own, in data time if nothing else is said: back ends, and services that a test starts and ends by name. */
export class ChaosStack {
  readonly backends: Backends;
  readonly handle: StackHandle;
  readonly endpoint: WebhookEndpoint;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #started = new Set<ServiceProcess>();

  private constructor(parts: {
    backends: Backends;
    handle: StackHandle;
    endpoint: WebhookEndpoint;
    folder: string;
    env: Readonly<Record<string, string>>;
  }) {
    this.backends = parts.backends;
    this.handle = parts.handle;
    this.endpoint = parts.endpoint;
    this.#folder = parts.folder;
    this.#env = parts.env;
  }

  static async start(options: ChaosStackOptions = {}): Promise<ChaosStack> {
    const { partitions = 4, time = 'data', sessionTimeoutMs = 1_500, kafkaProxy } = options;
    const sealingKey = SEALING_KEY.toString('base64');
    const folder = await mkdtemp(join(tmpdir(), 'strata-chaos-'));
    const dataDir = join(folder, 'stack');
    await options.prepare?.(dataDir);
    const backends = await startBackends({
      root: ROOT,
      dataDir,
      ...(kafkaProxy === undefined ? {} : { kafkaProxy }),
    });
    await deployTopics(backends, partitions);
    const handle = await connectStack({
      kind: 'local',
      time,
      partitions,
      addresses: backends,
      sealingKey,
    });
    const endpoint = await startWebhookEndpoint();
    const subscriptions = join(folder, 'subscriptions.json');
    await writeFile(
      subscriptions,
      JSON.stringify([endpoint.subscription, ...(options.subscriptions ?? [])]),
    );
    const session = String(sessionTimeoutMs);
    const env = {
      STRATA_KAFKA_BROKERS: backends.brokers.join(','),
      STRATA_REGISTRY_URL: backends.registryUrl,
      STRATA_STATE_REDIS_URL: backends.stateRedisUrl,
      STRATA_QUEUE_REDIS_URL: backends.queueRedisUrl,
      STRATA_SEALING_KEY: sealingKey,
      STRATA_TIME_MODE: time,
      STRATA_INGESTOR_SESSION_TIMEOUT_MS: session,
      STRATA_SCORER_SESSION_TIMEOUT_MS: session,
      STRATA_SCORER_POLICY_POLL_MS: '200',
      STRATA_NOTIFIER_SESSION_TIMEOUT_MS: session,
      STRATA_NOTIFIER_LOST_AFTER_MS: '2000',
      STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES: 'true',
      STRATA_NOTIFIER_SUBSCRIPTIONS: subscriptions,
    };
    const stack = new ChaosStack({ backends, handle, endpoint, folder, env });
    await stack.open();
    return stack;
  }

  /** Writes the first record of each partition that has none. */
  async open(): Promise<void> {
    await openPartitions(this.handle, this.handle.time);
  }

  /** Another process of a service; those of one service share its group. */
  async run(
    service: ServiceName,
    more: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
    const started = await ServiceProcess.start(service, { ...this.#env, ...more });
    for (const each of this.#started) if (!each.isRunning) this.#started.delete(each);
    this.#started.add(started);
    return started;
  }

  /** A scorer has to run: it is the owner of a partition that activates. */
  async activate(set: PolicySet): Promise<void> {
    await publishPolicy(this.handle, set, { by: 'test', reason: null, nowMs: 0 });
  }

  /** Until everything that was published is in the log, folded up to the clock, and published itself. */
  async settled(clock: Instant): Promise<void> {
    const intakeEnds = await endsOf(this.handle, TOPICS.events);
    await waitUntilSettled(this.handle, { intakeEnds, upToMs: clock });
  }

  /** Until the queue is empty and the endpoint has so many ids. */
  async delivered(changes: () => number): Promise<void> {
    for (let before = -1; this.endpoint.posts.size > before; ) {
      before = this.endpoint.posts.size;
      let seen = '';
      const isOver = async (): Promise<boolean> => {
        const counts = await insist('to ask the queue', () =>
          this.handle.lookAtDeliveries((queue) => queue.counts()),
        );
        const { waiting, delayed, active } = counts;
        const { size } = this.endpoint.posts;
        seen = `${JSON.stringify(counts)}, ${size} of ${changes()}`;
        return waiting + delayed + active === 0 && size >= changes();
      };
      // Patience begins again as long as more arrives.
      const isMoving = async (): Promise<boolean> =>
        this.endpoint.posts.size > before || (await isOver());
      await until('all is delivered', isMoving, { seen: () => seen });
      if (await isOver()) return;
    }
  }

  /** Offset of the next record to fold, of each partition, as Redis has it. */
  async nexts(): Promise<readonly number[]> {
    const { store, partitions } = this.handle;
    const shards = await insist('to ask Redis', () =>
      Promise.all(Array.from({ length: partitions }, (_, p) => store.inspect(p))),
    );
    return shards.map(({ next }) => next);
  }

  /** Records of the customer log that are not folded yet. */
  async lag(): Promise<number> {
    const nexts = await this.nexts();
    const bounds = await insist('to ask the broker', () =>
      this.handle.reader.bounds(TOPICS.customerLog),
    );
    return bounds.reduce((sum, { end }, partition) => sum + end - (nexts[partition] ?? 0), 0);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#started].map((each) => each.stop()));
    await this.endpoint.close();
    await this.handle.close();
    await this.backends.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

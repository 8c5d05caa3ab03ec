import { freePort } from '@strata/local-stack';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { PrometheusServer } from '../../integration/prometheus/prometheus-server.ts';
import { ChaosStack } from '../stack/chaos-stack.ts';
import { type KafkaProxy, startKafkaProxy } from '../stack/kafka-proxy.ts';
import type { ServiceName, ServiceProcess } from '../stack/service-process.ts';
import { shoppersPolicy } from '../stack/shoppers-policy.ts';
import { insist, until } from '../stack/until.ts';
import { AlarmWatch } from './alarm-watch.ts';
import { type MoodyEndpoint, startMoodyEndpoint } from './moody-endpoint.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { SteadyLoad } from './steady-load.ts';

const PARTITIONS = 4;
const SESSION_MS = 6_000;
const ALL: readonly ServiceName[] = ['ingestor', 'scorer', 'notifier', 'console'];
/** The least that it may be: a partition whose outputs cannot be published soon stands still. */
const SETTINGS: Partial<Record<ServiceName, Readonly<Record<string, string>>>> = {
  scorer: { STRATA_SCORER_OUTBOX_RECORDS: '100' },
};
const LAG_MAX = 200;
const SCRAPES = 3;
const RECOVERY_MS = 240_000;

/** The real local stack in wall time under a light load, scraped by a real Prometheus with the rules of the checkout. */
export class GameStage {
  readonly stack: ChaosStack;
  readonly kafka: KafkaProxy;
  readonly endpoint: MoodyEndpoint;
  /** Null where this machine lets nobody mount one. */
  readonly disk: SmallDisk | null;
  readonly load: SteadyLoad;
  readonly #ports: ReadonlyMap<ServiceName, number>;
  readonly #processes = new Map<ServiceName, ServiceProcess>();
  #prometheus: PrometheusServer | undefined;
  #watch: AlarmWatch | undefined;

  private constructor(parts: {
    stack: ChaosStack;
    kafka: KafkaProxy;
    endpoint: MoodyEndpoint;
    disk: SmallDisk | null;
    ports: ReadonlyMap<ServiceName, number>;
  }) {
    this.stack = parts.stack;
    this.kafka = parts.kafka;
    this.endpoint = parts.endpoint;
    this.disk = parts.disk;
    this.#ports = parts.ports;
    this.load = new SteadyLoad(parts.stack);
  }

  static async open(): Promise<GameStage> {
    const kafkaProxy = { port: await freePort(), target: await freePort() };
    const kafka = await startKafkaProxy(kafkaProxy);
    const endpoint = await startMoodyEndpoint('shop-crm');
    const disk = await mountSmallDisk();
    const stack = await ChaosStack.start({
      partitions: PARTITIONS,
      time: 'wall',
      sessionTimeoutMs: SESSION_MS,
      subscriptions: [endpoint.subscription],
      kafkaProxy,
      ...(disk === null ? {} : { prepare: (dataDir) => disk.holds(dataDir, 'redis-state') }),
    });
    const ports = new Map<ServiceName, number>();
    for (const service of ALL) ports.set(service, await freePort());
    const stage = new GameStage({ stack, kafka, endpoint, disk, ports });
    try {
      await Promise.all(ALL.map((service) => stage.start(service)));
      await stack.activate(shoppersPolicy('CNY'));
      stage.load.start();
      await stage.healthy();
      await stage.#observe();
      return stage;
    } catch (fault) {
      await stage.close();
      throw fault;
    }
  }

  get prometheus(): PrometheusServer {
    if (this.#prometheus === undefined) throw new Error('Prometheus does not run yet');
    return this.#prometheus;
  }

  get watch(): AlarmWatch {
    if (this.#watch === undefined) throw new Error('nobody watches yet');
    return this.#watch;
  }

  of(service: ServiceName): ServiceProcess {
    const found = this.#processes.get(service);
    if (found === undefined) throw new Error(`no ${service} was started`);
    return found;
  }

  /** Another process in the place of one that has ended, where Prometheus looks for it. */
  async start(service: ServiceName, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const port = String(this.#ports.get(service) ?? 0);
    const env = { STRATA_HEALTH_PORT: port, ...SETTINGS[service], ...more };
    const started = await insist(`the ${service} starts`, () => this.stack.run(service, env));
    this.#processes.set(service, started);
  }

  /** What an operator does to the broker, by a client of its own. */
  async operate<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    const brokers = [...this.stack.backends.brokers];
    return insist(what, async () => {
      const client = new Kafka({ clientId: 'operator', brokers, logLevel: logLevel.NOTHING });
      const admin = client.admin();
      await admin.connect();
      try {
        return await work(admin);
      } finally {
        await admin.disconnect();
      }
    });
  }

  /** Until every service says that it is ready, and the log is folded almost to its end. */
  async healthy(): Promise<void> {
    let seen = '';
    const isHealthy = async (): Promise<boolean> => {
      const all = ALL.map((service) => this.of(service).health());
      const reasons = (await Promise.all(all)).map((health, n) =>
        health === null ? [`no ${ALL[n]}`] : health.isReady ? [] : health.reasons,
      );
      const lag = await this.stack.lag();
      seen = `${reasons.flat().join('; ')}; ${lag} records to fold`;
      return reasons.flat().length === 0 && lag < LAG_MAX;
    };
    await until('the stack is well', isHealthy, { patienceMs: RECOVERY_MS, seen: () => seen });
  }

  async close(): Promise<void> {
    await this.#watch?.close();
    await this.#prometheus?.stop();
    await this.load.close();
    await this.stack.stop();
    await this.endpoint.close();
    await this.kafka.close();
    await this.disk?.close();
  }

  async #observe(): Promise<void> {
    const targets = [...this.#ports].map(([service, port]) => [service, `127.0.0.1:${port}`]);
    this.#prometheus = await PrometheusServer.start(Object.fromEntries(targets));
    this.#watch = new AlarmWatch(this.#prometheus);
    this.#watch.start();
    // A counter that jumps before it was first scraped has not risen for anybody.
    const scraped = `min(count_over_time(up[1m]) * up) >= ${SCRAPES}`;
    await until(
      'every target is scraped',
      async () => (await this.prometheus.value(scraped)) !== null,
    );
  }
}

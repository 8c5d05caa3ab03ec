/** What one event, change or customer costs, as measured. CPU in microseconds, memory in bytes. */
export interface Costs {
  readonly ingestor: { readonly client: number; readonly broker: number };
  readonly scorer: { readonly client: number; readonly broker: number; readonly redis: number };
  /** A delivery by webhook. */
  readonly notifier: { readonly client: number; readonly redis: number };
  readonly changesPerEvent: number;
  readonly redisBytesPerCustomer: number;
}

export interface Demand {
  readonly eventsPerSecond: number;
  readonly customers: number;
}

/** Cores and memory that a demand asks for; whole processes where a process has one core. */
export interface Deployment extends Demand {
  readonly ingestors: number;
  readonly scorers: number;
  readonly notifiers: number;
  readonly stateRedisNodes: number;
  readonly queueRedisNodes: number;
  readonly brokerCores: number;
  readonly partitions: number;
  readonly redisGiB: number;
}

/** A process is planned at so much of its core, so that it catches up after a stop. */
export const USE_SHARE_MAX = 0.6;
/** A node of Redis is planned at so much memory, so that it can be copied to a replica in minutes. */
export const REDIS_NODE_GIB = 16;
/** Beside the data: fragmentation, the buffer of the replica, the copy while the append-only file is rewritten. */
export const REDIS_HEADROOM = 1.5;
/** So many copies of each record the brokers keep: the two followers cost about what the leader does. */
export const REPLICAS = 3;
/** Partitions cannot be added to a stack, so twice as many as scorers now. */
export const PARTITIONS_PER_SCORER = 2;
export const PARTITIONS_MIN = 8;

export function deploymentFor(demand: Demand, costs: Costs): Deployment {
  const { eventsPerSecond, customers } = demand;
  const changes = eventsPerSecond * costs.changesPerEvent;
  const cores = (perSecond: number, us: number): number => (perSecond * us) / 1_000_000;
  const processes = (of: number): number => Math.max(1, Math.ceil(of / USE_SHARE_MAX));
  const scorers = processes(cores(eventsPerSecond, costs.scorer.client));
  const redisGiB = (customers * costs.redisBytesPerCustomer * REDIS_HEADROOM) / 2 ** 30;
  const broker = cores(eventsPerSecond, costs.ingestor.broker + costs.scorer.broker) * REPLICAS;
  return {
    ...demand,
    ingestors: processes(cores(eventsPerSecond, costs.ingestor.client)),
    scorers,
    notifiers: processes(cores(changes, costs.notifier.client)),
    stateRedisNodes: Math.max(
      Math.ceil(redisGiB / REDIS_NODE_GIB),
      processes(cores(eventsPerSecond, costs.scorer.redis)),
    ),
    queueRedisNodes: processes(cores(changes, costs.notifier.redis)),
    brokerCores: Math.ceil((broker / USE_SHARE_MAX) * 10) / 10,
    partitions: Math.max(PARTITIONS_MIN, scorers * PARTITIONS_PER_SCORER),
    redisGiB: Math.ceil(redisGiB * 10) / 10,
  };
}

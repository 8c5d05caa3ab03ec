import type { Backends } from '@strata/local-stack';
import kafkajs from 'kafkajs';
import { PARTITIONS } from '../scorer/customer-log.ts';

type Brokers = Pick<Backends, 'brokers'>;

const SEND_RECORDS = 500;
const WARM_UP_SHARE = 0.25;

let groups = 0;

const kafkaOf = ({ brokers }: Brokers): kafkajs.Kafka =>
  new kafkajs.Kafka({
    clientId: 'bench-plain',
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
  });

/** Records a second by an idempotent producer, one request in flight. */
export async function plainProduce(
  backends: Brokers,
  topic: string,
  wanted: { readonly records: number; readonly value: Uint8Array; readonly signal: AbortSignal },
): Promise<number> {
  const { records, signal } = wanted;
  const value = Buffer.from(wanted.value);
  const producer = kafkaOf(backends).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const watch = new Watch(records);
  for (let sent = 0; sent < records; sent += SEND_RECORDS) {
    signal.throwIfAborted();
    const messages = Array.from({ length: SEND_RECORDS }, (_, at) => ({
      partition: at % PARTITIONS,
      key: null,
      value,
    }));
    await producer.send({ topic, messages, acks: -1 });
    watch.count(SEND_RECORDS);
  }
  await producer.disconnect();
  return watch.rate();
}

/** Records a second that `eachBatch` is given and looks at no further. */
export async function plainConsume(
  backends: Brokers,
  topic: string,
  { records }: { readonly records: number },
): Promise<number> {
  groups += 1;
  const groupId = `bench-plain-${groups}`;
  const consumer = kafkaOf(backends).consumer({ groupId, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const watch = new Watch(records);
  const ended = Promise.withResolvers<void>();
  await consumer.run({
    eachBatch: async ({ batch }) => {
      watch.count(batch.messages.length);
      if (watch.isOver) ended.resolve();
    },
  });
  await ended.promise;
  const rate = watch.rate();
  await consumer.disconnect();
  return rate;
}

/** Counts from the end of the warm-up on. */
class Watch {
  readonly #records: number;
  #done = 0;
  #warm: { readonly atMs: number; readonly done: number } | null = null;
  #lastMs = 0;

  constructor(records: number) {
    this.#records = records;
  }

  get isOver(): boolean {
    return this.#done >= this.#records;
  }

  count(records: number): void {
    this.#done += records;
    this.#lastMs = performance.now();
    if (this.#warm !== null || this.#done < this.#records * WARM_UP_SHARE) return;
    this.#warm = { atMs: this.#lastMs, done: this.#done };
  }

  rate(): number {
    const { atMs, done } = this.#warm ?? { atMs: Number.NaN, done: 0 };
    return ((this.#done - done) / (this.#lastMs - atMs)) * 1_000;
  }
}

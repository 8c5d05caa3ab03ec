import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import type { BenchReport, BenchRow } from '../bench-report.ts';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { thisMachine } from '../machine.ts';
import { cpuUsOf } from '../process-cpu.ts';
import { spreadOf } from '../spread.ts';
import { Receivers, startBenchNotifier, startRedis } from './delivery-stage.ts';

const ENDPOINTS = 10;
const HEALTHY = 99;
/** Tier changes a second while times are measured: below what the machine can do, so that nothing queues by itself. */
const PACED_CHANGES = 2;
const TICK_MS = 500;
const PACED_TICKS = 30;
const WARM_UP_SHARE = 0.25;

interface Measured {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly clientCpuUs: number | null;
  readonly redisCpuUs: number | null;
}

interface Place {
  readonly redisUrl: string;
  readonly redisPid: number;
  readonly receivers: Receivers;
}

/** Webhooks beside BullMQ that does nothing; and what one endpoint that hangs does to 99 that do not. */
export const deliveryBenchmark: Benchmark = {
  name: 'delivery',
  summary: {
    en: 'webhooks beside BullMQ that does nothing, and the times of 99 endpoints with and without one that hangs',
    zh: 'webhook 投递与空转的 BullMQ 对比；以及一个端点挂起时其余 99 个端点的时延',
  },
  defaults: { rounds: 3, records: 8_000 },
  quick: { rounds: 1, records: 4_000 },
  run: async (settings) => {
    const redis = await startRedis();
    const receivers = await Receivers.start();
    try {
      return await compare(settings, { redisUrl: redis.url, redisPid: redis.pid, receivers });
    } finally {
      await receivers.stop();
      await redis.stop();
    }
  },
};

async function compare(settings: BenchSettings, place: Place): Promise<BenchReport> {
  const { rounds, records, say, signal } = settings;
  const machine = thisMachine();
  const contenders: readonly (readonly [string, (round: number) => Promise<Measured>])[] = [
    ['BullMQ, doing nothing', (round) => bullMqAlone(place, records, `plain-${round}`)],
    ['webhooks', (round) => webhooks(place, records, `webhooks-${round}`)],
    ['99 endpoints', (round) => paced(place, { name: `paced-${round}`, hangs: false })],
    ['99 endpoints, one hangs', (round) => paced(place, { name: `hangs-${round}`, hangs: true })],
  ];
  const results = new Map<string, Measured[]>(contenders.map(([name]) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    // Whoever comes first meets the machine as the other left it: they take turns.
    for (const [name, run] of round % 2 === 0 ? contenders.toReversed() : contenders) {
      signal.throwIfAborted();
      const measured = await run(round);
      results.get(name)?.push(measured);
      const [rate, p99] = [Math.round(measured.perSecond), measured.p99Ms.toFixed(1)];
      say({
        en: `round ${round} of ${rounds}, ${name}: ${rate} a second, p99 ${p99} ms`,
        zh: `第 ${round}/${rounds} 轮，${name}：${rate} 次/秒，p99 ${p99} 毫秒`,
      });
    }
  }
  const of = (name: string): readonly Measured[] => results.get(name) ?? [];
  const ratio = spreadOf(
    of('99 endpoints, one hangs').map(
      ({ p99Ms }, round) => p99Ms / (of('99 endpoints')[round]?.p99Ms ?? Number.NaN),
    ),
  );
  const [middle, least, most] = [ratio.median, ratio.min, ratio.max].map((it) => it.toFixed(2));
  say({
    en: `p99 of 99 endpoints while one hangs, to what it is without: ${middle} (${least}-${most})`,
    zh: `一个端点挂起时其余 99 个的 p99 与平时之比：${middle}（${least}-${most}）`,
  });
  return {
    benchmark: 'delivery',
    unit: 'requests',
    machine,
    loadAfter: Number((loadavg()[0] ?? 0).toFixed(1)),
    rounds,
    records,
    warmUpRecords: Math.round(records * WARM_UP_SHARE),
    rows: [
      rowOf('BullMQ, doing nothing', of('BullMQ, doing nothing'), null),
      rowOf('webhooks', of('webhooks'), of('BullMQ, doing nothing')),
      rowOf('99 endpoints', of('99 endpoints'), null),
      rowOf('99 endpoints, one hangs', of('99 endpoints, one hangs'), of('99 endpoints')),
    ],
  };
}

/** Its own limit: jobs of the same size, added in bulk, worked off by one worker that does nothing. */
async function bullMqAlone(
  { redisUrl, redisPid }: Place,
  records: number,
  name: string,
): Promise<Measured> {
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const queue = new Queue(name, { connection });
  const body = 'x'.repeat(900);
  const addedAtMs = new Map<string, number>();
  const meter = new Meter(records, redisPid);
  const worker = new Worker(
    name,
    async ({ id }) => meter.arrived(performance.now() - (addedAtMs.get(id ?? '') ?? 0)),
    { connection, concurrency: ENDPOINTS * 8, removeOnComplete: { count: 1_000 } },
  );
  await worker.waitUntilReady();
  for (let at = 0; at < records; at += 200) {
    const jobs = Array.from({ length: Math.min(200, records - at) }, (_, n) => {
      const jobId = `j${at + n}`;
      addedAtMs.set(jobId, performance.now());
      return { name: 'job', data: { body }, opts: { jobId } };
    });
    await queue.addBulk(jobs);
  }
  const measured = await meter.done;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return measured;
}

async function webhooks(place: Place, records: number, name: string): Promise<Measured> {
  const { receivers, redisUrl, redisPid } = place;
  const endpoints = Array.from({ length: ENDPOINTS }, (_, n) => ({
    id: `e${n}`,
    url: `${receivers.url}/e${n}`,
  }));
  const notifier = await startBenchNotifier({ redisUrl, name, endpoints });
  const publishedAtMs = new Map<string, number>();
  const meter = new Meter(records, redisPid);
  receivers.listen((_path, id, atMs) => meter.arrived(atMs - (publishedAtMs.get(id) ?? 0)));
  const nowMs = performance.timeOrigin + performance.now();
  for (const id of notifier.publish(records / ENDPOINTS)) publishedAtMs.set(id, nowMs);
  const measured = await meter.done;
  await notifier.stop();
  return measured;
}

/** A pace that the machine bears with ease; times from the topic to the receiver, of the healthy ones. */
async function paced(
  { receivers, redisUrl, redisPid }: Place,
  { name, hangs }: { readonly name: string; readonly hangs: boolean },
): Promise<Measured> {
  const healthy = Array.from({ length: HEALTHY }, (_, n) => ({
    id: `e${n}`,
    url: `${receivers.url}/e${n}`,
  }));
  const last = { id: 'last', url: `${receivers.url}/${hangs ? 'hangs' : 'last'}` };
  const notifier = await startBenchNotifier({ redisUrl, name, endpoints: [...healthy, last] });
  const publishedAtMs = new Map<string, number>();
  const meter = new Meter(PACED_TICKS * PACED_CHANGES * (TICK_MS / 1_000) * HEALTHY, redisPid);
  receivers.listen((path, id, atMs) => {
    if (path !== '/last') meter.arrived(atMs - (publishedAtMs.get(id) ?? 0));
  });
  for (let tick = 0; tick < PACED_TICKS; tick += 1) {
    const nowMs = performance.timeOrigin + performance.now();
    for (const id of notifier.publish((PACED_CHANGES * TICK_MS) / 1_000))
      publishedAtMs.set(id, nowMs);
    await delay(TICK_MS);
  }
  const measured = await meter.done;
  await notifier.stop();
  return measured;
}

/** Counts what arrives; the first quarter warms up and is not counted. */
class Meter {
  readonly done: Promise<Measured>;
  readonly #wanted: number;
  readonly #warmUp: number;
  readonly #redisPid: number;
  readonly #finish: (measured: Measured) => void;
  readonly #times: number[] = [];
  #arrived = 0;
  #started = { atMs: 0, client: null as number | null, redis: null as number | null };

  constructor(wanted: number, redisPid: number) {
    this.#wanted = wanted;
    this.#warmUp = Math.round(wanted * WARM_UP_SHARE);
    this.#redisPid = redisPid;
    const { promise, resolve } = Promise.withResolvers<Measured>();
    this.done = promise;
    this.#finish = resolve;
  }

  arrived(tookMs: number): void {
    this.#arrived += 1;
    if (this.#arrived === this.#warmUp) this.#started = this.#now();
    if (this.#arrived <= this.#warmUp) return;
    this.#times.push(tookMs);
    if (this.#arrived === this.#wanted) this.#end();
  }

  #now() {
    return {
      atMs: performance.now(),
      client: cpuUsOf(process.pid),
      redis: cpuUsOf(this.#redisPid),
    };
  }

  #end(): void {
    const [from, to, counted] = [this.#started, this.#now(), this.#times.length];
    const sorted = this.#times.toSorted((one, other) => one - other);
    const each = (before: number | null, after: number | null): number | null =>
      before === null || after === null ? null : (after - before) / counted;
    this.#finish({
      perSecond: counted / ((to.atMs - from.atMs) / 1_000),
      p99Ms: sorted[Math.floor(counted * 0.99)] ?? Number.NaN,
      clientCpuUs: each(from.client, to.client),
      redisCpuUs: each(from.redis, to.redis),
    });
  }
}

function rowOf(
  contender: string,
  own: readonly Measured[],
  peer: readonly Measured[] | null,
): BenchRow {
  const known = (values: readonly (number | null)[]) => {
    const numbers = values.filter((value) => value !== null);
    return numbers.length < values.length ? null : spreadOf(numbers);
  };
  const ratios = own.map(({ perSecond }, at) => perSecond / (peer?.[at]?.perSecond ?? Number.NaN));
  return {
    contender,
    recordsPerSecond: spreadOf(own.map(({ perSecond }) => perSecond)),
    p99Ms: spreadOf(own.map(({ p99Ms }) => p99Ms)),
    clientCpuUs: known(own.map(({ clientCpuUs }) => clientCpuUs)),
    brokerCpuUs: known(own.map(({ redisCpuUs }) => redisCpuUs)),
    toPeer: peer === null ? null : spreadOf(ratios),
  };
}

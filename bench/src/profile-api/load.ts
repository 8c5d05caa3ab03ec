import autocannon from 'autocannon';
import { cpuUsOf } from '../process-cpu.ts';

/** One case against one server. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: readonly autocannon.Request[];
  readonly connections: number;
  /** What every answer has to be. */
  readonly status: number;
}

export interface LoadMeasured {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** CPU for one request, in microseconds; null where it is not known. */
  readonly serverCpuUs: number | null;
  readonly redisCpuUs: number | null;
}

const WARM_UP_SHARE = 0.25;

/** So many requests, the first quarter of them for warming up and not counted. */
export async function measureLoad(
  load: Load,
  amount: number,
  pids: { readonly server: number; readonly redis: number },
): Promise<LoadMeasured> {
  await run(load, Math.ceil(amount * WARM_UP_SHARE));
  const before = { server: cpuUsOf(pids.server), redis: cpuUsOf(pids.redis) };
  const counted = Math.ceil(amount * (1 - WARM_UP_SHARE));
  const startedMs = performance.now();
  const { latency } = await run(load, counted);
  const seconds = (performance.now() - startedMs) / 1_000;
  const each = (from: number | null, to: number | null): number | null =>
    from === null || to === null ? null : (to - from) / counted;
  return {
    requestsPerSecond: counted / seconds,
    p99Ms: latency.p99,
    serverCpuUs: each(before.server, cpuUsOf(pids.server)),
    redisCpuUs: each(before.redis, cpuUsOf(pids.redis)),
  };
}

async function run(load: Load, amount: number): Promise<autocannon.Result> {
  const { url, headers, requests, connections, status } = load;
  const result = await autocannon({
    url,
    amount: Math.max(amount, connections),
    connections,
    headers: { ...headers },
    requests: [...requests],
  });
  const codes = (result as unknown as { statusCodeStats?: Record<string, unknown> })
    .statusCodeStats;
  const strangers = Object.keys(codes ?? {}).filter((code) => Number(code) !== status);
  if (strangers.length > 0 || result.errors > 0) {
    throw new Error(
      `${url} answered ${strangers.join(', ')} and broke off ${result.errors} times instead of ${status}`,
    );
  }
  return result;
}

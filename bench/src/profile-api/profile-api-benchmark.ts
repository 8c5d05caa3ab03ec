import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@strata/local-stack';
import type { BenchReport, BenchRow } from '../bench-report.ts';
import type { Benchmark, BenchSettings } from '../benchmark.ts';
import { thisMachine } from '../machine.ts';
import { spreadOf } from '../spread.ts';
import { type BenchStack, openBenchStack, PARTITIONS } from './bench-stack.ts';
import { type Load, type LoadMeasured, measureLoad } from './load.ts';

const PLAIN = fileURLToPath(new URL('./plain-hget.ts', import.meta.url));
const CUSTOMERS = 5_000;
/** So many of them are asked for, one after the other. */
const ASKED = 2_000;
const CONNECTIONS = 16;
const BATCH_IDS = 500;
/** A batch is as much work as many single requests. */
const REQUESTS_PER_BATCH = 50;

/** The console's API beside a plain server that only reads the same values from the same Redis. */
export const profileApiBenchmark: Benchmark = {
  name: 'profile-api',
  summary: {
    en: 'the API for profiles beside a plain HTTP server that only reads the same value of Redis',
    zh: '客户档案 API 与只从 Redis 读取同一值的纯 HTTP 服务对比',
  },
  defaults: { rounds: 5, records: 20_000 },
  quick: { rounds: 1, records: 4_000 },
  run: async (settings) => {
    const { say, signal } = settings;
    say({
      en: `Starting a stack with ${CUSTOMERS} customers`,
      zh: `正在启动含 ${CUSTOMERS} 位客户的栈`,
    });
    const stack = await openBenchStack(CUSTOMERS, signal);
    const port = await freePort();
    const args = [PLAIN, stack.redisUrl, String(port), String(PARTITIONS)];
    const plain = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      const plainUrl = `http://127.0.0.1:${port}`;
      await until(async () => (await fetch(`${plainUrl}/nobody`)).ok, signal);
      return await compare(settings, { stack, plainUrl, plainPid: plain.pid ?? 0 });
    } finally {
      plain.kill('SIGTERM');
      if (plain.exitCode === null) await once(plain, 'exit');
      await stack.close();
    }
  },
};

interface Place {
  readonly stack: BenchStack;
  readonly plainUrl: string;
  readonly plainPid: number;
}

interface Contender {
  readonly name: string;
  /** Whom it is compared with; null for a peer. */
  readonly peer: string | null;
  readonly pid: number;
  readonly load: Load;
  readonly amount: number;
}

async function compare(settings: BenchSettings, place: Place): Promise<BenchReport> {
  const { rounds, records, say, signal } = settings;
  const machine = thisMachine();
  const contenders = await contendersOf(place, records);
  const results = new Map<string, LoadMeasured[]>();
  for (let round = 1; round <= rounds; round += 1) {
    // Whoever comes first meets the machine as the other left it: they take turns.
    for (const contender of round % 2 === 0 ? contenders.toReversed() : contenders) {
      signal.throwIfAborted();
      const pids = { server: contender.pid, redis: place.stack.pids.redis };
      const measured = await measureLoad(contender.load, contender.amount, pids);
      results.set(contender.name, [...(results.get(contender.name) ?? []), measured]);
      const rate = Math.round(measured.requestsPerSecond);
      say({
        en: `round ${round} of ${rounds}, ${contender.name}: ${rate} requests/s`,
        zh: `第 ${round}/${rounds} 轮，${contender.name}：${rate} 次/秒`,
      });
    }
  }
  return {
    benchmark: 'profile-api',
    unit: 'requests',
    machine,
    loadAfter: Number((loadavg()[0] ?? 0).toFixed(1)),
    rounds,
    records,
    warmUpRecords: Math.round(records / 4),
    rows: contenders.map(({ name, peer }) =>
      rowOf(name, results.get(name) ?? [], peer === null ? null : (results.get(peer) ?? [])),
    ),
  };
}

async function contendersOf(
  { stack, plainUrl, plainPid }: Place,
  records: number,
): Promise<readonly Contender[]> {
  const ids = stack.customerIds.slice(0, ASKED);
  const headers = { authorization: `Bearer ${stack.apiKey}` };
  const tags = await tagsOf(stack, ids);
  const api = { url: stack.apiUrl, headers, connections: CONNECTIONS };
  const plain = { url: plainUrl, headers: {}, connections: CONNECTIONS, status: 200 };
  const single = { amount: records };
  const batch = { amount: Math.ceil(records / REQUESTS_PER_BATCH) };
  const body = JSON.stringify({ ids: ids.slice(0, BATCH_IDS) });
  const post = { method: 'POST' as const, body, headers: { 'content-type': 'application/json' } };
  const path = (id: string): string => `/v1/customers/${id}`;
  return [
    {
      name: 'plain HGET',
      peer: null,
      pid: plainPid,
      ...single,
      load: { ...plain, requests: ids.map((id) => ({ path: `/${id}` })) },
    },
    {
      name: 'profile',
      peer: 'plain HGET',
      pid: stack.pids.console,
      ...single,
      load: { ...api, status: 200, requests: ids.map((id) => ({ path: path(id) })) },
    },
    {
      name: 'profile, 304',
      peer: 'plain HGET',
      pid: stack.pids.console,
      ...single,
      load: {
        ...api,
        status: 304,
        requests: ids.map((id) => ({
          path: path(id),
          headers: { ...headers, 'if-none-match': tags.get(id) ?? '' },
        })),
      },
    },
    {
      name: `plain HMGET of ${BATCH_IDS}`,
      peer: null,
      pid: plainPid,
      ...batch,
      load: { ...plain, connections: 2, requests: [{ ...post, path: '/' }] },
    },
    {
      name: `batch of ${BATCH_IDS}`,
      peer: `plain HMGET of ${BATCH_IDS}`,
      pid: stack.pids.console,
      ...batch,
      load: {
        ...api,
        connections: 2,
        status: 200,
        requests: [
          { ...post, path: '/v1/customers/batch', headers: { ...headers, ...post.headers } },
        ],
      },
    },
  ];
}

/** What each customer's profile answers with, so that it can be asked for again. */
async function tagsOf(
  { apiUrl, apiKey }: BenchStack,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const tags = new Map<string, string>();
  const headers = { authorization: `Bearer ${apiKey}` };
  for (const id of ids) {
    const answer = await fetch(`${apiUrl}/v1/customers/${id}`, { headers });
    tags.set(id, answer.headers.get('etag') ?? '');
    await answer.arrayBuffer();
  }
  return tags;
}

function rowOf(
  contender: string,
  own: readonly LoadMeasured[],
  peer: readonly LoadMeasured[] | null,
): BenchRow {
  const known = (values: readonly (number | null)[]) => {
    const numbers = values.filter((value) => value !== null);
    return numbers.length < values.length ? null : spreadOf(numbers);
  };
  const ratios = own.map(
    (it, round) => it.requestsPerSecond / (peer?.[round]?.requestsPerSecond ?? Number.NaN),
  );
  return {
    contender,
    recordsPerSecond: spreadOf(own.map((it) => it.requestsPerSecond)),
    p99Ms: spreadOf(own.map((it) => it.p99Ms)),
    clientCpuUs: known(own.map((it) => it.serverCpuUs)),
    brokerCpuUs: known(own.map((it) => it.redisCpuUs)),
    toPeer: peer === null ? null : spreadOf(ratios),
  };
}

async function until(condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await condition().catch(() => false))) {
    signal.throwIfAborted();
    await delay(50);
  }
}

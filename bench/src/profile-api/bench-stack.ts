import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runCli } from '@strata/cli';
import { readStackFile } from '@strata/local-stack';
import { foreignVariables } from '../foreign-variables.ts';

/** A whole stack for one benchmark, used by the commands that a user has. */
export interface BenchStack {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly redisUrl: string;
  readonly pids: { readonly console: number; readonly redis: number };
  readonly customerIds: readonly string[];
  close(): Promise<void>;
}

export const PARTITIONS = 8;
const ORDERS_EACH = 8;
const DAY_MS = 86_400_000;

export async function openBenchStack(customers: number, signal: AbortSignal): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const dataDir = join(folder, 'stack');
  const must = async (...argv: readonly string[]): Promise<string> => {
    let stdout = '';
    let stderr = '';
    const code = await runCli(argv, {
      stdout: { write: (text) => void (stdout += text) },
      stderr: { isTty: false, write: (text) => void (stderr += text) },
      stdin: Readable.from([]),
      env: { ...foreignVariables(), STRATA_STACK_DIR: dataDir },
      cwd: folder,
      language: 'en',
      signal,
      monotonicMs: () => performance.now(),
    });
    if (code !== 0) throw new Error(`strata ${argv.join(' ')}: ${stderr}`);
    return stdout;
  };
  const close = async (): Promise<void> => {
    await must('down').catch(() => '');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await must('up', '--time', 'data', '--partitions', String(PARTITIONS));
    const customerIds = Array.from({ length: customers }, (_, index) => `customer-${index}`);
    await writeFile(join(folder, 'events.ndjson'), eventsOf(customerIds));
    await must('import', 'events.ndjson', '--format', 'events');
    const { api } = JSON.parse(await must('status', '--json')) as {
      readonly api: { readonly url: string; readonly key: string };
    };
    const file = readStackFile(dataDir);
    const pidOf = (name: string): number =>
      file?.processes.find((process) => process.name === name)?.pid ?? 0;
    const redisUrl = file?.addresses?.stateRedisUrl ?? '';
    const pids = { console: pidOf('console'), redis: pidOf('redis-state') };
    return { apiUrl: api.url, apiKey: api.key, redisUrl, pids, customerIds, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** Each customer orders every other week or so, so that all tiers are there. */
function eventsOf(customerIds: readonly string[]): string {
  const start = Date.parse('2026-01-01T00:00:00Z');
  const lines: string[] = [];
  for (let order = 0; order < ORDERS_EACH; order += 1) {
    for (const [index, customerId] of customerIds.entries()) {
      const at = start + order * (7 + (index % 20)) * DAY_MS + index * 1_000;
      const eventId = `${customerId}-${order}`;
      lines.push(
        JSON.stringify({
          type: 'purchase',
          source: 'shop',
          eventId,
          customerId,
          orderId: eventId,
          occurredAt: new Date(at).toISOString(),
          amount: { minor: 5_000 + ((index * 7_919) % 100) * 300, currency: 'CNY' },
        }),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

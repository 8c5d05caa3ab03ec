import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Backends } from '@strata/local-stack';
import { BenchFault } from '../bench-fault.ts';

const REQUESTS = 200_000;
const PIPELINE = 16;
const KEYS = 100_000;

/** Requests a second of one command, against the Redis of the state with its append-only file. */
export async function redisBenchmark(
  { stateRedisUrl }: Pick<Backends, 'stateRedisUrl'>,
  command: readonly string[],
): Promise<number> {
  const { hostname, port } = new URL(stateRedisUrl);
  const size = ['-n', String(REQUESTS), '-P', String(PIPELINE), '-r', String(KEYS), '--csv'];
  const args = ['-h', hostname, '-p', port, ...size, ...command];
  const { stdout } = await promisify(execFile)('redis-benchmark', args);
  // The name of the test is the command, quoted; the rate stands behind it.
  const rate = Number(
    /","([\d.]+)"/.exec(stdout.split('\n').findLast((line) => line !== '') ?? '')?.[1],
  );
  if (Number.isFinite(rate)) return rate;
  throw new BenchFault(`redis-benchmark told no rate: ${stdout.slice(-200)}`);
}

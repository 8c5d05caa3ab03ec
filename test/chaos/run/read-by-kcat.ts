import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Type } from 'avsc';
import { changeIn, typeOf } from '../../e2e/foreign-reader.ts';
import { foreignTold, type Told } from '../audit/told.ts';

export interface KcatRead {
  /** After the reader's one rule, in the order of the topic. */
  readonly told: readonly Told[];
  readonly gaps: readonly string[];
}

const TOPIC = 'strata.tier-changes.v1';
const BYTES_MAX = 2_000_000_000;
/** Partition, size of the value, headers; the value may hold anything, so its size says where it ends. */
const FORMAT = '%p %S %h\\n%s\\n';
const NEW_LINE = 0x0a;

/**
 * The whole topic by a client of another family (librdkafka), which knows nothing of ours. Null where it is not installed.
 */
export async function readByKcat(at: {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
}): Promise<KcatRead | null> {
  const bytes = await consumed(at.brokers);
  if (bytes === null) return null;
  const last = new Map<string, number>();
  const types = new Map<number, Type>();
  const told: Told[] = [];
  const gaps: string[] = [];
  for (const { partition, headers, value } of messagesIn(bytes)) {
    const seq = Number(/strata-seq=\d+\.(\d+)/.exec(headers)?.[1]);
    const before = last.get(partition) ?? 0;
    if (seq <= before) continue;
    if (seq !== before + 1) gaps.push(`partition ${partition}: ${seq} after ${before}`);
    last.set(partition, seq);
    const id = value.readUInt32BE(1);
    const type = types.get(id) ?? (await typeOf(at.registryUrl, id));
    types.set(id, type);
    told.push(foreignTold(changeIn(value, type)));
  }
  return { told, gaps };
}

async function consumed(brokers: readonly string[]): Promise<Buffer | null> {
  const args = ['-C', '-e', '-q', '-b', brokers.join(','), '-t', TOPIC, '-o', 'beginning'];
  try {
    // Not by a synchronous call: the proxy before the broker lives in this process.
    const run = promisify(execFile)('kcat', [...args, '-f', FORMAT], {
      maxBuffer: BYTES_MAX,
      encoding: 'buffer',
    });
    return (await run).stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function* messagesIn(bytes: Buffer) {
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(NEW_LINE, at);
    const [partition = '', size = '', ...rest] = bytes.toString('utf8', at, lineEnd).split(' ');
    const from = lineEnd + 1;
    at = from + Number(size) + 1;
    yield { partition, headers: rest.join(' '), value: bytes.subarray(from, at - 1) };
  }
}

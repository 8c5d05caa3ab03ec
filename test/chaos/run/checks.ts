import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { runCli } from '@strata/cli';
import { TOPICS } from '@strata/contracts';
import { readTierChanges } from '../../e2e/foreign-reader.ts';
import type { Audit, Verdict } from '../audit/audit.ts';
import { foreignTold } from '../audit/told.ts';
import type { ChaosStack } from '../stack/chaos-stack.ts';

/** `null` where it could not be made; else what is wrong, which is nothing where all is well. */
export interface Check {
  readonly name: string;
  readonly faults: readonly string[] | null;
}

const KCAT_BYTES_MAX = 1_000_000_000;

/** Everything that is held against the log once all is quiet. */
export async function allChecks(
  stack: ChaosStack,
  audit: Audit,
  verdict: Verdict,
): Promise<readonly Check[]> {
  return [
    { name: 'fold of the log, record by record', faults: verdict.faults },
    { name: './strata verify --from-log', faults: await verifyFromLog(stack) },
    { name: 'plain kafkajs, by the one rule', faults: await readByKafkajs(stack, audit) },
    { name: 'kcat, by the one rule', faults: await readByKcat(stack, audit) },
  ];
}

async function verifyFromLog({ handle }: ChaosStack): Promise<readonly string[]> {
  let said = '';
  const exitCode = await runCli(['verify', '--from-log', '--json'], {
    stdout: { write: (text) => void (said += text) },
    stderr: { isTty: false, write: () => {} },
    stdin: Readable.from([]),
    env: {},
    cwd: process.cwd(),
    language: 'en',
    signal: new AbortController().signal,
    monotonicMs: () => performance.now(),
    stack: handle,
  });
  return exitCode === 0 ? [] : [said];
}

async function readByKafkajs({ backends }: ChaosStack, audit: Audit): Promise<readonly string[]> {
  const { changes, gaps } = await readTierChanges(backends);
  const lines = changes.map(foreignTold).toSorted();
  const isSame = lines.join('\n') === [...audit.changes()].toSorted().join('\n');
  return [
    ...(gaps > 0 ? [`${gaps} gaps`] : []),
    ...(isSame ? [] : [`${lines.length} changes, the log says ${audit.changes().length}`]),
  ];
}

/** A client of another family (librdkafka), which knows nothing of ours but the headers. */
async function readByKcat(
  { backends }: ChaosStack,
  audit: Audit,
): Promise<readonly string[] | null> {
  const args = ['-C', '-e', '-q', '-b', backends.brokers.join(','), '-t', TOPICS.tierChanges];
  let stdout: string;
  try {
    // Not by a synchronous call: the proxy before the broker lives in this process.
    const run = promisify(execFile)('kcat', [...args, '-o', 'beginning', '-f', '%p %h\\n'], {
      maxBuffer: KCAT_BYTES_MAX,
    });
    stdout = (await run).stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    return [String(error)];
  }
  const last = new Map<string, number>();
  const ids: string[] = [];
  const faults: string[] = [];
  for (const line of stdout.split('\n')) {
    const [partition = '', headers = ''] = line.split(' ');
    const seq = Number(/strata-seq=\d+\.(\d+)/.exec(headers)?.[1]);
    const before = last.get(partition) ?? 0;
    if (headers === '' || seq <= before) continue;
    if (seq !== before + 1) faults.push(`partition ${partition}: ${seq} after ${before}`);
    last.set(partition, seq);
    ids.push(/ce_id=([^,]+)/.exec(headers)?.[1] ?? '');
  }
  const isSame = ids.toSorted().join() === [...audit.ids()].toSorted().join();
  return [...faults, ...(isSame ? [] : [`${ids.length} ids, the log says ${audit.ids().length}`])];
}

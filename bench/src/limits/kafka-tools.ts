import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BenchFault } from '../bench-fault.ts';
import { foreignVariables } from '../foreign-variables.ts';

/** The command-line tools of the broker's own jars. */
export interface KafkaTools {
  readonly java: string;
  readonly jars: string;
  readonly logging: string;
  readonly broker: string;
  readonly signal: AbortSignal;
}

/** Of the table of the consumer's tool. */
const FETCHED = 'fetch.nMsg.sec';

interface Work {
  readonly records: number;
  readonly recordBytes: number;
}

/** Records a second, idempotent and acknowledged by all replicas, as the tool tells it. */
export async function producerPerf(tools: KafkaTools, topic: string, work: Work): Promise<number> {
  const said = await run(tools, 'org.apache.kafka.tools.ProducerPerformance', [
    '--topic',
    topic,
    '--num-records',
    String(work.records),
    '--record-size',
    String(work.recordBytes),
    '--throughput',
    '-1',
    '--producer-props',
    `bootstrap.servers=${tools.broker}`,
    'acks=all',
  ]);
  // The last line is of the whole run; those before are of five seconds each.
  const rates = [...said.matchAll(/([\d.]+) records\/sec/g)].map(([, rate]) => Number(rate));
  return known(rates.at(-1), said);
}

/** Records a second while it fetches, without joining its group. */
export async function consumerPerf(tools: KafkaTools, topic: string, work: Work): Promise<number> {
  const said = await run(tools, 'org.apache.kafka.tools.ConsumerPerformance', [
    '--bootstrap-server',
    tools.broker,
    '--topic',
    topic,
    '--messages',
    String(work.records),
    '--timeout',
    '60000',
  ]);
  // Its log goes to standard output, too: the header is told by the column, the figures begin with a date.
  const lines = said.split('\n');
  const names = lines.find((line) => line.includes(FETCHED))?.split(',') ?? [];
  const figures = lines.findLast((line) => /^\d{4}-.*,/.test(line))?.split(',') ?? [];
  const at = names.findIndex((name) => name.trim() === FETCHED);
  return known(Number(figures[at]), said);
}

async function run(
  { java, jars, logging, signal }: KafkaTools,
  tool: string,
  args: readonly string[],
): Promise<string> {
  const jvm = [`-Dlog4j2.configurationFile=${logging}`, '-Xmx512m', '-cp', `${jars}/*`];
  const { stdout } = await promisify(execFile)(java, [...jvm, tool, ...args], {
    env: foreignVariables(),
    signal,
  });
  return stdout;
}

function known(rate: number | undefined, said: string): number {
  if (rate !== undefined && Number.isFinite(rate)) return rate;
  const words = said.split('\n').filter((line) => !line.startsWith('['));
  throw new BenchFault(`A tool of Kafka told no rate: ${words.join(' ').slice(-300)}`);
}

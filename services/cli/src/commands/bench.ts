import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliFault, EXIT_CODES, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { catalogue } from '../messages/texts.ts';
import { ROOT } from '../stack/stack-paths.ts';

const ENTRY = join(ROOT, 'bench/src/main.ts');

const texts = catalogue({
  en: {
    badNumber: (flag: string, text: string) =>
      `'${text}' is no value for ${flag}: write a whole number from 1 on.`,
    notHere:
      'The benchmarks are part of the checkout and not of an image: run ./strata bench in a checkout.',
    failed: 'The benchmark did not come to its end; its last words are above.',
    unknown: (name: string) =>
      `There is no benchmark '${name}'. ./strata bench without a name lists them.`,
  },
  zh: {
    badNumber: (flag: string, text: string) => `${flag} 不能取“${text}”：请写不小于 1 的整数。`,
    notHere: '基准测试只在代码检出中提供，镜像中没有：请在检出目录执行 ./strata bench。',
    failed: '基准测试未能完成；最后的输出见上文。',
    unknown: (name: string) =>
      `没有名为“${name}”的基准测试。不带名称执行 ./strata bench 可列出全部。`,
  },
});

const NUMBERS = ['rounds', 'records', 'customers', 'orders', 'change-percent', 'threads'] as const;

/**
 * Runs a program of `bench`: it starts whole processes and measures them, so it is a process itself
 * and no service or command depends on it.
 */
export const benchCommand = defineCommand({
  name: 'bench',
  summary: {
    en: 'measures Strata beside a peer, on a broker of its own; without a name: the list',
    zh: '在独立的消息代理上与对照程序一起测量 Strata；不带名称则列出',
  },
  operands: [
    { name: 'NAME', about: { en: 'which benchmark', zh: '基准测试名称' }, isOptional: true },
  ],
  flags: {
    rounds: {
      kind: 'text',
      value: 'N',
      about: { en: 'how often each contender runs', zh: '每个对照运行的次数' },
    },
    records: {
      kind: 'text',
      value: 'N',
      about: { en: 'records of one run', zh: '每次运行的记录数' },
    },
    customers: {
      kind: 'text',
      value: 'N',
      about: {
        en: 'scorer: how many customers the records are of',
        zh: 'scorer：记录涉及的客户数',
      },
    },
    orders: {
      kind: 'text',
      value: 'N',
      about: {
        en: 'scorer: records for each customer, in place of --records',
        zh: 'scorer：每位客户的记录数，代替 --records',
      },
    },
    'change-percent': {
      kind: 'text',
      value: 'N',
      about: {
        en: 'scorer: tier changes for 100 records, about',
        zh: 'scorer：每 100 条记录约有多少次等级变更',
      },
    },
    threads: {
      kind: 'text',
      value: 'N',
      about: { en: 'scorer: threads of Kafka Streams', zh: 'scorer：Kafka Streams 的线程数' },
    },
    out: {
      kind: 'text',
      value: 'FILE',
      about: { en: 'writes the figures there, as JSON', zh: '将数据以 JSON 写入该文件' },
    },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: [
    'bench',
    'bench ingest --rounds 3 --records 200000 --out ingest.json',
    'bench scorer --customers 20000 --orders 5 --change-percent 30',
  ],
  run: async (context, { operands, flags }) => {
    const words = texts(context.language);
    if (!existsSync(ENTRY)) throw new CliFault('STRATA_CLI_NO_BENCH', words.notHere);
    const args = [...operands, '--language', context.language];
    for (const flag of NUMBERS) {
      const value = flags[flag];
      if (value === undefined) continue;
      if (!/^[1-9]\d{0,8}$/.test(value)) throw new UsageFault(words.badNumber(`--${flag}`, value));
      args.push(`--${flag}`, value);
    }
    if (flags.out !== undefined) args.push('--out', resolve(context.cwd, flags.out));
    if (flags.json) args.push('--json');
    const code = await runToEnd(args, context);
    if (code === EXIT_CODES.wrongUse) throw new UsageFault(words.unknown(operands[0] ?? ''));
    if (code !== 0) throw new CliFault('STRATA_CLI_BENCH_FAILED', words.failed);
    return EXIT_CODES.success;
  },
});

async function runToEnd(
  args: readonly string[],
  { stdout, stderr, signal, env }: CommandContext,
): Promise<number | null> {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.write(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.write(text));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

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

const NUMBERS = [
  'rounds',
  'records',
  'customers',
  'orders',
  'change-percent',
  'threads',
  'seconds',
  'idle',
] as const;

/**
 * Runs a program of `bench`: it starts whole processes and measures them, so it is a process itself
 * and no service or command depends on it.
 */
export const benchCommand = defineCommand({
  name: 'bench',
  summary: {
    en: 'measures Strata beside a peer, on a broker of its own; all: everything; without a name: the list',
    zh: '在独立的消息代理上与对照程序一起测量 Strata；all 为全部；不带名称则列出',
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
      about: { en: 'how many customers the records are of', zh: '记录涉及的客户数' },
    },
    orders: {
      kind: 'text',
      value: 'N',
      about: {
        en: 'scorer: records for each customer, in place of --records; memory, history: orders of each',
        zh: 'scorer：每位客户的记录数，代替 --records；memory、history：每位客户的订单数',
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
      about: {
        en: 'scorer: threads of Kafka Streams, in place of the best of 1, 2 and 4',
        zh: 'scorer：Kafka Streams 的线程数；不给出则取 1、2、4 中最佳',
      },
    },
    seconds: {
      kind: 'text',
      value: 'N',
      about: { en: 'latency: how long each rate is sent', zh: 'latency：每种速率持续的秒数' },
    },
    idle: {
      kind: 'text',
      value: 'N',
      about: {
        en: 'demotions: measures an idle day of so many customers instead',
        zh: 'demotions：改为测量这么多客户的空闲一天',
      },
    },
    from: {
      kind: 'text',
      value: 'FILE',
      about: {
        en: 'deployment: a result of bench all --out',
        zh: 'deployment：bench all --out 的结果文件',
      },
    },
    quick: {
      kind: 'switch',
      about: { en: 'small sizes, of some minutes', zh: '小规模，数分钟即可' },
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
    'bench all --quick --out all.json',
    'bench deployment --from all.json',
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
    if (flags.from !== undefined) args.push('--from', resolve(context.cwd, flags.from));
    if (flags.quick) args.push('--quick');
    if (flags.json) args.push('--json');
    const code = await runToEnd(args, context);
    if (code === EXIT_CODES.wrongUse) throw new UsageFault(words.unknown(operands[0] ?? ''));
    // It has said what is not as it has to be.
    if (code === EXIT_CODES.failure) return EXIT_CODES.failure;
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

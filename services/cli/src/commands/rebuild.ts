import { TOPICS } from '@strata/contracts';
import { FOLD_VERSION } from '@strata/domain';
import { viewPartition } from '@strata/shard-state';
import { CliFault, EXIT_CODES, type ExitCode, UsageFault } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { groupDigits, Progress } from '../progress.ts';
import { beginEpoch, type EpochBegun } from '../rebuild/begin-epoch.ts';
import { rebuildCustomer } from '../rebuild/rebuild-customer.ts';
import {
  type PartitionRebuilt,
  type RebuildWatch,
  rebuildPartition,
} from '../rebuild/rebuild-partition.ts';
import { rebuildTexts } from '../rebuild/texts.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';
import { tableText } from '../table-text.ts';

export const rebuildCommand = defineCommand({
  name: 'rebuild',
  summary: {
    en: 'makes the stored state anew from the customer log, beside live services',
    zh: '在服务运行的同时，由客户日志重建存储的状态',
  },
  flags: {
    partition: {
      kind: 'text',
      value: 'N',
      about: { en: 'this partition alone', zh: '仅重建此分区' },
    },
    customer: {
      kind: 'text',
      value: 'CUSTOMER',
      about: { en: 'this customer alone', zh: '仅重建此客户' },
    },
    'new-epoch': {
      kind: 'switch',
      about: {
        en: 'under another fold, or from a log that was cut: tells the differences as corrections',
        zh: '折叠版本不同或日志被截断时使用：以更正的形式发布差异',
      },
    },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: [
    'rebuild',
    'rebuild --partition 3',
    'rebuild --customer 林记茶行',
    'rebuild --new-epoch',
  ],
  run: (context, { flags }) =>
    withStack(context, async (stack) => {
      const texts = rebuildTexts(context.language);
      if (flags.partition !== undefined && flags.customer !== undefined) {
        throw new UsageFault(texts.bothGiven);
      }
      if (flags['new-epoch'] && flags.customer !== undefined) {
        throw new UsageFault(texts.noCustomerEpoch);
      }
      const partitions = partitionsOf(flags.partition, stack, context);
      if (flags['new-epoch']) {
        return newEpoch(stack, partitions, { context, isJson: flags.json });
      }
      await requireSameEpoch(stack, partitions, context);
      return flags.customer === undefined
        ? everything(stack, partitions, { context, isJson: flags.json })
        : oneCustomer(stack, stack.identity.ofWhole(flags.customer), {
            context,
            isJson: flags.json,
          });
    }),
});

interface Asked {
  readonly context: CommandContext;
  readonly isJson: boolean;
}

function partitionsOf(
  text: string | undefined,
  { partitions }: StackHandle,
  { language }: CommandContext,
): readonly number[] {
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  if (text === undefined) return all;
  const asked = all.find((partition) => String(partition) === text);
  if (asked === undefined)
    throw new UsageFault(rebuildTexts(language).notAPartition(text, partitions));
  return [asked];
}

/** The same numbers can only come out where the same fold sees the same log from its beginning. */
async function requireSameEpoch(
  stack: StackHandle,
  partitions: readonly number[],
  { language }: CommandContext,
): Promise<void> {
  const texts = rebuildTexts(language);
  const bounds = await stack.reader.bounds(TOPICS.customerLog);
  for (const partition of partitions) {
    const start = bounds[partition]?.start ?? 0;
    if (start > 0) {
      const sentence = `${texts.logCut(partition, groupDigits(start))} ${texts.newEpochHint}`;
      throw new CliFault('STRATA_CLI_LOG_CUT', sentence);
    }
    const { ledger } = await viewPartition(stack.store, partition);
    if (ledger === null || ledger.foldVersion === FOLD_VERSION) continue;
    const sentence = texts.otherFold(partition, ledger.foldVersion, FOLD_VERSION);
    throw new CliFault('STRATA_CLI_NEW_EPOCH', `${sentence} ${texts.newEpochHint}`);
  }
}

/** Progress over all records of the partitions, and who watches for it. */
async function watched(
  { reader }: StackHandle,
  partitions: readonly number[],
  context: CommandContext,
): Promise<{ readonly progress: Progress; readonly watch: RebuildWatch }> {
  const texts = rebuildTexts(context.language);
  const bounds = await reader.bounds(TOPICS.customerLog);
  const lengths = partitions.map((partition) => bounds[partition] ?? { start: 0, end: 0 });
  const total = lengths.reduce((sum, { start, end }) => sum + end - start, 0);
  let done = 0;
  const progress = new Progress({
    context,
    label: texts.folding,
    unit: texts.records,
    share: () => done / Math.max(1, total),
  });
  const onRecords = (count: number): void => {
    done += count;
    progress.advance(count);
  };
  return { progress, watch: { signal: context.signal, onRecords } };
}

async function newEpoch(
  stack: StackHandle,
  partitions: readonly number[],
  { context, isJson }: Asked,
): Promise<ExitCode> {
  const texts = rebuildTexts(context.language);
  const { progress, watch } = await watched(stack, partitions, context);
  const begun: EpochBegun[] = [];
  for (const partition of partitions) {
    const result = await beginEpoch(stack, partition, watch);
    if (result === null) throw new CliFault('STRATA_CLI_SCORER_RUNS', texts.scorerRuns(partition));
    begun.push(result);
  }
  progress.end();
  if (isJson) context.stdout.write(`${JSON.stringify({ partitions: begun }, null, 2)}\n`);
  else context.stdout.write(epochText(begun, context));
  return EXIT_CODES.success;
}

function epochText(begun: readonly EpochBegun[], { language }: CommandContext): string {
  const texts = rebuildTexts(language);
  const rows = begun.map((it) => [
    String(it.partition),
    `${groupDigits(it.from)}-${groupDigits(it.upTo)}`,
    groupDigits(it.customers),
    groupDigits(it.corrections),
    groupDigits(it.unknown),
    String(it.epoch),
  ]);
  const losses = begun.flatMap(({ partition, from, unknown }) => [
    ...(from > 0 ? [texts.cutAt(partition, groupDigits(from))] : []),
    ...(unknown > 0 ? [texts.unknown(partition, groupDigits(unknown))] : []),
  ]);
  const corrections = begun.reduce((sum, it) => sum + it.corrections, 0);
  const verdict = texts.epochBegan(groupDigits(corrections));
  return [tableText([texts.epochColumns, ...rows]), ...losses, verdict, ''].join('\n');
}

async function everything(
  stack: StackHandle,
  partitions: readonly number[],
  { context, isJson }: Asked,
): Promise<ExitCode> {
  const texts = rebuildTexts(context.language);
  const { progress, watch } = await watched(stack, partitions, context);
  const rebuilt: PartitionRebuilt[] = [];
  for (const partition of partitions) {
    const result = await rebuildPartition(stack, partition, watch);
    rebuilt.push(result);
    if (result.from > 0) {
      context.stderr.write(`${texts.resumed(partition, groupDigits(result.from))}\n`);
    }
  }
  progress.end();
  if (isJson) context.stdout.write(`${JSON.stringify({ partitions: rebuilt }, null, 2)}\n`);
  else context.stdout.write(textOf(rebuilt, context));
  return EXIT_CODES.success;
}

function textOf(rebuilt: readonly PartitionRebuilt[], { language }: CommandContext): string {
  const texts = rebuildTexts(language);
  const rows = rebuilt.map(({ partition, upTo, customers, difference, hash }) => {
    const count = groupDigits(difference.customers);
    return [
      String(partition),
      `0-${groupDigits(upTo)}`,
      groupDigits(customers),
      difference.isExact ? count : texts.atMost(count),
      texts.hash[hash],
      isSame({ difference, hash }) ? texts.same : texts.replaced,
    ];
  });
  const sum = (count: (it: PartitionRebuilt) => number): string =>
    groupDigits(rebuilt.reduce((total, it) => total + count(it), 0));
  const verdict = rebuilt.every(isSame)
    ? texts.allSame(sum(({ customers }) => customers))
    : texts.someDiffered(sum(({ difference }) => difference.customers));
  return [tableText([texts.columns, ...rows]), verdict, texts.halted, ''].join('\n');
}

function isSame({ difference, hash }: Pick<PartitionRebuilt, 'difference' | 'hash'>): boolean {
  return difference.customers === 0 && hash !== 'differs';
}

async function oneCustomer(
  stack: StackHandle,
  customerId: string,
  { context, isJson }: Asked,
): Promise<ExitCode> {
  const texts = rebuildTexts(context.language);
  const progress = new Progress({
    context,
    label: texts.folding,
    unit: texts.records,
    share: () => null,
  });
  const result = await rebuildCustomer(stack, customerId, {
    signal: context.signal,
    onRecords: (count) => progress.advance(count),
  });
  progress.end();
  if (result === null) throw new CliFault('STRATA_CLI_NOT_STILL', texts.restless);
  const { partition, upTo, differed } = result;
  if (isJson) context.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else if (differed.length === 0) {
    context.stdout.write(`${texts.customerSame(partition, groupDigits(upTo))}\n`);
  } else context.stdout.write(`${texts.customerReplaced(partition, differed.join(', '))}\n`);
  return EXIT_CODES.success;
}

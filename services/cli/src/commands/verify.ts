import { TOPICS } from '@strata/contracts';
import { viewPartitions } from '@strata/shard-state';
import { CliFault, EXIT_CODES, type ExitCode } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { groupDigits, Progress } from '../progress.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { withStack } from '../stack/with-stack.ts';
import { tableText } from '../table-text.ts';
import type { FindingKind, Findings } from '../verify/finding.ts';
import { checkPartitionCounts, type SelfCheck, selfCheck } from '../verify/self-check.ts';
import { verifyTexts } from '../verify/texts.ts';
import { type PartitionReport, verifyPartition } from '../verify/verify-partition.ts';

const HASH_SHOWN = 12;

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: {
    en: 'whether the stored state and the published changes are what the log gives',
    zh: '核验存储的状态与已发布的变更是否与日志一致',
  },
  flags: {
    'from-log': {
      kind: 'switch',
      about: {
        en: 'folds the whole customer log again, here, and compares everything',
        zh: '在本进程内重新折叠整个客户日志并逐项比对',
      },
    },
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: ['verify', 'verify --from-log', 'verify --from-log --json'],
  run: (context, { flags }) =>
    withStack(context, async (stack) => {
      const hasCounts = await checkPartitionCounts(stack);
      if (!hasCounts) context.stderr.write(`${verifyTexts(context.language).countsDiffer}\n`);
      const run = flags['from-log'] ? fromLog : onItself;
      const isSound = await run(stack, context, flags.json);
      return isSound && hasCounts ? EXIT_CODES.success : (EXIT_CODES.failure satisfies ExitCode);
    }),
});

async function fromLog(
  stack: StackHandle,
  context: CommandContext,
  isJson: boolean,
): Promise<boolean> {
  const texts = verifyTexts(context.language);
  await requireWholeLog(stack, context);
  const views = await viewPartitions(stack.store, stack.partitions);
  const total = views.reduce((sum, { next }) => sum + next, 0);
  let done = 0;
  const progress = new Progress({
    context,
    label: texts.folding,
    unit: texts.records,
    share: () => done / Math.max(1, total),
  });
  const reports: PartitionReport[] = [];
  for (let partition = 0; partition < stack.partitions; partition += 1) {
    const report = await verifyPartition(stack, partition, {
      signal: context.signal,
      onRecords: (count) => {
        done += count;
        progress.advance(count);
      },
    });
    if (report === null) throw new CliFault('STRATA_CLI_NOT_STILL', texts.restless(partition));
    reports.push(report);
  }
  progress.end();
  const isSame = reports.every(({ findings }) => findings.size === 0);
  context.stdout.write(
    isJson
      ? `${JSON.stringify({ isSame, fromLog: true, partitions: reports.map(jsonOf) }, null, 2)}\n`
      : logText(reports, context),
  );
  return isSame;
}

/** Folding from the middle of a log would find differences everywhere. */
async function requireWholeLog(stack: StackHandle, { language }: CommandContext): Promise<void> {
  const bounds = await stack.reader.bounds(TOPICS.customerLog);
  const cut = bounds.findIndex(({ start }) => start > 0);
  if (cut === -1) return;
  const start = groupDigits(bounds[cut]?.start ?? 0);
  throw new CliFault('STRATA_CLI_LOG_CUT', verifyTexts(language).logCut(cut, start));
}

async function onItself(
  stack: StackHandle,
  context: CommandContext,
  isJson: boolean,
): Promise<boolean> {
  const checks: SelfCheck[] = [];
  for (let partition = 0; partition < stack.partitions; partition += 1) {
    context.signal.throwIfAborted();
    checks.push(await selfCheck(stack, partition));
  }
  const isSound = checks.every(({ findings }) => findings.size === 0);
  context.stdout.write(
    isJson
      ? `${JSON.stringify({ isSound, fromLog: false, partitions: checks.map(jsonOf) }, null, 2)}\n`
      : selfText(checks, context),
  );
  return isSound;
}

function jsonOf<T extends { readonly findings: Findings }>(
  report: T,
): Omit<T, 'findings'> & { readonly findings: Record<string, number> } {
  return { ...report, findings: Object.fromEntries(report.findings) };
}

function logText(reports: readonly PartitionReport[], { language }: CommandContext): string {
  const texts = verifyTexts(language);
  const rows = reports.map((it) => {
    const sum = (count: (topic: PartitionReport['topics'][number]) => number): string =>
      groupDigits(it.topics.reduce((total, topic) => total + count(topic), 0));
    const [changes] = it.topics;
    return [
      String(it.partition),
      `0-${groupDigits(it.upTo)}`,
      groupDigits(it.customers),
      groupDigits(it.decisions),
      groupDigits(changes?.outputs ?? 0),
      sum(({ repeats }) => repeats),
      sum(({ waiting }) => waiting),
      it.decisionHash.slice(0, HASH_SHOWN),
      it.findings.size === 0 ? texts.same : texts.differs,
    ];
  });
  const total = (count: (report: PartitionReport) => number): string =>
    groupDigits(reports.reduce((sum, report) => sum + count(report), 0));
  const isSame = reports.every(({ findings }) => findings.size === 0);
  const verdict = isSame
    ? texts.allSame(
        total(({ records }) => records),
        total(({ customers }) => customers),
      )
    : texts.notSame;
  return [
    tableText([texts.columns, ...rows]),
    ...findingLines(reports, language),
    verdict,
    '',
  ].join('\n');
}

function selfText(checks: readonly SelfCheck[], { language }: CommandContext): string {
  const texts = verifyTexts(language);
  const rows = checks.map((it) => [
    String(it.partition),
    groupDigits(it.next),
    groupDigits(it.customers),
    groupDigits(it.outboxDepth),
    it.decisionHash?.slice(0, HASH_SHOWN) ?? '-',
    it.findings.size === 0 ? texts.sound : texts.differs,
  ]);
  const isSound = checks.every(({ findings }) => findings.size === 0);
  const verdict = isSound ? texts.allSound : texts.notSound;
  return [
    tableText([texts.selfColumns, ...rows]),
    ...findingLines(checks, language),
    verdict,
    '',
  ].join('\n');
}

function findingLines(
  reports: readonly { readonly partition: number; readonly findings: Findings }[],
  language: CommandContext['language'],
): readonly string[] {
  const texts = verifyTexts(language);
  return reports.flatMap(({ partition, findings }) =>
    [...findings].map(
      ([kind, count]: [FindingKind, number]) =>
        `${texts.at(partition)}: ${texts.finding[kind](groupDigits(count))}`,
    ),
  );
}

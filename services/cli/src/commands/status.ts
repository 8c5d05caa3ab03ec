import { formatRfc3339 } from '@strata/contracts';
import type { StatusRow } from '@strata/local-stack';
import { EXIT_CODES } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { groupDigits } from '../progress.ts';
import { apiKeyFiles, ownApiKey } from '../stack/api-keys.ts';
import { readEmbeddedRecord } from '../stack/embedded-record.ts';
import { findStack } from '../stack/find-stack.ts';
import { intakeKeyFiles, ownIntakeKey } from '../stack/intake-keys.ts';
import { stackDir } from '../stack/stack-paths.ts';
import { type StackReport, stackReport } from '../stack/stack-report.ts';
import { stackTexts } from '../stack/stack-texts.ts';
import { withStack } from '../stack/with-stack.ts';
import { tableText } from '../table-text.ts';

export const statusCommand = defineCommand({
  name: 'status',
  summary: {
    en: 'what runs, how far it is, and what waits',
    zh: '运行情况、处理进度与等待事项',
  },
  flags: {
    json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
  },
  examples: ['status', 'status --json'],
  run: async (context, { flags }) => {
    const texts = stackTexts(context.language);
    const found = context.stack === undefined ? await findStack(context) : null;
    if (context.stack === undefined && found === null) {
      if (flags.json) context.stdout.write(`${JSON.stringify({ state: 'down' })}\n`);
      else context.stdout.write(`${texts.isDown}\n`);
      return EXIT_CODES.failure;
    }
    return withStack(context, async (stack) => {
      const report = await stackReport(stack);
      const { state, rows } = found ?? { state: 'up', rows: [] };
      const own = found?.record ?? readEmbeddedRecord(stackDir(context.env));
      const consoleUrl = own?.consoleUrl ?? null;
      const dataDir = stackDir(context.env);
      const intake = intakeOf(dataDir, own?.intakeUrl ?? null);
      const api = apiOf(dataDir, consoleUrl);
      if (flags.json) {
        const whole = { state, ...report, consoleUrl, intake, api, processes: rows };
        context.stdout.write(`${JSON.stringify(whole, null, 2)}\n`);
      } else {
        context.stdout.write(statusText({ report, rows, consoleUrl, intake, api }, context));
      }
      return rows.every((row) => row.isUp) ? EXIT_CODES.success : EXIT_CODES.failure;
    });
  },
});

/** Where a system sends events or asks, and with which key; the stack and its data are its user's own. */
interface HttpAccess {
  readonly url: string;
  readonly key: string | null;
  readonly keyFile: string;
}

function intakeOf(dataDir: string, url: string | null): HttpAccess | null {
  if (url === null) return null;
  return { url, key: ownIntakeKey(dataDir), keyFile: intakeKeyFiles(dataDir).ownKeyFile };
}

/** The API is the console's, under the page's own address. */
function apiOf(dataDir: string, consoleUrl: string | null): HttpAccess | null {
  if (consoleUrl === null) return null;
  const url = consoleUrl.replace(/\/$/, '');
  return { url, key: ownApiKey(dataDir), keyFile: apiKeyFiles(dataDir).ownKeyFile };
}

interface StatusParts {
  readonly report: StackReport;
  readonly rows: readonly StatusRow[];
  readonly consoleUrl: string | null;
  readonly intake: HttpAccess | null;
  readonly api: HttpAccess | null;
}

function statusText(
  { report, rows, consoleUrl, intake, api }: StatusParts,
  context: CommandContext,
): string {
  const texts = stackTexts(context.language);
  const { deliveries: sent, policySet, sweep, clock } = report;
  const count = (value: number): string => groupDigits(value);
  const figures: [string, string][] = [
    [
      texts.lines.policy,
      policySet?.policies.map(({ name, version }) => `${name} v${version}`).join(', ') ??
        texts.none,
    ],
    ...(sweep.number === 0
      ? []
      : [[texts.lines.sweep, sweepText(report, texts)] as [string, string]]),
    ...shadowLines(report, texts),
    [texts.lines.clock, clock === null ? texts.none : formatRfc3339(clock)],
    ...liveLines(report, context),
    [texts.lines.customers, count(report.customers)],
    [texts.lines.log, count(report.logRecords)],
    [texts.lines.lag, count(report.lagRecords)],
    [texts.lines.outbox, count(report.outboxRecords)],
    [texts.lines.due, count(report.partitionsDue)],
    [texts.lines.deadLetters, count(report.deadLetters)],
    [
      texts.lines.deliveries,
      [sent.delivered, sent.waiting + sent.delayed + sent.active, sent.failed]
        .map(count)
        .join(' / '),
    ],
  ];
  const parts = [texts.isUp(report.kind, report.time)];
  if (rows.length > 0)
    parts.push(tableText([texts.columns, ...rows.map((row) => cells(row, context))]));
  parts.push(tableText(figures));
  if (rows.some((row) => !row.isUp)) parts.push(texts.reviveHint);
  if (consoleUrl !== null) parts.push(texts.consoleAt(consoleUrl));
  if (api !== null) parts.push(texts.apiAt(`${api.url}/`, api.keyFile));
  if (intake !== null) parts.push(texts.intakeAt(intake.url, intake.keyFile));
  return `${parts.join('\n\n')}\n`;
}

/** Nothing of a stack that runs as it was started. */
function liveLines(
  { live, partitions }: StackReport,
  { language }: CommandContext,
): readonly [string, string][] {
  if (live === null) return [];
  const { lines, livePartly } = stackTexts(language);
  const at = formatRfc3339(live.at);
  const isWhole = live.partitions === partitions;
  return [[lines.live, isWhole ? at : livePartly(at, live.partitions, partitions)]];
}

function sweepText(
  { sweep, partitions }: StackReport,
  texts: ReturnType<typeof stackTexts>,
): string {
  const { isDone, customers, partitionsDone, perSecond, secondsLeft } = sweep;
  if (isDone) return texts.sweptAll;
  const far = texts.sweeping(groupDigits(customers), partitionsDone, partitions);
  const pace = perSecond === null ? '' : texts.pace(groupDigits(Math.round(perSecond)));
  const left = secondsLeft === null ? '' : texts.left(groupDigits(Math.ceil(secondsLeft)));
  return `${far}${pace}${left}`;
}

/** Nothing where none is tried. */
function shadowLines(
  { shadow, partitions }: StackReport,
  texts: ReturnType<typeof stackTexts>,
): readonly [string, string][] {
  if (shadow === null) return [];
  const names = shadow.policies.map(({ name, version }) => `${name} v${version}`).join(', ');
  const counts = Object.fromEntries(
    Object.entries(shadow.byKind).map(([kind, customers]) => [kind, groupDigits(customers)]),
  );
  const looked = texts.shadowLooked(shadow.partitions, partitions);
  return [[texts.lines.shadow, `${names}: ${texts.shadowMoves(counts)}${looked}`]];
}

const MEBIBYTE = 1_048_576;

function cells(row: StatusRow, context: CommandContext): readonly string[] {
  const texts = stackTexts(context.language);
  return [
    row.name,
    row.isUp ? texts.up : texts.down,
    String(row.pid),
    row.port === null ? '-' : String(row.port),
    row.memoryBytes === null ? '-' : `${Math.round(row.memoryBytes / MEBIBYTE)} MiB`,
    row.log,
  ];
}

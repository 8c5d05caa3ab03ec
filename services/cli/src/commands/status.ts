import { setTimeout as delay } from 'node:timers/promises';
import { formatRfc3339 } from '@strata/contracts';
import { EXIT_CODES } from '../cli-fault.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { apiKeyFiles, ownApiKey } from '../stack/api-keys.ts';
import { askStack } from '../stack/ask-stack.ts';
import { readEmbeddedRecord } from '../stack/embedded-record.ts';
import { findStack } from '../stack/find-stack.ts';
import { intakeKeyFiles, ownIntakeKey } from '../stack/intake-keys.ts';
import { stackDir } from '../stack/stack-paths.ts';
import { type StackReport, stackReport } from '../stack/stack-report.ts';
import { stackTexts } from '../stack/stack-texts.ts';
import { type HttpAccess, type StatusParts, statusText } from '../stack/status-text.ts';
import { withStack } from '../stack/with-stack.ts';

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
    const found = context.stack === undefined ? await findStack(context) : null;
    if (context.stack === undefined && found === null) {
      if (flags.json) context.stdout.write(`${JSON.stringify({ state: 'down' })}\n`);
      else context.stdout.write(`${stackTexts(context.language).isDown}\n`);
      return EXIT_CODES.failure;
    }
    const [figures, report] = await Promise.all([askStack(context, found), readReport(context)]);
    const { state, rows } = found ?? { state: 'up', rows: [] };
    const dataDir = stackDir(context.env);
    const own = found?.record ?? readEmbeddedRecord(dataDir);
    const consoleUrl = own?.consoleUrl ?? null;
    const parts: StatusParts = {
      kind: context.stack?.kind ?? found?.record.kind ?? 'embedded',
      report,
      figures,
      rows,
      consoleUrl,
      intake: intakeOf(dataDir, own?.intakeUrl ?? null),
      api: apiOf(dataDir, consoleUrl),
    };
    if (flags.json) {
      context.stdout.write(`${JSON.stringify({ state, ...statusJson(parts) }, null, 2)}\n`);
    } else {
      context.stdout.write(statusText(parts, context.language));
    }
    const isWhole = report !== null && rows.every((row) => row.isUp);
    return isWhole ? EXIT_CODES.success : EXIT_CODES.failure;
  },
});

/** The names of most use at the top; everything that is told is in `figures`. Null is what is not known. */
function statusJson({ kind, report, figures, consoleUrl, intake, api, rows }: StatusParts) {
  const { clockMs, scorer, outbox, overduePartitions, deadLetters, jobs } = figures;
  return {
    kind,
    ...(report ?? UNREAD),
    lagRecords: scorer.records,
    outboxRecords: outbox.records,
    partitionsDue: overduePartitions,
    clock: clockMs === null ? null : formatRfc3339(clockMs),
    deadLetters: deadLetters?.total ?? null,
    deliveries: jobs,
    figures,
    consoleUrl,
    intake,
    api,
    processes: rows,
  };
}

const UNREAD: Readonly<Record<keyof StackReport, null>> = {
  time: null,
  live: null,
  partitions: null,
  customers: null,
  logRecords: null,
  policySet: null,
  sweep: null,
  shadow: null,
};

/** Back ends that hang are waited for no longer: who asks how things stand wants to hear of it. */
const PATIENCE_MS = 10_000;

/** Null where the state or the log does not answer, which is for the figures to say. */
async function readReport(context: CommandContext): Promise<StackReport | null> {
  let report: StackReport | null = null;
  const patience = new AbortController();
  const reading = withStack(context, async (stack) => {
    report = await stackReport(stack);
    return EXIT_CODES.success;
  }).catch(() => {});
  const tooLong = delay(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
  await Promise.race([reading, tooLong]);
  patience.abort();
  return report;
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

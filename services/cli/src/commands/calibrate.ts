import { userInfo } from 'node:os';
import { formatRfc3339, type PolicyBook } from '@strata/contracts';
import { type AnnounceFrom, type PolicySet, uncalibrated } from '@strata/domain';
import { viewPartitions } from '@strata/shard-state';
import { announceFlags, announceFromOf } from '../announce-flags.ts';
import { chooseSet } from '../calibrate/choose-set.ts';
import { makeReport } from '../calibrate/make-report.ts';
import { publishCalibration } from '../calibrate/publish-calibration.ts';
import {
  type CalibrationReport,
  driftText,
  lackText,
  reportJson,
  reportText,
} from '../calibrate/report.ts';
import { dueAt, everyMsOf } from '../calibrate/schedule.ts';
import { calibrateTexts } from '../calibrate/texts.ts';
import { CliFault, EXIT_CODES, type ExitCode, UsageFault } from '../cli-fault.ts';
import { type CommandContext, type CommandInput, defineCommand } from '../command.ts';
import { canAsk, confirm } from '../confirm.ts';
import type { FlagSpecs } from '../flags.ts';
import { groupDigits } from '../progress.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { untilSwept } from '../stack/until-swept.ts';
import { withStack } from '../stack/with-stack.ts';

const FLAGS = {
  set: {
    kind: 'text',
    value: 'SET',
    about: {
      en: 'id of a policy set, file or preset; default: the set in force',
      zh: '策略集编号、策略文件或预设名称；默认为生效的策略集',
    },
  },
  'dry-run': {
    kind: 'switch',
    about: { en: 'shows all of it and publishes nothing', zh: '只显示结果，不发布' },
  },
  'if-due': {
    kind: 'switch',
    about: {
      en: 'only where the last one is as old as the policy’s calibration.every; for timers',
      zh: '仅当上次校准已达到策略的 calibration.every 时执行；供定时任务使用',
    },
  },
  'accept-drift': {
    kind: 'switch',
    about: {
      en: 'publishes although borders moved beyond the policy’s limit',
      zh: '即使门槛变动超出策略的上限也发布',
    },
  },
  'accept-missing': {
    kind: 'switch',
    about: {
      en: 'publishes although too few customers give some part a border; it scores as missing',
      zh: '即使部分维度因客户不足而没有门槛也发布；这些维度按缺失值计分',
    },
  },
  ...announceFlags('all'),
  reason: {
    kind: 'text',
    value: 'TEXT',
    about: { en: 'why, for the history', zh: '原因，记入历史' },
  },
  yes: { kind: 'switch', about: { en: 'publishes without asking', zh: '不询问，直接发布' } },
  json: { kind: 'switch', about: { en: 'as JSON', zh: '以 JSON 输出' } },
} as const satisfies FlagSpecs;

type Flags = CommandInput<typeof FLAGS>['flags'];

/** How it ended; in JSON under `outcome`. */
type Outcome = 'published' | 'unchanged' | 'dry-run' | 'held' | 'refused' | 'declined';

interface Ending {
  readonly outcome: Outcome;
  readonly exit: ExitCode;
  /** What a person is told. */
  readonly sentence: string;
  readonly number?: number;
}

export const calibrateCommand = defineCommand({
  name: 'calibrate',
  summary: {
    en: 'makes quantile borders, shares and models anew from everybody, and puts them in force',
    zh: '由全体客户重新计算分位数、占比门槛与客户价值模型，并使其生效',
  },
  flags: FLAGS,
  examples: [
    'calibrate --dry-run',
    'calibrate --announce-from 1',
    'calibrate --if-due --yes',
    'calibrate --accept-drift --reason "new price list" --yes',
  ],
  run: (context, { flags }) => {
    const said = announceFromOf(flags, context.language);
    const announceFrom = said === undefined ? 0 : said;
    return withStack(context, async (stack) => {
      const book = await readPolicyBook(stack);
      const set = await chooseSet(book, flags.set, context);
      if (flags['if-due'] && !(await isDue(stack, { set, book }, context))) {
        return EXIT_CODES.success;
      }
      const report = await makeReport(stack, { set, book }, context);
      if (!flags.json) context.stdout.write(reportText(report, context.language));
      const ending = await end(stack, { report, book, flags, announceFrom }, context);
      if (flags.json) {
        const { outcome, number = null } = ending;
        const json = { outcome, number, ...reportJson(report) };
        context.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
      }
      const sink = ending.exit === EXIT_CODES.success && !flags.json ? 'stdout' : 'stderr';
      context[sink].write(`${ending.sentence}\n`);
      return ending.exit;
    });
  },
});

interface Made {
  readonly report: CalibrationReport;
  readonly book: PolicyBook;
  readonly flags: Flags;
  readonly announceFrom: AnnounceFrom;
}

/** Refuses, holds back, asks or publishes. */
async function end(stack: StackHandle, made: Made, context: CommandContext): Promise<Ending> {
  const { report, book, flags } = made;
  const { calibration, comparison, set } = report;
  const { language } = context;
  const words = calibrateTexts(language);
  const { success, failure, held } = EXIT_CODES;
  if (!flags['accept-missing'] && uncalibrated(calibration).length > 0) {
    const sentence = lackText(calibration, set, language);
    return { outcome: 'refused', exit: failure, sentence };
  }
  if (!flags['accept-drift'] && comparison.drifted.length > 0) {
    const sentence = words.held(driftText(report, language));
    return { outcome: 'held', exit: held, sentence };
  }
  if (flags['dry-run']) return { outcome: 'dry-run', exit: success, sentence: words.dryRun };
  if (book.calibrationOf(set.id)?.calibration.id === calibration.id) {
    return { outcome: 'unchanged', exit: success, sentence: words.unchanged };
  }
  if (!flags.yes && !canAsk(context)) throw new UsageFault(words.notAsked);
  if (!flags.yes && !(await confirm(context, words.ask)))
    return { outcome: 'declined', exit: failure, sentence: words.declined };
  const number = await publishCalibration(stack, calibration, {
    inputs: report.inputs.map(({ partition, offset }) => ({ partition, offset })),
    announceFrom: made.announceFrom,
    by: userInfo().username,
    reason: flags.reason ?? null,
    nowMs: Date.now(),
  });
  const isInForce = book.inForce?.set.id === set.id;
  if (isInForce) await untilSwept(context, stack, number);
  const sentence = (isInForce ? words.published : words.publishedAhead)(groupDigits(number));
  return { outcome: 'published', exit: success, sentence, number };
}

/** Held against the clock that the stack lives by: in data time a calibration ages with the data. */
async function isDue(
  stack: StackHandle,
  { set, book }: { readonly set: PolicySet; readonly book: PolicyBook },
  { language, stdout }: CommandContext,
): Promise<boolean> {
  const words = calibrateTexts(language);
  const everyMs = everyMsOf(set);
  if (everyMs === null) throw new CliFault('STRATA_CLI_NO_SCHEDULE', words.noSchedule);
  const lastAt = book.calibrationOf(set.id)?.calibration.at ?? null;
  const due = dueAt(lastAt, everyMs);
  const views = await viewPartitions(stack.store, stack.partitions);
  const clock = views.reduce((latest, { state }) => Math.max(latest, state.clock), -Infinity);
  // In wall time a silent stack's clock stands still, and its calibration gets old all the same.
  const isWall = views.some(({ state }) => state.time === 'wall');
  if (lastAt === null || Math.max(clock, isWall ? Date.now() : clock) >= due) return true;
  stdout.write(`${words.notDue(formatRfc3339(lastAt), formatRfc3339(due))}\n`);
  return false;
}

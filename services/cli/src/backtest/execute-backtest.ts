import { resolve } from 'node:path';
import {
  baseCurrencyOf,
  type CustomerEvent,
  type Instant,
  needsCalibration,
  type PolicySet,
  type ProfileRow,
  type RateTable,
} from '@strata/domain';
import { problemText } from '@strata/yaml-file';
import { CliFault } from '../cli-fault.ts';
import type { CommandContext } from '../command.ts';
import { type Comparison, compareRuns } from '../compare/compare-runs.ts';
import { comparisonJson } from '../compare/comparison-json.ts';
import { comparisonText } from '../compare/comparison-text.ts';
import { comparisonPage } from '../compare/page/comparison-page.ts';
import { RunTaker } from '../compare/run-taker.ts';
import { currenciesOf } from '../formats/currencies-of.ts';
import type { FileFormat } from '../formats/file-format.ts';
import type { LoadedFile } from '../formats/load-events.ts';
import { readDataFile } from '../formats/read-data-file.ts';
import type { Language } from '../language.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { OutFile } from '../out-file.ts';
import { type ChosenPolicy, inCurrency } from '../policy-choice.ts';
import { PROFILE_CSV_HEADER, profileCsvLine } from '../profile-csv.ts';
import { groupDigits, Progress } from '../progress.ts';
import { ChangeCounts } from './change-counts.ts';
import { ChangeLines } from './change-lines.ts';
import {
  type FileReport,
  fileJson,
  fileText,
  type PolicyReport,
  policyJson,
  policyText,
  type WrittenFile,
} from './report.ts';
import { runBacktest } from './run-backtest.ts';
import type { Place } from './tier-rows.ts';

export interface BacktestPlan {
  readonly context: CommandContext;
  readonly path: string;
  readonly format: FileFormat;
  readonly timeZone: string | null;
  /** One, or two to compare. */
  readonly policies: readonly ChosenPolicy[];
  /** Absent: amounts in other currencies are dead letters. */
  readonly rates?: RateTable | null;
  readonly at: readonly Instant[];
  readonly until: Instant | null;
  /** Where quantiles are calibrated; empty for every `at`. */
  readonly calibrateAt: readonly Instant[];
  readonly profilesPath: string | null;
  readonly changesPath: string | null;
  /** Where the page of the comparison goes; absent where nobody wants one. */
  readonly pagePath?: string | null;
  readonly isJson: boolean;
  /** Where the events come from, instead of a file. */
  readonly load?: () => Promise<LoadedFile>;
}

/** Where the results of the run go; null where nobody asked. */
interface Outs {
  readonly profiles: OutFile | null;
  readonly changes: OutFile | null;
}

/** Reads the file once, folds it once for each policy, and reports. On any fault no file is left. */
export async function executeBacktest(plan: BacktestPlan): Promise<void> {
  const { stderr, language } = plan.context;
  for (const warning of plan.policies.flatMap((chosen) => chosen.warnings)) {
    stderr.write(`${problemText(warning, language)}\n`);
  }
  const { currency } = plan.format;
  for (const chosen of plan.policies)
    checkCurrency(plan, chosen, currency === null ? [] : [currency]);
  const profiles = openOut(plan.profilesPath, plan.context);
  const changes = openOut(plan.changesPath, plan.context);
  const page = openOut(plan.pagePath ?? null, plan.context);
  const outs = [profiles, changes, page];
  try {
    for (const out of outs) await out?.ready();
    const result = await gradeFile(plan, { profiles, changes });
    const written = page === null ? [] : [await writePage(plan, page, result)];
    report(plan, { ...result, written: [...result.written, ...written] });
  } catch (fault) {
    for (const out of outs) await out?.discard();
    throw fault;
  }
}

async function writePage(
  { context: { language }, path, pagePath }: BacktestPlan,
  page: OutFile,
  outcome: BacktestOutcome,
): Promise<WrittenFile> {
  const { comparison, file } = outcome;
  if (comparison === null) throw new TypeError('there is a page of two policy sets only');
  const text = await comparisonPage({ comparison, file, source: path }, language);
  await page.write(text);
  await page.publish();
  return { path: pagePath ?? '', lines: text.split('\n').length - 1 };
}

function report({ context, isJson }: BacktestPlan, result: BacktestOutcome): void {
  const { language, stdout } = context;
  stdout.write(isJson ? jsonOf(result) : backtestText(result, language));
  if (isJson) return;
  for (const { path, lines } of result.written) {
    stdout.write(`${backtestTexts(language).wrote(path, groupDigits(lines))}\n`);
  }
}

/** What was read, and what came of it under each policy. */
export interface BacktestOutcome {
  readonly file: FileReport;
  readonly reports: readonly PolicyReport[];
  /** Null for one policy set alone. */
  readonly comparison: Comparison | null;
  readonly written: readonly WrittenFile[];
}

/** Reads the file once and folds it once for each policy, without a word about the result. */
export async function gradeFile(
  plan: BacktestPlan,
  outs: Outs = { profiles: null, changes: null },
): Promise<BacktestOutcome> {
  const { context, path, format, timeZone, policies } = plan;
  const load = plan.load ?? (() => readDataFile({ path, format, timeZone }, context));
  const { events, counts } = await load();
  const file: FileReport = {
    counts,
    events: events.length,
    firstAt: events[0]?.occurredAt ?? null,
    lastAt: events.at(-1)?.occurredAt ?? null,
  };
  if (events.length === 0) throw noEvents(plan, counts.records === 0, file);
  const currencies = format.currency === null ? currenciesOf(events) : [format.currency];
  for (const chosen of policies) checkCurrency(plan, chosen, currencies);
  const reports: PolicyReport[] = [];
  const written: WrittenFile[] = [];
  for (const chosen of policies) {
    const set = inCurrency(chosen, currencies[0] ?? null);
    const run = await gradeBy({ set, events, outs }, plan);
    reports.push(run.report);
    written.push(...run.written);
  }
  const [first, second] = reports.map(({ comparable }) => comparable);
  const comparison = first && second ? compareRuns(first, second) : null;
  return { file, reports, comparison, written };
}

interface Run {
  readonly set: PolicySet;
  readonly events: readonly CustomerEvent[];
  readonly outs: Outs;
}

async function gradeBy(
  { set, events, outs }: Run,
  plan: BacktestPlan,
): Promise<{ readonly report: PolicyReport; readonly written: readonly WrittenFile[] }> {
  const { context, profilesPath, changesPath } = plan;
  const { profiles, changes } = outs;
  const texts = backtestTexts(context.language);
  const endAt = endOf(events, plan);
  const counts = new ChangeCounts();
  const lines = new ChangeLines(set);
  const progress = new Progress({
    context,
    label: texts.folding,
    unit: texts.events,
    share: () => folded / events.length,
  });
  let folded = 0;
  let profileRows = 0;
  const tiersAt = new Map<Instant, Map<string, Place | null>>();
  const taker = plan.policies.length > 1 ? new RunTaker(plan.at, endAt) : null;
  await profiles?.write(PROFILE_CSV_HEADER);
  const result = await runBacktest({
    events,
    set,
    rates: plan.rates ?? null,
    profileInstants: plan.at.length === 0 && profiles === null ? [] : instantsOf(plan, endAt),
    calibrationInstants: calibrationInstantsOf(set, plan, endAt),
    endAt,
    signal: context.signal,
    onProfile: async (row) => {
      profileRows++;
      const tiers = tiersAt.get(row.at) ?? new Map<string, Place | null>();
      tiersAt.set(row.at, tiers.set(row.customerId, placeIn(row)));
      await profiles?.write(profileCsvLine(row));
    },
    viewInstants: taker?.instants ?? [],
    onView: (at, customerId, view) => taker?.addView(at, customerId, view),
    onChange: (change, eventIdAt) => {
      counts.add(change);
      taker?.addChange(change);
      if (changes !== null) lines.add(change, eventIdAt);
    },
    onEvents: (count) => {
      folded += count;
      progress.advance(count);
    },
  });
  progress.end();
  if (changes !== null) for (const line of lines.sorted()) await changes.write(line);
  await profiles?.publish();
  await changes?.publish();
  const changeCounts = counts.list();
  const changeRows = changeCounts.reduce((sum, { count }) => sum + count, 0);
  const written = [
    ...(profilesPath === null ? [] : [{ path: profilesPath, lines: profileRows + 1 }]),
    ...(changesPath === null ? [] : [{ path: changesPath, lines: changeRows }]),
  ];
  const { tiers, segments, refusedByReason, calibrations } = result;
  const changesOfRun = { changes: changeCounts, calibrations };
  const comparable = taker?.runOf(set) ?? null;
  return {
    report: { set, endAt, tiersAt, tiers, segments, refusedByReason, ...changesOfRun, comparable },
    written,
  };
}

function placeIn({ policy, tier }: ProfileRow): Place | null {
  return policy === null || tier === null ? null : { policy, tier };
}

function openOut(path: string | null, { cwd, language }: CommandContext): OutFile | null {
  return path === null ? null : new OutFile(resolve(cwd, path), language);
}

/** The clock runs to the last event, `--until` and every `--at` and `--calibrate-at`, whichever is last. */
function endOf(
  events: readonly CustomerEvent[],
  { until, at, calibrateAt }: BacktestPlan,
): Instant {
  return Math.max(events.at(-1)?.occurredAt ?? 0, until ?? 0, ...at, ...calibrateAt);
}

/** Policies with fixed steps only have nothing to calibrate. */
function calibrationInstantsOf(
  set: PolicySet,
  plan: BacktestPlan,
  endAt: Instant,
): readonly Instant[] {
  if (!needsCalibration(set)) return [];
  return plan.calibrateAt.length > 0 ? plan.calibrateAt : instantsOf(plan, endAt);
}

function instantsOf({ at }: BacktestPlan, endAt: Instant): readonly Instant[] {
  return at.length === 0 ? [endAt] : [...new Set(at)].toSorted((a, b) => a - b);
}

/** Without rates nothing of the file could be graded: better said before the first record than by a dead letter for each. */
function checkCurrency(
  plan: BacktestPlan,
  chosen: ChosenPolicy,
  currencies: readonly string[],
): void {
  const [first] = currencies;
  const set = inCurrency(chosen, first ?? null);
  const policyCurrency = baseCurrencyOf(set);
  if (first === undefined) return;
  const isCountable = (from: string): boolean =>
    from === policyCurrency ||
    (plan.rates?.rows.some((it) => it.from === from && it.to === policyCurrency) ?? false);
  if (currencies.some(isCountable)) return;
  const texts = backtestTexts(plan.context.language);
  throw new CliFault(
    'STRATA_CLI_OTHER_CURRENCY',
    texts.otherCurrency({
      file: plan.path,
      fileCurrency: currencies.join(', '),
      policy: set.policies.map(({ name }) => name).join(', '),
      policyCurrency,
    }),
  );
}

function noEvents(
  { context, path, format }: BacktestPlan,
  isEmpty: boolean,
  file: FileReport,
): CliFault {
  const texts = backtestTexts(context.language);
  if (isEmpty) return new CliFault('STRATA_CLI_EMPTY_FILE', texts.emptyFile(path));
  const sentence = texts.nothingRead(path, format.name);
  return new CliFault(
    'STRATA_CLI_WRONG_FORMAT',
    `${sentence}\n${fileText(file, context.language).trimEnd()}`,
  );
}

/** The summary as a person reads it. */
export function backtestText(
  { file, reports, comparison }: BacktestOutcome,
  language: Language,
): string {
  const policies = reports.map((report) => policyText(report, language)).join('');
  const compared = comparison === null ? '' : comparisonText(comparison, language);
  return fileText(file, language) + policies + compared;
}

function jsonOf({ file, reports, comparison, written }: BacktestOutcome): string {
  const compared = comparison === null ? {} : { comparison: comparisonJson(comparison) };
  const json = { file: fileJson(file), runs: reports.map(policyJson), ...compared, written };
  return `${JSON.stringify(json)}\n`;
}

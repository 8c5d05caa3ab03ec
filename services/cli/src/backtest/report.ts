import { type DeadLetterReason, deadLetterSentence, formatRfc3339 } from '@strata/contracts';
import { baseCurrencyOf, type Calibration, type Instant, type PolicySet } from '@strata/domain';
import type { ComparableRun } from '../compare/compare-runs.ts';
import type { FileCounts } from '../formats/load-events.ts';
import type { Language } from '../language.ts';
import { backtestTexts, CAUSE_WORDS, TYPE_WORDS } from '../messages/backtest.ts';
import { segmentLabel, tierLabelIn } from '../policy-names.ts';
import { groupDigits } from '../progress.ts';
import { displayWidth } from '../table-text.ts';
import { calibrationJson, calibrationLines } from './calibration-report.ts';
import type { ChangeCount } from './change-counts.ts';
import { percent } from './percent.ts';
import { type SegmentPlace, segmentRows } from './segment-rows.ts';
import { type Places, type TierRow, tierRows } from './tier-rows.ts';

/** What was read. */
export interface FileReport {
  readonly counts: FileCounts;
  readonly events: number;
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
}

/** What one policy set made of it. */
export interface PolicyReport {
  readonly set: PolicySet;
  readonly endAt: Instant;
  /** The tier of each customer at each `--at`. */
  readonly tiersAt: ReadonlyMap<Instant, Places>;
  /** The tier of each customer at the end. */
  readonly tiers: Places;
  readonly segments: readonly SegmentPlace[];
  readonly changes: readonly ChangeCount[];
  readonly calibrations: readonly Calibration[];
  /** Events that the fold refused. */
  readonly refusedByReason: ReadonlyMap<DeadLetterReason, number>;
  /** Where two policy sets are compared; null for one alone. */
  readonly comparable: ComparableRun | null;
}

export interface WrittenFile {
  readonly path: string;
  readonly lines: number;
}

/** The file's records, as text. Every record is in exactly one of the numbers. */
export function fileText(file: FileReport, language: Language): string {
  const texts = backtestTexts(language);
  const { counts } = file;
  const lines = [
    texts.file({
      records: groupDigits(counts.records),
      asEvents: groupDigits(counts.asEvents),
      asParts: groupDigits(counts.asParts),
      refused: groupDigits(counts.refused),
    }),
    ...(counts.skipped === 0 ? [] : [texts.skipped(groupDigits(counts.skipped))]),
    ...[...counts.skippedByReason]
      .toSorted(([, a], [, b]) => b - a)
      .map(([reason, count]) => `  ${groupDigits(count)} ${reason}`),
    ...reasonLines(counts.refusedByReason, language),
  ];
  if (counts.repeats > 0) lines.push(texts.repeats(groupDigits(counts.repeats)));
  if (file.firstAt !== null && file.lastAt !== null) {
    const [from, to] = [formatRfc3339(file.firstAt), formatRfc3339(file.lastAt)];
    lines.push(texts.span(groupDigits(file.events), from, to));
  }
  return `${lines.join('\n')}\n`;
}

export function policyText(report: PolicyReport, language: Language): string {
  const texts = backtestTexts(language);
  const { set, tiers } = report;
  const changes = report.changes.map(({ type, cause, count }) => [
    TYPE_WORDS[language][type],
    groupDigits(count),
    CAUSE_WORDS[language][cause],
  ]);
  const names = set.policies.map((it) => texts.policy(it.name, it.version, it.baseCurrency));
  return [
    `\n${names.join('\n')}`,
    texts.clock(formatRfc3339(report.endAt)),
    ...reasonLines(report.refusedByReason, language),
    ...report.calibrations.flatMap((it) => calibrationLines(it, set, language)),
    ...[...report.tiersAt]
      .filter(([at]) => at !== report.endAt)
      .flatMap(([at, tiersThen]) => [
        texts.tiersAt(formatRfc3339(at), groupDigits(tiersThen.size)),
        ...tierLines(set, tiersThen, language),
      ]),
    texts.tiers(groupDigits(tiers.size)),
    ...tierLines(set, tiers, language),
    ...segmentLines(report, language),
    changes.length === 0 ? texts.noChanges : texts.changes,
    ...alignedLines(changes),
    '',
  ].join('\n');
}

function tierLines(set: PolicySet, tiers: Places, language: Language): string[] {
  const rows = tierRows(set, tiers).map((row) => [
    rowLabel(set, row, language),
    groupDigits(row.customers),
    percent(row.customers, tiers.size),
  ]);
  return alignedLines(rows);
}

/** Customers may be in none, so shares are of all. */
function segmentLines({ set, tiers, segments }: PolicyReport, language: Language): string[] {
  const rows = segmentRows(set, segments).map(({ policy, segment, customers }) => {
    const label = segmentLabel(segment, language);
    const name = set.policies.length === 1 ? label : `${policy}: ${label}`;
    return [name, groupDigits(customers), percent(customers, tiers.size)];
  });
  return rows.length === 0 ? [] : [backtestTexts(language).segments, ...alignedLines(rows)];
}

export function rowLabel(set: PolicySet, { policy, tier }: TierRow, language: Language): string {
  if (policy === null || tier === null) return backtestTexts(language).noTier;
  return tierLabelIn(set, { policy, tier }, language);
}

export function policyJson(report: PolicyReport): Record<string, unknown> {
  const { set } = report;
  return {
    policies: set.policies.map(({ name, version }) => ({ name, version })),
    policySet: set.id,
    baseCurrency: baseCurrencyOf(set),
    clock: formatRfc3339(report.endAt),
    customers: report.tiers.size,
    tiers: tierRowsJson(set, report.tiers),
    tiersAt: [...report.tiersAt].map(([at, tiers]) => ({
      at: formatRfc3339(at),
      customers: tiers.size,
      tiers: tierRowsJson(set, tiers),
    })),
    segments: segmentRows(set, report.segments).map(({ policy, segment, customers }) => ({
      policy,
      segment: segment.name,
      customers,
    })),
    changes: report.changes,
    calibrations: report.calibrations.map((it) => calibrationJson(it, set)),
    deadLetters: Object.fromEntries(report.refusedByReason),
  };
}

export function fileJson(file: FileReport): Record<string, unknown> {
  const { refusedByReason, skippedByReason, asEvents, asParts, skipped, refused, ...counts } =
    file.counts;
  return {
    ...counts,
    recordsAsEvents: asEvents,
    recordsAsParts: asParts,
    recordsSkipped: skipped,
    skippedByReason: Object.fromEntries(skippedByReason),
    recordsRefused: refused,
    deadLetters: Object.fromEntries(refusedByReason),
    events: file.events,
    firstAt: file.firstAt === null ? null : formatRfc3339(file.firstAt),
    lastAt: file.lastAt === null ? null : formatRfc3339(file.lastAt),
  };
}

function tierRowsJson(set: PolicySet, tiers: Places): readonly Record<string, unknown>[] {
  return tierRows(set, tiers).map(({ policy, tier, customers }) => ({
    policy: policy?.name ?? null,
    tier,
    customers,
  }));
}

/** A count or a share. */
const NUMBER_CELL = /^[\d,.]+( %)?$/;

/** Columns: the first to the left, numbers to the right, the rest as it is. */
export function alignedLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const padding = ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
      if (column === 0) return cell + padding;
      return NUMBER_CELL.test(cell) ? padding + cell : cell;
    });
    return `  ${cells.join('  ')}`;
  });
}

function reasonLines(
  reasons: ReadonlyMap<DeadLetterReason, number>,
  language: Language,
): readonly string[] {
  const rows = [...reasons]
    .toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([reason, count]) => [
      reason,
      groupDigits(count),
      deadLetterSentence(reason, null, language),
    ]);
  return alignedLines(rows);
}

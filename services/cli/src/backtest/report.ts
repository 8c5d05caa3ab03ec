import { type DeadLetterReason, deadLetterSentence, formatRfc3339 } from '@strata/contracts';
import type { Calibration, Instant, Policy, PolicySet } from '@strata/domain';
import { tierLabel } from '@strata/policy-file';
import type { FileCounts } from '../formats/load-events.ts';
import type { Language } from '../language.ts';
import { backtestTexts, CAUSE_WORDS, TYPE_WORDS } from '../messages/backtest.ts';
import { groupDigits } from '../progress.ts';
import { displayWidth } from '../table-text.ts';
import { calibrationJson, calibrationLines } from './calibration-report.ts';
import type { ChangeCount } from './change-counts.ts';
import { percent } from './percent.ts';

/** What was read. */
export interface FileReport {
  readonly counts: FileCounts;
  readonly events: number;
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
}

/** What one policy made of it. */
export interface PolicyReport {
  readonly set: PolicySet;
  readonly policy: Policy;
  readonly endAt: Instant;
  /** The tier of each customer at each `--at`. */
  readonly tiersAt: ReadonlyMap<Instant, ReadonlyMap<string, string | null>>;
  /** The tier of each customer at the end. */
  readonly tiers: ReadonlyMap<string, string | null>;
  readonly changes: readonly ChangeCount[];
  readonly calibrations: readonly Calibration[];
  /** Events that the fold refused. */
  readonly refusedByReason: ReadonlyMap<DeadLetterReason, number>;
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
  const { policy, tiers } = report;
  const changes = report.changes.map(({ type, cause, count }) => [
    TYPE_WORDS[language][type],
    groupDigits(count),
    CAUSE_WORDS[language][cause],
  ]);
  return [
    `\n${texts.policy(policy.name, policy.version, policy.baseCurrency)}`,
    texts.clock(formatRfc3339(report.endAt)),
    ...reasonLines(report.refusedByReason, language),
    ...report.calibrations.flatMap((it) => calibrationLines(it, policy, language)),
    ...[...report.tiersAt]
      .filter(([at]) => at !== report.endAt)
      .flatMap(([at, tiersThen]) => [
        texts.tiersAt(formatRfc3339(at), groupDigits(tiersThen.size)),
        ...tierLines(policy, tiersThen, language),
      ]),
    texts.tiers(groupDigits(tiers.size)),
    ...tierLines(policy, tiers, language),
    changes.length === 0 ? texts.noChanges : texts.changes,
    ...alignedLines(changes),
    '',
  ].join('\n');
}

function tierLines(
  policy: Policy,
  tiers: ReadonlyMap<string, string | null>,
  language: Language,
): string[] {
  const rows = tierRows({ policy, tiers }).map(({ tier, customers }) => {
    const name = tier === null ? backtestTexts(language).noTier : tierLabel(policy, tier, language);
    return [name, groupDigits(customers), percent(customers, tiers.size)];
  });
  return alignedLines(rows);
}

export function policyJson(report: PolicyReport): Record<string, unknown> {
  const { policy } = report;
  return {
    policy: policy.name,
    policyVersion: policy.version,
    policySet: report.set.id,
    baseCurrency: policy.baseCurrency,
    clock: formatRfc3339(report.endAt),
    customers: report.tiers.size,
    tiers: tierRows(report),
    tiersAt: [...report.tiersAt].map(([at, tiers]) => ({
      at: formatRfc3339(at),
      customers: tiers.size,
      tiers: tierRows({ policy, tiers }),
    })),
    changes: report.changes,
    calibrations: report.calibrations.map((it) => calibrationJson(it, policy)),
    deadLetters: Object.fromEntries(report.refusedByReason),
  };
}

export function fileJson(file: FileReport): Record<string, unknown> {
  const { refusedByReason, asEvents, asParts, refused, ...counts } = file.counts;
  return {
    ...counts,
    recordsAsEvents: asEvents,
    recordsAsParts: asParts,
    recordsRefused: refused,
    deadLetters: Object.fromEntries(refusedByReason),
    events: file.events,
    firstAt: file.firstAt === null ? null : formatRfc3339(file.firstAt),
    lastAt: file.lastAt === null ? null : formatRfc3339(file.lastAt),
  };
}

/** The highest tier first; customers whom no policy grades last, where there are any. */
export function tierRows({
  policy,
  tiers,
}: Pick<PolicyReport, 'policy' | 'tiers'>): readonly { tier: string | null; customers: number }[] {
  const counts = new Map<string | null, number>();
  for (const tier of tiers.values()) counts.set(tier, (counts.get(tier) ?? 0) + 1);
  const rows: { tier: string | null; customers: number }[] = policy.ladder
    .toReversed()
    .map((tier) => ({ tier, customers: counts.get(tier) ?? 0 }));
  const ungraded = counts.get(null) ?? 0;
  return ungraded === 0 ? rows : [...rows, { tier: null, customers: ungraded }];
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

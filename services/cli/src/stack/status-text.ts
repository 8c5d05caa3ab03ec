import { formatRfc3339 } from '@strata/contracts';
import type { StatusRow } from '@strata/local-stack';
import type { ServiceFigures, StackFigures, Waiting } from '@strata/stack-figures';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { tableText } from '../table-text.ts';
import type { StackKind } from './stack-handle.ts';
import type { StackReport } from './stack-report.ts';
import { stackTexts } from './stack-texts.ts';

/** Where a system sends events or asks, and with which key; the stack and its data are its user's own. */
export interface HttpAccess {
  readonly url: string;
  readonly key: string | null;
  readonly keyFile: string;
}

export interface StatusParts {
  readonly kind: StackKind;
  /** Null where the state or the log does not answer. */
  readonly report: StackReport | null;
  readonly figures: StackFigures;
  readonly rows: readonly StatusRow[];
  readonly consoleUrl: string | null;
  readonly intake: HttpAccess | null;
  readonly api: HttpAccess | null;
}

type Texts = ReturnType<typeof stackTexts>;

/** What a person reads of a stack. What is not known is told so. */
export function statusText(parts: StatusParts, language: Language): string {
  const { kind, report, figures, rows, consoleUrl, intake, api } = parts;
  const texts = stackTexts(language);
  const paragraphs = [report === null ? texts.isUpUnread(kind) : texts.isUp(kind, report.time)];
  if (rows.length > 0) {
    paragraphs.push(tableText([texts.columns, ...rows.map((row) => cells(row, texts))]));
  }
  paragraphs.push(
    tableText([...reportLines(report, texts), ...figureLines(figures, texts)]),
    figures.services.map((each) => serviceLine(each, texts)).join('\n'),
  );
  if (rows.some((row) => !row.isUp)) paragraphs.push(texts.reviveHint);
  if (consoleUrl !== null) paragraphs.push(texts.consoleAt(consoleUrl));
  if (api !== null) paragraphs.push(texts.apiAt(`${api.url}/`, api.keyFile));
  if (intake !== null) paragraphs.push(texts.intakeAt(intake.url, intake.keyFile));
  return `${paragraphs.join('\n\n')}\n`;
}

type Line = readonly [name: string, value: string];

function reportLines(report: StackReport | null, texts: Texts): readonly Line[] {
  const { lines, unknown, none } = texts;
  if (report === null) {
    return [lines.policy, lines.customers, lines.log].map((name): Line => [name, unknown]);
  }
  const { policySet, sweep, customers, logRecords } = report;
  const names = policySet?.policies.map(({ name, version }) => `${name} v${version}`).join(', ');
  return [
    [lines.policy, names ?? none],
    ...(sweep.number === 0 ? [] : [[lines.sweep, sweepText(report, texts)] as const]),
    ...shadowLines(report, texts),
    ...liveLines(report, texts),
    [lines.customers, groupDigits(customers)],
    [lines.log, groupDigits(logRecords)],
  ];
}

function figureLines(figures: StackFigures, texts: Texts): readonly Line[] {
  const { lines, unknown, none } = texts;
  const { ingestor, scorer, notifier, outbox, overduePartitions, jobs, deadLetters } = figures;
  const count = (value: number | null | undefined): string =>
    value === null || value === undefined ? unknown : groupDigits(value);
  const waiting = ({ records, seconds }: Waiting): string =>
    records === null || records === 0 || seconds === null
      ? count(records)
      : texts.waiting(groupDigits(records), groupDigits(Math.floor(seconds)));
  const isClockKnown = figures.partitions.length > 0;
  const clock = figures.clockMs === null ? null : formatRfc3339(figures.clockMs);
  return [
    [lines.clock, clock ?? (isClockKnown ? none : unknown)],
    [lines.intakeLag, waiting(ingestor)],
    [lines.lag, waiting(scorer)],
    [lines.outbox, waiting(outbox)],
    [lines.due, count(overduePartitions)],
    [lines.notifierLag, waiting(notifier)],
    [lines.deadLetters, count(deadLetters?.total)],
    [
      lines.deliveries,
      jobs === null
        ? unknown
        : [jobs.delivered, jobs.waiting + jobs.delayed + jobs.active, jobs.failed]
            .map(groupDigits)
            .join(' / '),
    ],
  ];
}

function serviceLine({ service, standing, reasons }: ServiceFigures, texts: Texts): string {
  return [`${service}: ${texts.standings[standing]}`, ...reasons.map((it) => `  ${it}`)].join('\n');
}

/** Nothing of a stack that runs as it was started. */
function liveLines({ live, partitions }: StackReport, texts: Texts): readonly Line[] {
  if (live === null) return [];
  const at = formatRfc3339(live.at);
  const isWhole = live.partitions === partitions;
  return [[texts.lines.live, isWhole ? at : texts.livePartly(at, live.partitions, partitions)]];
}

function sweepText({ sweep, partitions }: StackReport, texts: Texts): string {
  const { isDone, customers, partitionsDone, perSecond, secondsLeft } = sweep;
  if (isDone) return texts.sweptAll;
  const far = texts.sweeping(groupDigits(customers), partitionsDone, partitions);
  const pace = perSecond === null ? '' : texts.pace(groupDigits(Math.round(perSecond)));
  const left = secondsLeft === null ? '' : texts.left(groupDigits(Math.ceil(secondsLeft)));
  return `${far}${pace}${left}`;
}

/** Nothing where none is tried. */
function shadowLines({ shadow, partitions }: StackReport, texts: Texts): readonly Line[] {
  if (shadow === null) return [];
  const names = shadow.policies.map(({ name, version }) => `${name} v${version}`).join(', ');
  const counts = Object.fromEntries(
    Object.entries(shadow.byKind).map(([kind, customers]) => [kind, groupDigits(customers)]),
  );
  const looked = texts.shadowLooked(shadow.partitions, partitions);
  return [[texts.lines.shadow, `${names}: ${texts.shadowMoves(counts)}${looked}`]];
}

const MEBIBYTE = 1_048_576;

function cells(row: StatusRow, texts: Texts): readonly string[] {
  return [
    row.name,
    row.isUp ? texts.up : texts.down,
    String(row.pid),
    row.port === null ? '-' : String(row.port),
    row.memoryBytes === null ? '-' : `${Math.round(row.memoryBytes / MEBIBYTE)} MiB`,
    row.log,
  ];
}

import { type DeadLetterReason, deadLetterSentence, formatRfc3339 } from '@strata/contracts';
import type { FileRefusal } from '../formats/file-format.ts';
import type { LoadedFile } from '../formats/load-events.ts';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { tableText } from '../table-text.ts';
import { accountRows } from './accounts.ts';
import { importTexts } from './texts.ts';

/** So many places are enough to open the file and look. */
const PLACES_MAX = 5;

/** Records refused for one reason by one field of one file. Numbers of records, never a value of one. */
interface RefusedGroup {
  readonly file: string;
  readonly reason: DeadLetterReason;
  readonly field: string | null;
  readonly count: number;
  readonly firstRecords: readonly number[];
}

function refusedGroups(refusals: readonly FileRefusal[]): readonly RefusedGroup[] {
  const groups = new Map<string, RefusedGroup & { count: number; firstRecords: number[] }>();
  for (const { file, reason, field, record } of refusals) {
    const key = JSON.stringify([file, reason, field]);
    const known = groups.get(key);
    const group = known ?? { file, reason, field, count: 0, firstRecords: [] };
    group.count += 1;
    if (group.firstRecords.length < PLACES_MAX) group.firstRecords.push(record);
    if (known === undefined) groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count);
}

function summaryOf({ events }: LoadedFile) {
  const byType = new Map<string, number>();
  const customers = new Set<string>();
  for (const { type, customerId } of events) {
    byType.set(type, (byType.get(type) ?? 0) + 1);
    customers.add(customerId);
  }
  const [first, last] = [events.at(0), events.at(-1)];
  return {
    events: events.length,
    byType: [...byType].toSorted(([, a], [, b]) => b - a),
    customers: customers.size,
    firstAt: first === undefined ? null : formatRfc3339(first.occurredAt),
    lastAt: last === undefined ? null : formatRfc3339(last.occurredAt),
  };
}

/** What an import of the file would do, and why what is refused would be. */
export function dryRunText(loaded: LoadedFile, language: Language): string {
  const words = importTexts(language);
  const { events, byType, customers, firstAt, lastAt } = summaryOf(loaded);
  const rows = [
    ...accountRows(loaded.counts, language),
    [words.accounts.wouldPublish, events] as const,
    ...byType.map(([type, count]) => [`  ${type}`, count] as const),
    [words.accounts.customers, customers] as const,
  ];
  const table = tableText(rows.map(([name, count]) => [name, groupDigits(count)]));
  const span = firstAt === null || lastAt === null ? '' : `${words.span(firstAt, lastAt)}\n`;
  const refused = refusedGroups(loaded.refusals).map(
    ({ file, reason, field, count, firstRecords }) =>
      `${words.refusedGroup({ file, reason, count: groupDigits(count), records: firstRecords.join(', ') })}\n` +
      `  ${deadLetterSentence(reason, field, language)}\n`,
  );
  return `${table}\n${span}${refused.join('')}${words.dryRun}\n`;
}

export function dryRunJson(loaded: LoadedFile): string {
  const { refusedByReason, skippedByReason, ...counts } = loaded.counts;
  const { byType, ...summary } = summaryOf(loaded);
  const report = {
    ...counts,
    skippedByReason: Object.fromEntries(skippedByReason),
    refusedByReason: Object.fromEntries(refusedByReason),
    refusals: refusedGroups(loaded.refusals),
    ...summary,
    byType: Object.fromEntries(byType),
  };
  return `${JSON.stringify(report)}\n`;
}

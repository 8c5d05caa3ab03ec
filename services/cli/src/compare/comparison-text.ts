import type { Language } from '../language.ts';
import { compareTexts } from '../messages/compare.ts';
import { policyNames } from '../policy-names.ts';
import { tableText } from '../table-text.ts';
import type { Comparison } from './compare-runs.ts';
import type { ComparisonTable } from './comparison-table.ts';
import { flowTable, movesTable } from './flow-tables.ts';
import { changesTable, costTable, flappingTable, nearTable, visitsTable } from './side-tables.ts';

/** A comparison as a person reads it in a terminal. */
export function comparisonText(comparison: Comparison, language: Language): string {
  const texts = compareTexts(language);
  const { first, second, flows } = comparison;
  const names = {
    first: policyNames(first.set, language),
    second: policyNames(second.set, language),
  };
  const tables = [
    ...flows.flatMap((flow) => [
      flowTable(comparison, flow, language),
      movesTable(comparison, flow, language),
    ]),
    changesTable(comparison, language),
    flappingTable(comparison, language),
    nearTable(first, 'first', language),
    nearTable(second, 'second', language),
    visitsTable(comparison, language),
    costTable(comparison, language),
  ];
  const lines = [
    `\n${texts.title}`,
    texts.sides(names),
    ...tables.flatMap((table) => tableLines(table, language)),
    '',
  ];
  return lines.join('\n');
}

/** Of a table without rows only what is to be said instead. */
function tableLines(
  { caption, head, rows, foot, note }: ComparisonTable,
  language: Language,
): readonly string[] {
  const texts = compareTexts(language);
  const notes = note === null ? [] : [note];
  if (rows.length === 0) return notes;
  const text = tableText([head, ...rows, ...(foot === null ? [] : [foot])]);
  return [texts.captionLine(caption), ...text.split('\n').map((line) => `  ${line}`), ...notes];
}

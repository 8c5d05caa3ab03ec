import type { Language } from '../language.ts';
import { displayWidth } from '../table-text.ts';
import type { Miss } from './miss.ts';
import type { ConformanceResult, ScenarioResult } from './run-conformance.ts';
import { inOrder } from './scenarios/in-order.ts';
import { conformanceTexts } from './texts.ts';

type Words = ReturnType<typeof conformanceTexts>;

/** A column of sentences: what goes beyond it is told by the remedy. */
const SEEN_MAX = 2;

/** The table, what to do about each scenario that failed, and how much was seen. */
export function conformanceText(result: ConformanceResult, language: Language): string {
  const words = conformanceTexts(language);
  const { scenarios, sight } = result;
  const rows = scenarios.map((each) => [
    each.scenario.name,
    each.scenario.expected[language],
    seenText(each, words),
    words.verdict[verdictOf(each)],
  ]);
  const failed = scenarios.filter(({ misses }) => misses.length > 0);
  // Whoever does not take the plainest story fails the others by that, and their remedies would mislead.
  const first = failed.filter(({ scenario }) => scenario === inOrder);
  const remedies = (first.length > 0 ? first : failed).map(
    ({ scenario }) => `  ${scenario.name}: ${scenario.remedy[language]}`,
  );
  if (first.length > 0) remedies.push(`  ${words.thenTheOthers}`);
  return [
    ...leftAligned([words.head, ...rows]),
    '',
    ...(remedies.length === 0 ? [] : [words.remedies, ...remedies, '']),
    words.tally(scenarios.length, failed.length),
    ...(words.sight[sight] === '' ? [] : [words.sight[sight]]),
    '',
  ].join('\n');
}

/** One object, the sentences in the user's language. */
export function conformanceJson(
  result: ConformanceResult,
  about: { readonly endpoint: string; readonly runId: string },
  language: Language,
): string {
  const words = conformanceTexts(language);
  const scenarios = result.scenarios.map((each) => {
    const verdict = verdictOf(each);
    return {
      name: each.scenario.name,
      verdict,
      expected: each.scenario.expected[language],
      seen: seenText(each, words),
      remedy: verdict === 'passed' ? null : each.scenario.remedy[language],
      misses: each.misses,
    };
  });
  const failed = scenarios.filter(({ verdict }) => verdict === 'failed').length;
  const counts = { passed: scenarios.length - failed, failed };
  return `${JSON.stringify({ ...about, sight: result.sight, ...counts, scenarios }, null, 2)}\n`;
}

export function verdictOf({ misses }: ScenarioResult): 'passed' | 'failed' {
  return misses.length === 0 ? 'passed' : 'failed';
}

function seenText({ misses }: ScenarioResult, words: Words): string {
  if (misses.length === 0) return words.asExpected;
  const told = [...new Set(misses.map((miss) => missText(miss, words)))];
  return told.slice(0, SEEN_MAX).join('; ') + (told.length > SEEN_MAX ? ' ...' : '');
}

function missText(miss: Miss, words: Words): string {
  switch (miss.kind) {
    case 'not-taken':
      return words.notTaken(statusText(miss.status, words));
    case 'not-refused':
      return words.notRefused(statusText(miss.status, words));
    case 'tier':
      return words.tier(miss.seen ?? words.noTier, miss.expected);
    case 'effects':
      return words.effects(miss.seen, miss.expected);
    case 'state-unreadable':
      return words.state(statusText(miss.status, words));
  }
}

function statusText(status: number | null, words: Words): string {
  return status === null ? words.noAnswer : words.status(status);
}

function leftAligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

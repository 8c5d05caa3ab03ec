import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { exportedSeries } from './queries/exported-series.ts';
import { filesThat, readText } from './repository.ts';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string; readonly runbook_url?: string };
}

const FOLDER = 'docs/operations/alerts/';
const RULES = filesThat(/^infra\/prometheus\/rules\/.*\.yml$/).flatMap((path) => {
  const { groups } = parse(readText(path)) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
});
const ALARMS = RULES.filter((rule) => rule.alert !== undefined);
const RUNBOOKS = filesThat(/^docs\/operations\/alerts\/.*\.md$/).filter(
  (path) => !path.endsWith('/README.md'),
);

const EXPORTED = await exportedSeries();

describe('alarms', () => {
  test('there are some', () => {
    expect(ALARMS.length).toBeGreaterThan(20);
  });

  test.each(ALARMS)('$alert has its runbook, which says all four things', (alarm) => {
    expect(alarm.labels?.severity).toMatch(/^(page|ticket)$/);
    expect(alarm.annotations?.summary).toMatch(/\w{3}/);
    const runbook = alarm.annotations?.runbook_url ?? '';
    expect(RUNBOOKS).toContain(runbook);
    const text = readText(runbook);
    expect(text).toContain(`Alarm: \`${alarm.alert}\``);
    const parts = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(parts).toEqual([
      'What it means',
      'What to look at',
      'What to do',
      'How to know that it worked',
    ]);
    expect(readText(`${FOLDER}README.md`)).toContain(
      `[\`${alarm.alert}\`](${runbook.slice(FOLDER.length)})`,
    );
  });

  test('no runbook is of an alarm that is gone', () => {
    const named = new Set(ALARMS.map(({ annotations }) => annotations?.runbook_url));
    expect(RUNBOOKS.filter((path) => !named.has(path))).toEqual([]);
  });

  test.each(RUNBOOKS)('%s names figures that a service exports', (path) => {
    // A wildcard ends with an underscore.
    const named = [...readText(path).matchAll(/`[^`]*?\b(strata_[a-z_]+[a-z])\b/g)];
    const names = named.map(([, name = '']) => name).filter((name) => name !== 'strata_');
    const isKnown = (name: string): boolean =>
      [...EXPORTED.keys()].some((series) => series === name || series.startsWith(`${name}_`));
    expect(names.filter((name) => !isKnown(name))).toEqual([]);
  });

  test('each has a test in which it comes, and one in which it does not', () => {
    const files = filesThat(/^infra\/prometheus\/tests\/.*\.yml$/).map(readText);
    const asked = files.flatMap((text) => {
      const { tests } = parse(text) as {
        tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
      };
      return tests.flatMap(({ alert_rule_test }) => alert_rule_test);
    });
    const tried = (comes: boolean): Set<string> =>
      new Set(asked.flatMap((it) => (it.exp_alerts.length > 0 === comes ? [it.alertname] : [])));
    const names = new Set(ALARMS.map(({ alert = '' }) => alert));
    expect([...names.difference(tried(true))]).toEqual([]);
    expect([...names.difference(tried(false))]).toEqual([]);
  });
});

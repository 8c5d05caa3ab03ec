import { describe, expect, test } from 'vitest';
import { METRIC_LABELS } from '../../infra/reference/metric-labels.ts';
import { SERVICE_METRICS } from '../../infra/reference/metric-list.ts';

const METRICS = SERVICE_METRICS.flatMap(({ metrics }) => metrics);

/** What a name ends with: the unit, or the thing that is counted. */
const UNITS: Readonly<Record<string, RegExp>> = {
  counter: /_total$/,
  histogram: /_(seconds|bytes)$/,
  gauge:
    /_(seconds|bytes|records|customers|jobs|streams|requests|partitions|offset|position|pending|live|ready|owned|halted)$/,
};

/** Words for what only a person has. */
const PERSONAL = /customer_?id|subject|marker|event_?id|webhook|email|phone|name|alias/i;

describe('metrics', () => {
  test.each(METRICS)('$name is named by the one rule', ({ name, kind }) => {
    expect(name).toMatch(/^strata_(runtime|ingestor|scorer|notifier|console)(_[a-z]+)+$/);
    expect(name).toMatch(UNITS[kind] ?? /never/);
    if (kind !== 'counter') expect(name).not.toMatch(/_total$/);
  });

  test('no name is given twice', () => {
    const names = METRICS.map(({ name }) => name);
    expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
  });

  test('every label is one whose values are bounded, and none is left over', () => {
    const used = new Set(METRICS.flatMap(({ labelNames }) => labelNames));
    expect([...used].toSorted()).toEqual(Object.keys(METRIC_LABELS).toSorted());
    expect([...used].filter((label) => PERSONAL.test(label))).toEqual([]);
  });

  test('every metric says what it counts', () => {
    for (const { name, help } of METRICS) expect(help.length, name).toBeGreaterThan(15);
  });
});

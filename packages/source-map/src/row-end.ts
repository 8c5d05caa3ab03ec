import { conditionOf } from './condition.ts';
import type { EndDocument, RuleDocument } from './document-schema.ts';
import type { RowEnd } from './kept-table.ts';
import type { Binding } from './reference.ts';
import type { Scope } from './source-row.ts';

/** The end that a map names; the map was checked to name one of the two. */
export function endIn({ refuse, skip = '' }: EndDocument, field: string | null): RowEnd {
  return refuse === undefined
    ? { kind: 'skipped', reason: skip }
    : { kind: 'refused', reason: refuse, field };
}

/** The end of a row by the first rule that fits it; null where none does. */
export function endFinder(
  rules: readonly RuleDocument[],
  binding: Binding,
): (scope: Scope) => RowEnd | null {
  const ends = rules.map((rule) => ({
    holds: conditionOf(rule.when, binding),
    end: endIn(rule, rule.field ?? firstColumn(rule)),
  }));
  return (scope) => {
    for (const { holds, end } of ends) if (holds(scope)) return end;
    return null;
  };
}

function firstColumn({ when }: RuleDocument): string | null {
  const first = Array.isArray(when) ? when[0] : when;
  return Object.keys(first ?? {})[0] ?? null;
}

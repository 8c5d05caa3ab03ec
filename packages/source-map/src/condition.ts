import type { ConditionDocument, TestDocument } from './document-schema.ts';
import { listed } from './field-value.ts';
import { type Binding, textReader } from './reference.ts';
import type { Scope } from './source-row.ts';

export type Holds = (scope: Scope) => boolean;
type Test = (text: string | null) => boolean;

/** Whether a row is of the kind that a condition tells. */
export function conditionOf(condition: ConditionDocument | undefined, binding: Binding): Holds {
  if (condition === undefined) return () => true;
  const any = (Array.isArray(condition) ? condition : [condition]).map((all) => {
    const tests = Object.entries(all).map(([reference, wanted]) => {
      const text = textReader(reference, binding);
      const test = testOf(wanted);
      return (scope: Scope): boolean => test(text(scope));
    });
    return (scope: Scope): boolean => tests.every((test) => test(scope));
  });
  return (scope) => any.some((holds) => holds(scope));
}

function testOf(wanted: TestDocument): Test {
  if (typeof wanted !== 'object' || Array.isArray(wanted)) {
    const known = new Set((Array.isArray(wanted) ? wanted : [wanted]).map(String));
    return (text) => text !== null && known.has(text);
  }
  const { not, is, starts_with, ends_with, contains, above, at_least, below, at_most } = wanted;
  const tests: Test[] = [];
  if (not !== undefined) {
    const inner = testOf(not);
    tests.push((text) => !inner(text));
  }
  if (is !== undefined) tests.push((text) => (text === null) === (is === 'empty'));
  for (const [parts, finds] of [
    [starts_with, (text: string, part: string) => text.startsWith(part)],
    [ends_with, (text: string, part: string) => text.endsWith(part)],
    [contains, (text: string, part: string) => text.includes(part)],
  ] as const) {
    const list = listed(parts);
    if (list.length > 0) tests.push((text) => text !== null && list.some((it) => finds(text, it)));
  }
  for (const [border, compares] of [
    [above, (value: number, it: number) => value > it],
    [at_least, (value: number, it: number) => value >= it],
    [below, (value: number, it: number) => value < it],
    [at_most, (value: number, it: number) => value <= it],
  ] as const) {
    if (border === undefined) continue;
    tests.push((text) => text !== null && compares(Number(text), border));
  }
  return (text) => tests.every((test) => test(text));
}

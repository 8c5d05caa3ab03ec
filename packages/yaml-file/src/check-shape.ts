import type { z } from 'zod';
import { describeIssue, type Grammar } from './describe-issue.ts';
import type { FileProblem } from './file-problem.ts';
import { quoted } from './shown.ts';
import type { SourceDocument } from './source-document.ts';
import { fullWidthSign } from './syntax-problem.ts';

export type ShapeResult<T> =
  | { readonly document: T }
  | { readonly problems: readonly FileProblem[] };

/** A document that has the shape of its grammar, or everything that is wrong with its shape. */
export function checkShape<T, K extends string>(
  source: SourceDocument<K>,
  schema: z.ZodType<T>,
  { grammar, example }: { readonly grammar: Grammar<K>; readonly example: string },
): ShapeResult<T> {
  const { raw } = source;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const sign = typeof raw === 'string' ? fullWidthSign(raw) : null;
    if (sign !== null) return { problems: [source.problem('full-width', [], { sign })] };
    return { problems: [source.problem('not-a-mapping', [], { value: quoted(raw), example })] };
  }
  const result = schema.safeParse(raw);
  return result.success
    ? { document: result.data }
    : { problems: result.error.issues.flatMap((issue) => describeIssue(source, issue, grammar)) };
}

/** Problems in the order of the file. */
export function byPlace(a: FileProblem, b: FileProblem): number {
  return a.line - b.line || a.column - b.column;
}

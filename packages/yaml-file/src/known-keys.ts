import type { z } from 'zod';
import type { FieldPath } from './file-problem.ts';

interface Shape {
  readonly def: {
    readonly innerType?: Shape;
    readonly in?: Shape;
    readonly shape?: Readonly<Record<string, Shape>>;
    readonly valueType?: Shape;
    readonly element?: Shape;
    readonly options?: readonly Shape[];
  };
}

/** The keys that a schema knows at a place: of a union, those of all its forms. */
export function knownKeysOf(schema: z.ZodType, path: FieldPath): readonly string[] {
  let shapes: readonly Shape[] = formsOf(schema as unknown as Shape);
  for (const step of path) {
    shapes = shapes.flatMap(({ def }) => {
      const inner = typeof step === 'number' ? def.element : (def.shape?.[step] ?? def.valueType);
      return inner === undefined ? [] : formsOf(inner);
    });
  }
  return [...new Set(shapes.flatMap(({ def }) => Object.keys(def.shape ?? {})))];
}

/** A schema without its wrappers; a union as its members. */
function formsOf(given: Shape): readonly Shape[] {
  const { innerType, options, in: entrance } = given.def;
  const wrapped = innerType ?? entrance;
  if (wrapped !== undefined) return formsOf(wrapped);
  return options === undefined ? [given] : options.flatMap(formsOf);
}

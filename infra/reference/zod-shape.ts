/**
 * What the pages read of a zod schema. Only the root of the workspace is without zod, so the few
 * members that are needed are named here.
 */
export interface ZodShape {
  readonly def: {
    readonly type: string;
    readonly innerType?: ZodShape;
    readonly in?: ZodShape;
    readonly defaultValue?: unknown;
    readonly element?: ZodShape;
    readonly valueType?: ZodShape;
    readonly options?: readonly ZodShape[];
    readonly entries?: Readonly<Record<string, string>>;
    readonly values?: readonly unknown[];
    readonly shape?: Readonly<Record<string, ZodShape>>;
  };
  meta(): { readonly description?: string; readonly secret?: boolean } | undefined;
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly error?: { readonly issues: readonly ZodIssue[] };
  };
}

export interface ZodIssue {
  readonly message: string;
  readonly params?: { readonly problem?: string; readonly args?: Readonly<Record<string, string>> };
}

/** A schema without its wrappers, and what they said. */
export interface Unwrapped {
  readonly schema: ZodShape;
  readonly isOptional: boolean;
  /** Undefined where there is none. */
  readonly fallback: unknown;
  readonly description: string;
  readonly isSecret: boolean;
}

const WRAPPERS = ['optional', 'default', 'prefault'];

function isWrapper({ def }: ZodShape): boolean {
  return WRAPPERS.includes(def.type);
}

export function unwrapped(given: unknown): Unwrapped {
  let schema = given as ZodShape;
  let isOptional = false;
  let fallback: unknown;
  let description = schema.meta()?.description;
  let isSecret = schema.meta()?.secret === true;
  for (;;) {
    // A default that is turned into something else afterwards lies at the entrance of a pipe.
    const entrance = schema.def.type === 'pipe' ? schema.def.in : undefined;
    if (entrance !== undefined && isWrapper(entrance)) schema = entrance;
    if (!isWrapper(schema) || schema.def.innerType === undefined) break;
    isOptional = true;
    fallback ??= schema.def.defaultValue;
    schema = schema.def.innerType;
    description ??= schema.meta()?.description;
    isSecret ||= schema.meta()?.secret === true;
  }
  return { schema, isOptional, fallback, description: description ?? '', isSecret };
}

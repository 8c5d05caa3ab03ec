/** An operating fault: something outside failed. `code` is one of the closed list of `docs/reference/errors.md`. */
export class StrataError extends Error {
  readonly code: string;
  readonly isRetryable: boolean;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: `STRATA_${string}`,
    message: string,
    options: {
      isRetryable?: boolean;
      cause?: unknown;
      details?: Readonly<Record<string, string | number>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StrataError';
    this.code = code;
    this.isRetryable = options.isRetryable ?? false;
    this.details = options.details ?? {};
  }
}

/** Bytes that cannot be turned into a value: the record is poison, not the reader. `reason` is from the closed list of dead-letter reasons. */
export class SerdeFault extends Error {
  readonly reason: string;

  constructor(reason: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SerdeFault';
    this.reason = reason;
  }
}

/** A programmer fault: crash rather than go on with a broken promise. */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new TypeError(`Broken invariant: ${sentence}`);
}

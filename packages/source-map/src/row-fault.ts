import type { DeadLetterReason } from '@strata/contracts';

/** Thrown inside a row and caught at its edge: a row is refused whole. */
export class RowFault extends Error {
  readonly reason: DeadLetterReason;
  /** The column at fault, never its value. */
  readonly column: string | null;

  constructor(reason: DeadLetterReason, column: string | null) {
    super(reason);
    this.reason = reason;
    this.column = column;
  }
}

import type { DeadLetterReason } from '@strata/contracts';

/** The expected end of a record that cannot be used. Everything in it may be told. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: DeadLetterReason;
  readonly field: string | null;
  readonly schemaId: number | null;
  readonly type: string | null;
}

export function refused(
  reason: DeadLetterReason,
  about: { field?: string | null; schemaId?: number | null; type?: string | null } = {},
): Refused {
  const { field = null, schemaId = null, type = null } = about;
  return { kind: 'refused', reason, field, schemaId, type };
}

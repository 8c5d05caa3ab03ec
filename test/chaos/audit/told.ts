import type { TierChangeEvent } from '@strata/contracts';
import type { ForeignChange } from '../../e2e/foreign-reader.ts';

/** A tier change in one line: what a reader from outside can be held against. */
export type Told = string;

export function told(change: TierChangeEvent): Told {
  return foreignTold({ ...change, cause: change.cause.kind });
}

export function foreignTold(change: ForeignChange): Told {
  const { customerId, customerSeq, type, fromTier, toTier, cause, effectiveAt } = change;
  return [customerId, customerSeq, type, fromTier, toTier, cause, effectiveAt].join(' ');
}

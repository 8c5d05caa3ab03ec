import type { TierChange } from '@strata/client';

/**
 * What came of one write. `later`: the other system is busy or away, ask again after so long;
 * `impossible`: asking again would end the same, and somebody has to mend something.
 */
export type WriteOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'later'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Writes the tier of a change into another system. The same change twice must come to the same; that
 * an older one does not overwrite a newer is the caller's to see to. Reasons name no customer.
 */
export interface TierWriter {
  write(change: TierChange): Promise<WriteOutcome>;
}

/** Our tier to the other system's value of its pick list; labels are never compared, they get renamed. */
export type TierValues = Readonly<Record<string, string>>;

export function tierValueOf(values: TierValues, tier: string): string | null {
  return Object.hasOwn(values, tier) ? (values[tier] ?? null) : null;
}

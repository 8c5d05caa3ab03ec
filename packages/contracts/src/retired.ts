import { RETIRED_REASONS, type RetiredOutput } from '@strata/domain';

/** Beside the number, on a record without a value: nobody stands under this key any more, and why. */
export const RETIRED_HEADER = 'strata-retired';

/** Null for a record that says nothing of the kind. */
export function retiredReasonOf({
  headers,
}: {
  readonly headers: Readonly<Record<string, Uint8Array>>;
}): RetiredOutput['reason'] | null {
  const text = new TextDecoder().decode(headers[RETIRED_HEADER] ?? new Uint8Array());
  return RETIRED_REASONS.find((reason) => reason === text) ?? null;
}

const SECOND_MS = 1_000;

/** A rate as so many in a window of time: a queue counts whole deliveries. */
export function rateWindow(perSecond: number): { readonly max: number; readonly windowMs: number } {
  const max = Math.max(1, Math.floor(perSecond));
  return { max, windowMs: Math.ceil((max / perSecond) * SECOND_MS) };
}

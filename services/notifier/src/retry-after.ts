/**
 * `Retry-After` of RFC 9110 section 10.2.3, seconds or a date; undefined where it says nothing that
 * can be used. How much patience is granted is the queue's to say.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : httpDateMs(text) - nowMs;
  if (Number.isNaN(ms)) return undefined;
  return Math.max(ms, 0);
}

function httpDateMs(text: string): number {
  return text.endsWith('GMT') ? Date.parse(text) : Number.NaN;
}

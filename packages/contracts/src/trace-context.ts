/**
 * By which lines and records of one event are found together, from the intake to the webhook: the `traceparent` of W3C
 * Trace Context (Recommendation of 2021-11-23). It is carried beside records, in their headers alone: nothing that is
 * decided, stored or numbered depends on it. No span is made of a hop, so what comes goes on as it is.
 */
export const TRACE_HEADER = 'traceparent';

type Headers = Readonly<Record<string, Uint8Array>>;

/** `00-<trace id>-<parent id>-<flags>`: 55 characters. */
const LENGTH = 55;
const LENGTH_MAX = 512;
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const SAMPLED = 1;

/**
 * The same in version 00, or null for what is none: then its receiver makes another. Of a later version what version 00
 * knows is read, as the recommendation asks; flags that are not defined are not passed on.
 */
export function soundTraceparent(text: string): string | null {
  if (text.length > LENGTH_MAX) return null;
  const [, version = '', traceId = '', parentId = '', flags = ''] = FORM.exec(text) ?? [];
  if (version === '' || version === 'ff') return null;
  if (version === '00' && text.length !== LENGTH) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return null;
  const isSampled = (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED;
  return `00-${traceId}-${parentId}-${isSampled ? '01' : '00'}`;
}

/** A new trace, of 24 random bytes. Nobody has asked for it to be sampled. */
export function newTraceparent(random: Uint8Array): string {
  const hex = Buffer.from(random).toString('hex');
  return soundTraceparent(`00-${hex.slice(0, 32)}-${hex.slice(32, 48)}-00`) ?? NOT_ZERO;
}

/** In the place of an id of zeros, which is none. */
const NOT_ZERO = `00-${'1'.repeat(32)}-${'1'.repeat(16)}-00`;

/** Of a record; null where it carries none, which costs nothing, or none that is sound. */
export function traceparentOf(headers: Headers): string | null {
  const bytes = headers[TRACE_HEADER];
  return bytes === undefined ? null : soundTraceparent(Buffer.from(bytes).toString('latin1'));
}

export function traceHeader(traceparent: string): Record<string, Uint8Array> {
  return { [TRACE_HEADER]: new TextEncoder().encode(traceparent) };
}

/** What a log line names the trace by. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
